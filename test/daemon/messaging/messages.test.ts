import { expect, test } from "vitest";
import { ConfigError } from "../../../src/core/errors.ts";
import type { Input } from "../../../src/core/input.ts";
import { Messages } from "../../../src/daemon/messaging/messages.ts";
import { QueryCoordinator } from "../../../src/daemon/messaging/query-coordinator.ts";

function messagesOf(noticesOwed = 0) {
  const submitted: Input[] = [];
  const submit = (input: Input) => submitted.push(input);
  const coordinator = new QueryCoordinator(submit);
  return {
    submitted,
    messages: new Messages({ coordinator, submit, noticesOwed: () => noticesOwed }),
  };
}

test("an event without a payload has an empty one", () => {
  const { messages, submitted } = messagesOf();
  messages.tell({ name: "deploy" });
  expect(submitted).toEqual([{ kind: "send-user-event", name: "deploy", payload: "" }]);
});

test("a query without a deadline has one of five seconds", () => {
  const { messages, submitted } = messagesOf();
  void messages.ask({ name: "load", payload: "?" });
  expect(submitted).toMatchObject([
    { kind: "send-query", name: "load", payload: "?", timeoutMs: 5000 },
  ]);
});

test.each([
  [{ name: "" }, /^name: the event "" must be called by 1 to 64 characters/],
  [{ name: "a b" }, /^name: the event "a b" must be called by/],
  [{ name: "n".repeat(65) }, /^name: the event "n{64}" must be called by/],
  [
    { name: "x", payload: "é".repeat(257) },
    /^payload: 514 bytes must be text of at most 512 bytes/,
  ],
  [{ name: "x", payload: "\ud800" }, /^payload: 3 bytes must be text/],
])("an event that cannot travel is refused: %#", (event, message) => {
  const { messages, submitted } = messagesOf();
  expect(() => messages.tell(event)).toThrow(message);
  expect(() => messages.tell(event)).toThrow(ConfigError);
  expect(submitted).toEqual([]);
});

test.each([0, 60_001, 1.5, Number.NaN])("a deadline of %f ms is refused", async (timeoutMs) => {
  const asked = messagesOf().messages.ask({ name: "load", timeoutMs });
  await expect(asked).rejects.toThrow(
    /^timeoutMs: .* must be a whole number of ms from 1 to 60000/,
  );
});

test("a node with 48 to pass on gives out nothing more for a moment", () => {
  expect(messagesOf(47).messages.busyWith()).toBeUndefined();
  expect(messagesOf(48).messages.busyWith()).toMatch(/^this node still has 48 .*; try again/);
});

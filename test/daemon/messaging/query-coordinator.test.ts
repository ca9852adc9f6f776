import { describe, expect, test } from "vitest";
import type { Input } from "../../../src/core/input.ts";
import {
  cutToAnswer,
  QueryCoordinator,
  type QueryEvent,
} from "../../../src/daemon/messaging/query-coordinator.ts";

const QUESTION = { name: "load", payload: "", timeoutMs: 1000 };
const EVENT: QueryEvent = {
  kind: "query",
  origin: "n1",
  startId: "01",
  seq: 3,
  name: "load",
  payload: "?",
  leftMs: 1000,
};

function openDesk() {
  const submitted: Input[] = [];
  const coordinator = new QueryCoordinator((input) => submitted.push(input));
  return { coordinator, submitted };
}

describe("asking", () => {
  test("gathers what each member said until the query ends", async () => {
    const { coordinator, submitted } = openDesk();
    const asked = coordinator.ask(QUESTION);
    expect(submitted).toEqual([{ kind: "send-query", ticket: 1, ...QUESTION }]);
    coordinator.accept({ kind: "query-answered", ticket: 1, member: "n1", answer: "0.4" });
    coordinator.accept({ kind: "query-answered", ticket: 1, member: "n2", answer: null });
    coordinator.accept({ kind: "query-answered", ticket: 2, member: "n3", answer: "of another" });
    coordinator.accept({ kind: "query-ended", ticket: 1, silent: ["n4"] });
    expect(await asked).toMatchObject({
      name: "load",
      answers: [{ member: "n1", answer: "0.4" }],
      declined: ["n2"],
      silent: ["n4"],
    });
  });

  test("ends with the reason of its signal, and what comes later is nobody's", async () => {
    const { coordinator } = openDesk();
    const abort = new AbortController();
    const asked = coordinator.ask(QUESTION, abort.signal);
    abort.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    coordinator.accept({ kind: "query-ended", ticket: 1, silent: [] });
  });

  test("is full at 32 open queries", () => {
    const { coordinator } = openDesk();
    for (let count = 0; count < 32; count++) void coordinator.ask(QUESTION);
    expect(coordinator.isFull).toBe(true);
    coordinator.close();
    expect(coordinator.isFull).toBe(false);
  });
});

describe("answering", () => {
  /** What the node was told to answer. */
  async function answerTo(
    coordinator: QueryCoordinator,
    submitted: Input[],
    event = EVENT,
  ): Promise<unknown> {
    coordinator.accept(event);
    for (let turns = 0; turns < 100 && submitted.length === 0; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [input] = submitted;
    return input?.kind === "answer" ? input.answer : input;
  }

  test("is said to be none where nobody knows the name", async () => {
    const { coordinator, submitted } = openDesk();
    coordinator.respond({ name: "other", answer: async () => "x" });
    expect(await answerTo(coordinator, submitted)).toBeNull();
    expect(submitted).toEqual([
      { kind: "answer", query: { origin: "n1", startId: "01", seq: 3 }, answer: null },
    ]);
  });

  test("goes to the next responder where the first has none or fails", async () => {
    const { coordinator, submitted } = openDesk();
    coordinator.respond({ name: "load", answer: async () => null });
    coordinator.respond({ name: null, answer: () => Promise.reject(new Error("broken")) });
    coordinator.respond({ name: "load", answer: async ({ payload }) => `answer to ${payload}` });
    expect(await answerTo(coordinator, submitted)).toBe("answer to ?");
  });

  test("is no longer asked of a responder that withdrew", async () => {
    const { coordinator, submitted } = openDesk();
    coordinator.respond({ name: "load", answer: async () => "x" })();
    expect(await answerTo(coordinator, submitted)).toBeNull();
  });

  test("ends at the deadline of the query", async () => {
    const { coordinator } = openDesk();
    const reason = await new Promise((resolve) => {
      const answer = (_: QueryEvent, deadline: AbortSignal) =>
        new Promise<null>((done) => {
          deadline.addEventListener("abort", () => {
            resolve("aborted");
            done(null);
          });
        });
      coordinator.respond({ name: null, answer });
      coordinator.accept({ ...EVENT, leftMs: 10 });
    });
    expect(reason).toBe("aborted");
  });
});

test.each([
  ["short", "short"],
  ["a".repeat(800), "a".repeat(768)],
  [`a${"é".repeat(400)}`, `a${"é".repeat(383)}`],
  ["\ud800", "\ufffd"],
])("an answer is cut to 768 bytes, never inside a character: %#", (text, cut) => {
  expect(cutToAnswer(text)).toBe(cut);
});

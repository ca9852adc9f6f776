import { expect, test } from "vitest";
import {
  parseEventHandler,
  parseQueryHandler,
} from "../../../src/daemon/messaging/handler-spec.ts";

test.each([
  ["./notify.sh", [], "./notify.sh"],
  ["member-changed=./notify.sh", [["member-changed", null]], "./notify.sh"],
  [
    "user-event:deploy,joined=a=b sh -c x",
    [
      ["user-event", "deploy"],
      ["joined", null],
    ],
    "a=b sh -c x",
  ],
  ["curl http://x/?a=b", [], "curl http://x/?a=b"],
  ["LEVEL=3 ./notify.sh", [], "LEVEL=3 ./notify.sh"],
])("%s", (text, filters, command) => {
  expect(parseEventHandler(text)).toEqual({
    filters: filters.map(([event, name]) => ({ event, name })),
    command,
  });
});

test.each([
  ["", "has no command; write one behind the =, such as joined=./notify.sh"],
  ["joined=", "has no command; write one behind the =, such as joined=./notify.sh"],
  [
    "member-chnged=x",
    'names "member-chnged", which is not an event (did you mean member-changed?)',
  ],
  ["joined:deploy=x", 'names "joined:deploy", but only user-event and query have names'],
  ["view-fetched=x", 'names "view-fetched", which is not an event'],
])("%j is refused", (text, complaint) => {
  expect(parseEventHandler(text)).toMatch(complaint);
});

test("a query handler answers one name, or all", () => {
  expect(parseQueryHandler("load=uptime")).toEqual({ name: "load", command: "uptime" });
  expect(parseQueryHandler("./answer.sh a=b")).toEqual({ name: null, command: "./answer.sh a=b" });
  expect(parseQueryHandler("load= ")).toBe(
    "has no command; write one behind the =, such as joined=./notify.sh",
  );
});

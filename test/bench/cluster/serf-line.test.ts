import { expect, test } from "vitest";
import { parseSerfLine } from "../../../src/bench/cluster/serf/serf-line.ts";

const AT = "    2026/11/22 22:02:12";

test.each([
  ["EventMemberJoin", "alive"],
  ["EventMemberFailed", "dead"],
  ["EventMemberLeave", "left"],
  ["EventMemberReap", "forgotten"],
])("%s tells that a member is %s", (event, to) => {
  const line = `${AT} [INFO] serf: ${event}: n3 127.0.0.1`;
  expect(parseSerfLine(line)).toEqual({ kind: "changed", member: "n3", to });
});

test("a failed probe is a suspicion", () => {
  const line = `${AT} [INFO] memberlist: Suspect n3 has failed, no acks received`;
  expect(parseSerfLine(line)).toEqual({ kind: "suspects", member: "n3" });
});

test("an agent is ready when it has joined, not when it runs", () => {
  expect(parseSerfLine("==> Serf agent running!")).toBeUndefined();
  const line = "==> Log data will now stream in as it occurs:";
  expect(parseSerfLine(line)).toEqual({ kind: "ready" });
});

test.each([
  `${AT} [INFO] agent: Received event: member-join`,
  `${AT} [WARN] memberlist: Refuting a suspect message (from: n2)`,
  `${AT} [INFO] serf: EventMemberUpdate: n3`,
  "",
])("%j tells no state", (line) => {
  expect(parseSerfLine(line)).toBeUndefined();
});

import { expect, test } from "vitest";
import { formatEndpoint, isPresent, type MemberState } from "../../src/core/member.ts";

test("alive and suspect members are present, the others are not", () => {
  const states: MemberState[] = ["alive", "suspect", "dead", "left", "forgotten"];
  expect(states.filter(isPresent)).toEqual(["alive", "suspect"]);
});

test("an endpoint is shown as host:port, with an IPv6 host in brackets", () => {
  expect(formatEndpoint({ host: "10.0.0.1", port: 7946 })).toBe("10.0.0.1:7946");
  expect(formatEndpoint({ host: "fd00::1", port: 7946 })).toBe("[fd00::1]:7946");
});

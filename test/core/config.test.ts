import { describe, expect, test } from "vitest";
import { checkNodeConfig, type NodeConfig, PROFILES } from "../../src/core/config.ts";

const lan = PROFILES.lan;

test.each(Object.values(PROFILES))("the profile $profile fits together as it stands", (config) => {
  expect(checkNodeConfig(config)).toBeUndefined();
});

test("the profiles are the parameters that were studied", () => {
  const studied = Object.values(PROFILES).map((profile) => [
    profile.profile,
    profile.probeIntervalMs,
    profile.phiSuspect,
    profile.graceMs,
    profile.refusalGraceMs,
    profile.gossipIntervalMs,
    profile.gossipFanout,
    profile.suspicionUnitMs,
    profile.roundWaitMs,
    profile.digestDiffersMs,
  ]);
  expect(studied).toEqual([
    ["local", 200, 8, 500, 100, 50, 3, 200, 100, 250],
    ["lan", 1000, 8, 2400, 100, 200, 3, 1000, 200, 1000],
    ["wan", 2000, 8, 3000, 200, 500, 3, 2000, 500, 2000],
  ]);
});

describe("a relation that the protocol cannot run with is refused, with both values and the limit", () => {
  const cases: readonly (readonly [Partial<NodeConfig>, RegExp])[] = [
    [{ retryWaitMsMin: 501 }, /^retryWaitMsMin: 501 .*probeIntervalMs \(1000\).* at most half/],
    [{ roundWaitMs: 1001 }, /^roundWaitMs: 1001 .*probeIntervalMs \(1000\).* at most that/],
    [{ gossipIntervalMs: 1001 }, /^gossipIntervalMs: 1001 .*probeIntervalMs \(1000\)/],
    [{ refusalGraceMs: 2401 }, /^refusalGraceMs: 2401 .*graceMs \(2400\)/],
  ];
  test.each(cases)("%o", (changes, complaint) => {
    expect(checkNodeConfig({ ...lan, ...changes })).toMatch(complaint);
  });
});

test("each relation holds up to its limit", () => {
  const limits: readonly Partial<NodeConfig>[] = [
    { retryWaitMsMin: 500 },
    { roundWaitMs: 1000 },
    { gossipIntervalMs: 1000 },
    { refusalGraceMs: 2400 },
  ];
  for (const changes of limits) expect(checkNodeConfig({ ...lan, ...changes })).toBeUndefined();
});

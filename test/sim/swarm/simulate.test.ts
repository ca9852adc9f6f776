import { expect, test } from "vitest";
import { formatViolation } from "../../../src/sim/swarm/report.ts";
import { simulate } from "../../../src/sim/swarm/simulate.ts";
import { STORY_NAMES } from "../../../src/sim/swarm/story-names.ts";
import { type SwarmOptions, swarm } from "../../../src/sim/swarm/swarm.ts";

/** Drawn by hand: what a run needs and no faults. */
const QUIET: SwarmOptions = {
  ...swarm(1, "mixed"),
  nodes: 5,
  profile: "lan",
  start: "converged",
  faults: [],
};

/** Whoever changes what nodes do, or what a seed draws, puts the new digest here. */
const DIGEST_OF_SEED_15 = "0875666fdfdf6d43";

test("the trace of a seed is the same on every machine", () => {
  expect(simulate(swarm(15)).digest).toBe(DIGEST_OF_SEED_15);
});

test("equal seeds give equal options and runs, other seeds others", () => {
  expect(swarm(4)).toEqual(swarm(4));
  expect(simulate(swarm(4))).toEqual(simulate(swarm(4)));
  expect(simulate(swarm(4)).digest).not.toBe(simulate(swarm(5)).digest);
});

test("what a seed draws is plain data", () => {
  const options = swarm(21);
  expect(JSON.parse(JSON.stringify(options))).toEqual(options);
});

test("the seeds draw every story", () => {
  const stories = new Set(Array.from({ length: 500 }, (_, rngSeed) => swarm(rngSeed).story));
  expect([...stories].sort()).toEqual([...STORY_NAMES].sort());
});

test("the seeds draw every kind of fault", () => {
  const kinds = new Set<string>();
  for (let rngSeed = 0; rngSeed < 500; rngSeed++) {
    for (const { fault } of swarm(rngSeed).faults) kinds.add(fault.kind);
  }
  expect([...kinds].sort()).toEqual([
    "advertise",
    "bad-link",
    "clog",
    "crash-host",
    "cut",
    "deaf",
    "drop-tcp",
    "forget-dead",
    "freeze",
    "jump-wall-clock",
    "kill",
    "leave",
    "mute",
    "partition",
    "pause-machine",
    "reject",
    "reset-wires",
    "resolve",
    "restart",
    "slow-path",
    "small-mtu",
    "storm",
    "syn-proxy",
  ]);
});

test("most clusters are small, and some are not", () => {
  const running = ({ nodes, absent }: SwarmOptions) => nodes - absent.length;
  const sizes = Array.from({ length: 500 }, (_, rngSeed) => running(swarm(rngSeed)));
  expect(Math.min(...sizes)).toBe(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
  expect(sizes.filter((nodes) => nodes > 16).length).toBeGreaterThan(5);
  expect(sizes.filter((nodes) => nodes <= 16).length).toBeGreaterThan(450);
});

test("a cluster that never gets to one view is a violation that tells how to replay it", () => {
  const names = ["n0", "n1", "n2", "n3", "n4"];
  const faults = [
    { atMs: 5_000, fault: { kind: "partition", groups: [names.slice(0, 2)], forMs: 20_000 } },
  ] as const;
  const options = { ...QUIET, faults, isSeeded: false };
  const { violation } = simulate(options, { safetyMs: 25_000, livenessMs: 0 });
  expect(violation?.rule).toBe("healed, all views become one");
  const text = violation === undefined ? "" : formatViolation(options, violation);
  expect(text).toContain("hearsay sim --swarm --story mixed --rng-seed 1");
  expect(text).toContain("5.000 s  partition");
  expect(text).toContain("member-changed");
});

test("a quiet cluster calls nobody dead and is one view at the first look", () => {
  const { violation, stats } = simulate(QUIET);
  expect(violation).toBeUndefined();
  expect(stats).toMatchObject({ falseDeaths: 0, healedMs: 0, isCutShort: false });
});

test("of two partitioned sides each calls the other dead, which is counted and no violation", () => {
  const fault = { kind: "partition", groups: [["n0", "n1"]], forMs: 15_000 } as const;
  const { violation, stats } = simulate({ ...QUIET, faults: [{ atMs: 5_000, fault }] });
  expect(violation).toBeUndefined();
  expect(stats.falseDeaths).toBeGreaterThan(0);
});

test("of a large cluster whose hosts fall silent enough are left to tell that from a cut, and of no other", () => {
  const drawn = Array.from({ length: 2000 }, (_, seed) => swarm(seed, "mass-crash"));
  const fewestLeft = (size: number, isSilence: boolean): number => {
    const those = drawn.filter(
      ({ nodes, faults, refusals }) =>
        nodes === size && (faults[0]?.fault.kind === "crash-host" || !refusals) === isSilence,
    );
    expect(those.length).toBeGreaterThan(20);
    return Math.min(...those.map(({ nodes, faults }) => nodes - faults.length));
  };
  expect([8, 16, 40].map((size) => fewestLeft(size, true))).toEqual([1, 6, 8]);
  expect([8, 16, 40].map((size) => fewestLeft(size, false))).toEqual([1, 1, 4]);
});

import { expect, test } from "vitest";
import { simulate } from "../../../src/sim/swarm/simulate.ts";
import { swarm } from "../../../src/sim/swarm/swarm.ts";

const SEEDS = Array.from({ length: 300 }, (_, rngSeed) => rngSeed);

const withTcp = (rngSeed: number) => swarm(rngSeed, undefined, true);
const withoutTcp = (rngSeed: number) => swarm(rngSeed, undefined, false);

test("wires and spies are on in most runs and off in some, each for itself", () => {
  const configs = SEEDS.map((rngSeed) => withTcp(rngSeed).config);
  for (const key of ["wires", "spies"] as const) {
    const on = configs.filter((config) => config[key] === true).length;
    expect(on).toBeGreaterThan(200);
    expect(on).toBeLessThan(280);
  }
});

test("the runs that have wires draw every kind of fault that concerns them, beside what they drew before there were any", () => {
  const kinds = new Set<string>();
  for (const rngSeed of SEEDS) {
    const { faults, config, ...rest } = withoutTcp(rngSeed);
    const { faults: all, config: withWires, ...same } = withTcp(rngSeed);
    expect(same).toEqual(rest);
    expect({ ...withWires, wires: false, spies: false }).toEqual(config);
    const before = new Set(faults.map((planned) => JSON.stringify(planned)));
    const added = all.filter((planned) => !before.has(JSON.stringify(planned)));
    expect(all.filter((planned) => !added.includes(planned))).toEqual(faults);
    if (withWires.wires !== true || rest.story !== "mixed") expect(added).toEqual([]);
    for (const { fault } of added) kinds.add(fault.kind);
  }
  expect([...kinds].sort()).toEqual(["drop-tcp", "pause-machine", "reset-wires", "syn-proxy"]);
});

test("equal seeds give equal runs under faults of TCP, and other runs without it", () => {
  const troubled = SEEDS.filter(
    (rngSeed) => withTcp(rngSeed).faults.length > withoutTcp(rngSeed).faults.length,
  );
  for (const rngSeed of troubled.slice(0, 2)) {
    const { digest } = simulate(withTcp(rngSeed));
    expect(simulate(withTcp(rngSeed)).digest).toBe(digest);
    expect(simulate(withoutTcp(rngSeed)).digest).not.toBe(digest);
  }
});

import { expect, test } from "vitest";
import { formatViolation } from "../../../src/sim/swarm/report.ts";
import { simulate } from "../../../src/sim/swarm/simulate.ts";
import { swarm } from "../../../src/sim/swarm/swarm.ts";
import { withTcp } from "../../../src/sim/swarm/tcp-plan.ts";

const SEEDS = Array.from({ length: 300 }, (_, rngSeed) => rngSeed);

test("where the profiles have neither wires nor spies, a seed draws what it always drew", () => {
  for (const rngSeed of SEEDS) {
    const options = swarm(rngSeed);
    expect(withTcp(options, false)).toBe(options);
  }
});

test("else each is on in most runs and off in some", () => {
  const configs = SEEDS.map((rngSeed) => withTcp(swarm(rngSeed), true).config);
  for (const key of ["wires", "spies"] as const) {
    const on = configs.filter((config) => config[key] === true).length;
    expect(on).toBeGreaterThan(200);
    expect(on).toBeLessThan(280);
  }
});

test("the runs that have wires draw every kind of fault that concerns them, and keep their own", () => {
  const kinds = new Set<string>();
  for (const rngSeed of SEEDS) {
    const drawn = swarm(rngSeed);
    const { faults } = drawn;
    const options = withTcp(drawn, true);
    const added = options.faults.filter((planned) => !faults.includes(planned));
    expect(options.faults.filter((planned) => !added.includes(planned))).toEqual(faults);
    if (options.config.wires !== true || options.story !== "mixed") expect(added).toEqual([]);
    for (const { fault } of added) kinds.add(fault.kind);
  }
  expect([...kinds].sort()).toEqual(["drop-tcp", "pause-machine", "reset-wires", "syn-proxy"]);
});

test("equal seeds give equal runs under faults of TCP, and no rule breaks", () => {
  const troubled = SEEDS.filter(
    (rngSeed) => withTcp(swarm(rngSeed), true).faults.length > swarm(rngSeed).faults.length,
  ).slice(0, 3);
  for (const rngSeed of troubled) {
    const options = withTcp(swarm(rngSeed), true);
    const result = simulate(options);
    expect(result.violation === undefined ? "" : formatViolation(options, result.violation)).toBe(
      "",
    );
    expect(simulate(options).digest).toBe(result.digest);
  }
});

import { describe, expect, test } from "vitest";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import { GUEST, PoolSim } from "./pool-sim.ts";

const T = POOL_LAN.probeIntervalMs;

/** A pool with a guest that knows it for a while. */
function calmPool(size: number, seed = 1): PoolSim {
  const sim = new PoolSim(size, { seed });
  sim.run(10 * T);
  return sim;
}

/** When the first member of the pool took the member for that. */
function poolBelieved(sim: PoolSim, member: string, to: string, sinceMs: number): number {
  const first = sim.news.find(
    (news) => news.member === member && news.to === to && news.atMs >= sinceMs,
  );
  return first?.atMs ?? Number.NaN;
}

function shown(sim: PoolSim, member: string, to: string, sinceMs: number) {
  return sim.eventsOf("member-changed", sinceMs).find((e) => e.member === member && e.to === to);
}

describe("a calm pool", () => {
  test("all members have a phi two seconds after the start", () => {
    const sim = new PoolSim(5);
    sim.run(2000);
    const { members, notYet } = sim.watch.snapshot(sim.nowMs);
    expect(notYet).toBeNull();
    expect(members.map(({ record }) => record.name)).toEqual(sim.names);
    for (const { phi, lastHeardMs } of members) {
      expect(phi).not.toBeNull();
      expect(lastHeardMs).toBeLessThanOrEqual(1500);
    }
  });

  test.each([3, 12, 60])("no member of %i gets more than one direct ping a second", (size) => {
    const sim = calmPool(size);
    sim.sent.length = 0;
    sim.run(20 * T);
    const pings = new Map<string, number>();
    let paths = 0;
    for (const { effect } of sim.sent) {
      if (effect.kind !== "send") continue;
      const { member = "" } = effect.to;
      if (effect.message.kind === "ping") pings.set(member, 1 + (pings.get(member) ?? 0));
      else paths++;
    }
    expect([...pings.values()]).toEqual(Array(size).fill(20));
    expect(paths).toBeLessThanOrEqual(20 * size);
    expect(paths).toBeGreaterThanOrEqual(20 * Math.min(size, 32) - 2);
  });

  test("nothing is reported, whatever the guest measures", () => {
    const sim = calmPool(8);
    const before = sim.events.length;
    sim.run(120 * T);
    expect(sim.events.slice(before)).toEqual([]);
    for (const { phi } of sim.watch.snapshot(sim.nowMs).members) expect(phi).toBeLessThan(1.5);
    expect(sim.watch.dropped).toEqual({});
  });
});

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe("a member is killed", () => {
  test.each(SEEDS)(
    "seed %i: the refusal shows within 1.3 s, the death within 1 s of the pool's, with names",
    (seed) => {
      const sim = calmPool(3, seed);
      const at = sim.nowMs;
      sim.kill("m3");
      sim.run(1300);
      expect(sim.member("m3")).toMatchObject({ refused: true, silence: "refused" });
      sim.run(15 * T);
      const declaredAt = poolBelieved(sim, "m3", "dead", at);
      const death = shown(sim, "m3", "dead", at);
      expect(death?.atMs).toBeGreaterThanOrEqual(declaredAt);
      expect(death?.atMs).toBeLessThanOrEqual(declaredAt + 1000);
      expect(["m1", "m2"]).toContain(death?.by);
      const accusers = sim.eventsOf("accused", at).map(({ accuser }) => accuser);
      expect(accusers).toContain(GUEST);
      expect(accusers.some((name) => name === "m1" || name === "m2")).toBe(true);
      expect(sim.eventsOf("pool-declared", at)).toMatchObject([{ member: "m3", by: death?.by }]);
      // The member is gone, and not the paths to it.
      expect(sim.eventsOf("path-changed", at)).toEqual([]);
    },
  );
});

import { describe, expect, test } from "vitest";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import { calmPool, GUEST, PoolSim } from "./pool-sim.ts";

const T = POOL_LAN.probeIntervalMs;

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
    expect(paths).toBeGreaterThanOrEqual(20 * (size > 32 ? 16 : size) - 2);
  });

  test("no phi rises while the pings of new members find their moments", () => {
    const sim = new PoolSim(12);
    let highest = 0;
    for (let i = 0; i < 60; i++) {
      sim.run(T / 10);
      for (const { phi } of sim.watch.snapshot(sim.nowMs).members) {
        highest = Math.max(highest, phi ?? 0);
      }
    }
    expect(highest).toBeLessThan(2);
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
      const [declaration] = sim.eventsOf("pool-declared", at);
      expect(["m1", "m2"]).toContain(declaration?.by);
      const accusers = sim.eventsOf("accused", at).map(({ accuser }) => accuser);
      expect(accusers).toContain(GUEST);
      expect(accusers.some((name) => name === "m1" || name === "m2")).toBe(true);
      expect(sim.eventsOf("pool-declared", at)).toHaveLength(1);
      // The member is gone, and not the paths to it.
      expect(sim.eventsOf("path-changed", at)).toEqual([]);
    },
  );
});

test.each(SEEDS)(
  "seed %i: whom nobody reaches any more is not reachable through anybody",
  (seed) => {
    const sim = calmPool(4, seed);
    sim.freeze("m3");
    for (let step = 0; step < 30; step++) {
      sim.run(T / 10);
      expect(sim.member("m3")?.reachedThrough).toBeNull();
    }
  },
);

describe("a member stands still for four seconds", () => {
  test.each(SEEDS)("seed %i: it is suspected by name, refutes, and is never dead", (seed) => {
    const sim = calmPool(3, seed);
    const at = sim.nowMs;
    sim.freeze("m2");
    sim.run(4 * T);
    sim.thaw("m2");
    sim.run(6 * T);
    const changes = sim.eventsOf("member-changed", at);
    expect(changes).toMatchObject([
      { member: "m2", from: "alive", to: "suspect", incarnation: 1 },
      { member: "m2", from: "suspect", to: "alive", incarnation: 2, cause: "refuted" },
    ]);
    const accusers = sim.eventsOf("accused", at);
    expect(accusers.length).toBeGreaterThan(0);
    for (const { accuser } of accusers) expect(["m1", "m3"]).toContain(accuser);
    // It stood still: the paths to it were never down.
    expect(sim.eventsOf("path-changed", at)).toEqual([]);
    expect(sim.watch.explain(sim.nowMs, "m2")?.suspicion).toMatchObject({
      rule: "memberlist",
      ended: { how: "refuted" },
      refuted: { count: 1 },
    });
  });
});

describe("two members are cut from each other", () => {
  test.each([3, 4, 8, 12])(
    "of %i: both paths are named, and no other, within 2(n − 1) periods",
    (size) => {
      const sim = calmPool(size);
      const at = sim.nowMs;
      sim.cut("m2", "m3");
      sim.run(2 * (size - 1) * T);
      const down = () =>
        sim.watch
          .paths(sim.nowMs)
          .filter(({ downForMs }) => downForMs !== null)
          .map(({ from, to }) => `${from} ${to}`)
          .sort();
      expect(down()).toEqual(["m2 m3", "m3 m2"]);
      // The pool itself suspects nobody: each asks a third one.
      expect(sim.news.filter(({ atMs }) => atMs >= at)).toEqual([]);
      sim.run(60 * T);
      expect(down()).toEqual(["m2 m3", "m3 m2"]);
      const changes = sim.eventsOf("path-changed", at);
      expect(changes).toHaveLength(2);
      // What failed once is tried again at once, and not when the diagonal comes round.
      expect(changes[1]?.atMs).toBeLessThanOrEqual(at + (size + 1.5) * T);
      sim.network.heal();
      sim.run(2 * (size - 1) * T);
      expect(down()).toEqual([]);
      expect(sim.eventsOf("path-changed", at).slice(2)).toMatchObject([{ ok: true }, { ok: true }]);
    },
  );
});

test("with 70 % loss around one member, 90 % of the suspicions have an accuser", () => {
  let shownSuspicions = 0;
  let named = 0;
  for (const seed of SEEDS) {
    const sim = calmPool(5, seed);
    const at = sim.nowMs;
    sim.lose("m3", "both", 0.7);
    sim.run(60 * T);
    const key = ({ member, incarnation }: { member: string; incarnation: number }): string =>
      `${member} ${incarnation}`;
    const accused = new Set(
      sim.eventsOf("accused", at).flatMap((e) => (e.accuser === GUEST ? [] : [key(e)])),
    );
    // Once the pool has split, no word of one side reaches the other.
    const splitAt = poolBelieved(sim, "m3", "dead", at) || Number.POSITIVE_INFINITY;
    const suspicions = sim
      .eventsOf("member-changed", at)
      .filter(({ to, atMs }) => to === "suspect" && atMs < splitAt);
    shownSuspicions += suspicions.length;
    named += suspicions.filter((e) => accused.has(key(e))).length;
  }
  expect(shownSuspicions).toBeGreaterThan(20);
  expect(named / shownSuspicions).toBeGreaterThanOrEqual(0.9);
});

describe("a member starts again after 45 s", () => {
  test.each(SEEDS)("seed %i: it is alive within 5 s, at incarnation 1", (seed) => {
    const sim = calmPool(3, seed);
    sim.kill("m3");
    sim.run(45 * T);
    const at = sim.nowMs;
    expect(sim.states()).toMatchObject({ m3: "dead" });
    sim.restart("m3");
    sim.run(5 * T);
    expect(sim.states()).toEqual({ m1: "alive", m2: "alive", m3: "alive" });
    expect(sim.member("m3")?.record.incarnation).toBe(1);
    expect(shown(sim, "m3", "alive", at)?.cause).toBe("restarted");
    sim.run(5 * T);
    expect(sim.member("m3")?.lastHeardMs).toBeLessThan(2 * T);
  });
});

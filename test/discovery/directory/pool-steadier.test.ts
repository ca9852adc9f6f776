import { describe, expect, test } from "vitest";
import {
  PoolSteadier,
  type SteadierPolicy,
} from "../../../src/discovery/directory/pool-steadier.ts";
import {
  type Instance,
  type Selection,
  selectEndpoints,
} from "../../../src/discovery/select-endpoints.ts";
import { instance } from "../builders.ts";

const MINUTE = 60_000;

/** A pool of `n0`, `n1`, … that the test moves, as a consumer without a threshold sees it. */
class Pool {
  nowMs = 0;
  private readonly members: Map<string, Instance>;
  private readonly steadier: PoolSteadier;

  constructor(count: number, policy: Partial<SteadierPolicy> = {}) {
    this.steadier = new PoolSteadier({ removalShare: 0.25, flapHoldMs: 30_000, ...policy });
    const names = Array.from({ length: count }, (_, at) => `n${at}`);
    this.members = new Map(names.map((name) => [name, instance(name)]));
    this.look();
  }

  set(names: readonly string[], more: Parameters<typeof instance>[1]): Selection {
    for (const name of names) this.members.set(name, instance(name, more));
    return this.look();
  }

  after(forMs: number): Selection {
    this.nowMs += forMs;
    return this.look();
  }

  get dueInMs(): number {
    return this.steadier.dueAtMs - this.nowMs;
  }

  private look(): Selection {
    const policy = { panicShare: 0.5, isIsolated: false, phiSuspect: 8 };
    const steady = (judged: Parameters<PoolSteadier["settle"]>[0]) =>
      this.steadier.settle(judged, this.nowMs);
    const selection = selectEndpoints([...this.members.values()], {}, policy, steady);
    this.steadier.notePanic(selection.panic !== null, this.nowMs);
    return selection;
  }
}

const some = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `n${from + at}`);
const SILENT = { state: "dead" } as const;
const CRASHED = { state: "dead", refused: true, isCrashed: true } as const;
const ALIVE = {};
const outOf = ({ out }: Selection) => out.length;

describe("a wave of doubt", () => {
  test("takes out a quarter of the pool within a minute, and the rest is told why it stays", () => {
    const pool = new Pool(60);
    const selection = pool.set(some(0, 25), SILENT);
    expect([outOf(selection), selection.endpoints.length]).toEqual([15, 45]);
    const kept = selection.endpoints.filter(({ state }) => state === "dead");
    expect(new Set(kept.map(({ why }) => why))).toEqual(
      new Set(["dead; kept in: doubt takes out at most 25 % within a minute"]),
    );
    expect(pool.dueInMs).toBe(MINUTE);
    expect(outOf(pool.after(MINUTE - 1))).toBe(15);
    expect(outOf(pool.after(1))).toBe(25);
  });

  test("takes out at least one, however small the pool", () => {
    const pool = new Pool(3);
    expect(outOf(pool.set(["n0"], SILENT))).toBe(1);
  });

  test("is counted without those that are back", () => {
    const pool = new Pool(8);
    pool.set(["n0", "n1"], SILENT);
    pool.set(["n0", "n1"], ALIVE);
    expect(outOf(pool.set(["n2", "n3"], SILENT))).toBe(2);
  });

  test("has no limit with a share of one, and no say where a fact speaks", () => {
    expect(outOf(new Pool(60, { removalShare: 1 }).set(some(0, 25), SILENT))).toBe(25);
    expect(outOf(new Pool(60).set(some(0, 25), CRASHED))).toBe(25);
  });

  test("does not hold back what a service says of itself", () => {
    const critical = { service: { health: "critical" } } as const;
    expect(outOf(new Pool(8).set(some(0, 4), critical))).toBe(4);
  });

  test("that was there before anybody asked is no wave", () => {
    const steadier = new PoolSteadier({ removalShare: 0.25, flapHoldMs: 0 });
    const policy = { panicShare: 0, isIsolated: false, phiSuspect: 8 };
    const instances = some(0, 8).map((name, at) => instance(name, at < 4 ? SILENT : {}));
    const selection = selectEndpoints(instances, {}, policy, (judged) =>
      steadier.settle(judged, 0),
    );
    expect(outOf(selection)).toBe(4);
  });
});

describe("a panic", () => {
  test("is about what is judged, not about what is kept in", () => {
    const pool = new Pool(60);
    const selection = pool.set(some(0, 31), SILENT);
    expect([selection.panic?.cause, selection.endpoints.length]).toEqual(["share", 60]);
  });

  test("drops nobody when it ends while members return one after another", () => {
    const pool = new Pool(60);
    pool.set(some(0, 58), SILENT);
    pool.after(10 * MINUTE);
    const sizes = Array.from(
      { length: 58 },
      (_, at) => pool.set([`n${at}`], ALIVE).endpoints.length,
    );
    expect(Math.min(...sizes)).toBe(60);
  });

  test("leaves those for out that were out before it", () => {
    const pool = new Pool(8);
    pool.set(["n0"], SILENT);
    pool.after(2 * MINUTE);
    expect(pool.set(some(1, 6), SILENT).endpoints).toHaveLength(8);
    expect(pool.set(some(1, 6), ALIVE).out.map(({ member }) => member)).toEqual(["n0"]);
  });

  test("is no way back for the crashed, and they do not bring it about", () => {
    const replaced = new Pool(5);
    const selection = replaced.set(["n0", "n1", "n2"], CRASHED);
    expect([selection.panic, selection.endpoints.map(({ member }) => member)]).toEqual([
      null,
      ["n3", "n4"],
    ]);
    const silent = replaced.set(["n3", "n4"], SILENT);
    expect([silent.panic?.cause, silent.endpoints.length, outOf(silent)]).toEqual(["share", 2, 3]);
  });
});

describe("an endpoint that comes and goes", () => {
  const flap = (pool: Pool, how: Parameters<Pool["set"]>[1]) => {
    pool.set(["n0"], how);
    pool.nowMs += 500;
    return pool.set(["n0"], ALIVE);
  };

  test.each([
    ["silent", SILENT],
    ["crashed", CRASHED],
  ])("(%s) is kept out from the third time on, each time twice as long", (_what, how) => {
    const pool = new Pool(8);
    expect([outOf(flap(pool, how)), outOf(flap(pool, how))]).toEqual([0, 0]);
    const third = flap(pool, how);
    expect(third.out.map(({ why }) => why)).toEqual([
      "alive; kept out for 2 s: it went out 3 times in 5 minutes",
    ]);
    expect(pool.dueInMs).toBe(1500);
    expect([outOf(pool.after(1499)), outOf(pool.after(1))]).toEqual([1, 0]);
    expect(flap(pool, how).out[0]?.why).toMatch("kept out for 4 s");
  });

  test("is not kept out for longer than is set, nor for what was five minutes ago", () => {
    const pool = new Pool(8, { flapHoldMs: 3000 });
    for (let round = 0; round < 6; round++) {
      flap(pool, SILENT);
      pool.after(3000);
    }
    expect(flap(pool, SILENT).out[0]?.why).toMatch("kept out for 3 s");
    pool.after(6 * MINUTE);
    expect(outOf(flap(pool, SILENT))).toBe(0);
  });

  test("is used all the same where too few are left", () => {
    const pool = new Pool(1);
    for (let round = 0; round < 4; round++) flap(pool, CRASHED);
    expect(pool.after(0)).toMatchObject({ panic: { cause: "share" }, out: [] });
  });
});

test("an endpoint whose checks have not run is out, and no reason for a panic", () => {
  const pool = new Pool(1);
  const selection = pool.set(["n0"], { service: { health: "starting" } });
  expect([selection.panic, selection.out.map(({ why }) => why)]).toEqual([
    null,
    ["its first health check has not run yet"],
  ]);
});

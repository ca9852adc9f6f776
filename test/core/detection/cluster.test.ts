import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import { SimCluster } from "../../../src/sim/sim-cluster.ts";
import { names, T } from "../builders.ts";
import { converged } from "../converged-cluster.ts";

function deaths(cluster: SimCluster) {
  return cluster.events.flatMap(({ node, event }) =>
    event.kind === "member-changed" && event.to === "dead" ? [{ ...event, node }] : [],
  );
}

/** Who called whom dead, of members that are none of `expected`. */
function falseDeaths(cluster: SimCluster, expected: readonly string[] = []): string[] {
  return deaths(cluster)
    .filter(({ member }) => !expected.includes(member))
    .map(({ node, member }) => `${node} about ${member}`);
}

/** What the member died of, by all that declared or heard it. */
function deathCauses(cluster: SimCluster, member: string): string[] {
  const causes = deaths(cluster).filter((death) => death.member === member);
  return [...new Set(causes.map(({ cause }) => cause))];
}

/** Whether the viewer suspects the member, and an accuser that it knows of heard its kernel. */
function isKnownFrozen(cluster: SimCluster, viewer: string, member: string): boolean {
  if (cluster.sees(viewer, member) !== "suspect") return false;
  return cluster.events.some(
    ({ node, event }) =>
      node === viewer &&
      event.kind === "accused" &&
      event.member === member &&
      event.evidence === "frozen",
  );
}

/** Where kernels are not asked, silence is all there is. */
const UDP_ALONE = { wires: false, spies: false } as const;

const isIsolated = (cluster: SimCluster, name: string) => cluster.snapshot(name).isolated;

describe("a process that crashes is known dead by all", () => {
  test.each([
    [2, 1500],
    [3, 1200],
    [8, 900],
    [20, 1000],
  ])("among %i within %i ms, by refusals", (count, withinMs) => {
    for (const rngSeed of [1, 2, 3]) {
      const cluster = converged(names(count), { rngSeed });
      cluster.kill("m01");
      expect(cluster.runUntil(() => cluster.allSee("m01", "dead"), withinMs)).toBeDefined();
      expect(falseDeaths(cluster, ["m01"])).toEqual([]);
    }
  });

  test.each([1, 2, 3])("within two periods while half of 64 crash with it (seed %i)", (rngSeed) => {
    const cluster = new SimCluster({ rngSeed });
    cluster.startConverged(names(64));
    cluster.run(7 * T);
    const crashed = names(64).filter((_, index) => index % 2 === 1);
    for (const name of crashed) cluster.kill(name);
    const known = () => crashed.every((name) => cluster.allSee(name, "dead"));
    expect(cluster.runUntil(known, 2 * T)).toBeDefined();
    expect(falseDeaths(cluster, crashed)).toEqual([]);
  });
});

describe("a host that falls silent", () => {
  test.each([3, 8, 20])(
    "among %i is dead after a look and the grace of the unreachable",
    (count) => {
      const cluster = converged(names(count));
      cluster.crashHost("m01");
      const tookMs = cluster.runUntil(() => cluster.allSee("m01", "dead"), 12 * T) ?? 0;
      expect(tookMs).toBeGreaterThan(PROFILES.lan.unreachableGraceMs);
      expect(tookMs).toBeLessThan(2.2 * T);
      expect(deathCauses(cluster, "m01")).toEqual(["unreachable"]);
      expect(falseDeaths(cluster, ["m01"])).toEqual([]);
    },
  );

  test.each([3, 8, 20])(
    "by UDP alone, among %i is dead after the silence, the retries and a grace",
    (count) => {
      const cluster = converged(names(count), { config: UDP_ALONE });
      cluster.crashHost("m01");
      const tookMs = cluster.runUntil(() => cluster.allSee("m01", "dead"), 12 * T) ?? 0;
      expect(tookMs).toBeGreaterThan(T + 2000);
      expect(tookMs).toBeLessThan(6 * T);
      expect(deathCauses(cluster, "m01")).toEqual(["quorum"]);
      expect(falseDeaths(cluster, ["m01"])).toEqual([]);
    },
  );

  test("beside another one leaves a third alone: it calls itself isolated and declares nobody", () => {
    const cluster = converged(names(3));
    cluster.crashHost("m01");
    cluster.crashHost("m02");
    cluster.run(120 * T);
    expect(isIsolated(cluster, "m00")).toBe(true);
    expect(falseDeaths(cluster)).toEqual([]);
  });
});

describe("a process that freezes", () => {
  test.each([
    [2, 2],
    [5, 55],
    [8, 2],
  ])("among %i is spared for %i s, known to be frozen, and back at once", (count, frozenS) => {
    for (const rngSeed of [1, 2, 3]) {
      const cluster = converged(names(count), { rngSeed });
      cluster.freeze("m01");
      const others = names(count).filter((name) => name !== "m01");
      const known = () => others.every((viewer) => isKnownFrozen(cluster, viewer, "m01"));
      const knownMs = cluster.runUntil(known, 1.5 * T) ?? Number.NaN;
      expect(knownMs).toBeLessThan(1.5 * T);
      cluster.run(1000 * frozenS - knownMs);
      cluster.thaw("m01");
      expect(cluster.runUntil(() => cluster.isConverged(), 100)).toBeDefined();
      cluster.run(5 * T);
      expect(falseDeaths(cluster)).toEqual([]);
      expect(cluster.isConverged()).toBe(true);
    }
  });

  test("for longer than its grace is dead of that, and returns by itself at once", () => {
    const cluster = converged(names(5));
    cluster.freeze("m01");
    cluster.run(PROFILES.lan.frozenGraceMs);
    expect(falseDeaths(cluster)).toEqual([]);
    expect(cluster.runUntil(() => cluster.allSee("m01", "dead"), 2 * T)).toBeDefined();
    expect(deathCauses(cluster, "m01")).toEqual(["frozen"]);
    cluster.run(10 * T);
    cluster.thaw("m01");
    expect(cluster.runUntil(() => cluster.isConverged(), 300)).toBeDefined();
  });
});

test.each(["one", "both"])(
  "a broken link in %s direction between two makes nobody suspect",
  (directions) => {
    const cluster = converged(names(5));
    cluster.cut("m00", "m01");
    if (directions === "both") cluster.cut("m01", "m00");
    cluster.run(120 * T);
    const accused = cluster.events.filter(({ event }) => event.kind === "accused");
    expect(accused).toEqual([]);
    expect(cluster.explain("m01", "m00")?.reachedThrough).not.toBeNull();
    expect(cluster.sees("m01", "m00")).toBe("alive");
  },
);

describe("a node that is cut off", () => {
  test("together with others, each for itself, calls no healthy member dead, however long it was", () => {
    for (const lengthMs of [500, 1500, 2500, 4000, 8000]) {
      const cluster = converged(names(8), { rngSeed: lengthMs });
      cluster.partition([["m00"], ["m01"], ["m02"]]);
      cluster.run(lengthMs);
      cluster.heal();
      cluster.run(20 * T);
      expect(falseDeaths(cluster, ["m00", "m01", "m02"])).toEqual([]);
      expect(cluster.isConverged()).toBe(true);
    }
  });
});

import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import type { NodeEvent } from "../../../src/core/effect.ts";
import type { MemberState } from "../../../src/core/member.ts";
import type { NodeSnapshot } from "../../../src/core/snapshot.ts";
import { OneView } from "../../../src/sim/checkers/one-view.ts";
import { SilencesKnown } from "../../../src/sim/checkers/silences-known.ts";
import { timeBounds } from "../../../src/sim/checkers/time-bounds.ts";
import { type RealProcess, World } from "../../../src/sim/checkers/world.ts";
import { record } from "../../core/builders.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const HOSTS = { receiveQueueMax: 5000, timerLatenessMsMax: 0 };
const BOUNDS = timeBounds(PROFILES.lan, HOSTS);
const LONG_AGO = 0;
const AT = 100_000;
const nobody = () => false;

/** Five processes that run since long ago. */
function worldOf(names = NAMES): World {
  const world = new World();
  for (const name of names) world.started(name, record(name), LONG_AGO);
  return world;
}

function changed(member: string, to: MemberState, incarnation = 1): NodeEvent {
  const change = { kind: "member-changed", member, from: "alive", to, incarnation } as const;
  return { ...change, by: member, cause: "reported", reason: "told", phi: null };
}

test("the bounds in profile lan are tighter where kernels are asked", () => {
  expect(BOUNDS.detectionMs).toBeCloseTo(3_100);
  expect(BOUNDS.freezeMs).toBeCloseTo(1_900);
  expect(BOUNDS.oneViewMs).toBe(3_000);
  const byDatagrams = { ...PROFILES.lan, wires: false, spies: false };
  expect(timeBounds(byDatagrams, HOSTS).detectionMs).toBeCloseTo(4_300);
});

describe("a silent member is known dead within the bound", () => {
  function silence(
    { knownAfterMs, untilMs = Number.POSITIVE_INFINITY }: Record<string, number>,
    world = worldOf(),
  ): string[] {
    const broken: string[] = [];
    const checker = new SilencesKnown(BOUNDS, world, (rule) => broken.push(rule));
    const process = (name: string): RealProcess => world.get(name) as RealProcess;
    checker.fellSilent(process("e"), AT, untilMs);
    for (const name of ["a", "b", "c", "d"]) {
      checker.happened(process(name), changed("e", "dead"), AT + (knownAfterMs ?? 0));
    }
    checker.looked(AT + 10_000);
    return broken;
  }

  test("and not a moment later", () => {
    expect(silence({ knownAfterMs: BOUNDS.detectionMs })).toEqual([]);
    expect(silence({ knownAfterMs: BOUNDS.detectionMs + 1 })).toHaveLength(1);
  });

  test("unless it is heard again before", () => {
    expect(silence({ knownAfterMs: 60_000, untilMs: AT + BOUNDS.detectionMs - 1 })).toEqual([]);
    expect(silence({ knownAfterMs: 60_000, untilMs: AT + BOUNDS.detectionMs })).toHaveLength(1);
  });

  test("unless something else goes on meanwhile, or ended within one view's time before", () => {
    const around = (fromMs: number, untilMs: number) => {
      const world = worldOf();
      world.disturb({ fromMs, untilMs, concerns: nobody, hampers: nobody });
      return silence({ knownAfterMs: 60_000 }, world);
    };
    expect(around(AT + BOUNDS.detectionMs, AT + 60_000)).toEqual([]);
    expect(around(1_000, AT - BOUNDS.oneViewMs)).toEqual([]);
    expect(around(1_000, AT - BOUNDS.oneViewMs - 1)).toHaveLength(1);
    expect(around(AT + BOUNDS.detectionMs + 1, AT + 60_000)).toHaveLength(1);
  });

  test("its own silence is no excuse, an earlier trouble of its own is one", () => {
    const world = worldOf();
    world.disturb({ fromMs: AT, untilMs: AT + 60_000, concerns: nobody, hampers: nobody, of: "e" });
    expect(silence({ knownAfterMs: 60_000 }, world)).toHaveLength(1);
    world.disturb({ fromMs: AT - 9, untilMs: AT - 8, concerns: nobody, hampers: nobody, of: "e" });
    expect(silence({ knownAfterMs: 60_000 }, world)).toEqual([]);
  });

  test("where at least four others can find it out", () => {
    expect(silence({ knownAfterMs: 60_000 }, worldOf(["b", "c", "d", "e"]))).toEqual([]);
  });
});

/** Looks at the views once a period, all of them with these digests. */
class Looks {
  readonly world = worldOf();
  readonly broken: string[] = [];
  readonly checker = new OneView(BOUNDS, this.world, (rule) => this.broken.push(rule));

  constructor() {
    for (const process of this.world.all) this.checker.started(process);
    this.at(50_000, { a: "x", b: "x" });
  }

  at(nowMs: number, digests: Record<string, string>, endedMs?: number): void {
    const members = endedMs === undefined ? [] : [{ state: "dead", stateForMs: nowMs - endedMs }];
    for (const [name, viewDigest] of Object.entries(digests)) {
      const snapshot = { viewDigest, members } as unknown as NodeSnapshot;
      this.checker.inspected(this.world.get(name) as RealProcess, snapshot, nowMs);
    }
    this.checker.looked(nowMs);
  }

  ends(viewer: string, member: string, to: MemberState, incarnation = 1): void {
    this.tells(viewer, changed(member, to, incarnation));
  }

  tells(viewer: string, event: NodeEvent): void {
    this.checker.happened(this.world.get(viewer) as RealProcess, event);
  }
}

describe("all views are one within the bound after a heal", () => {
  const parted = (untilMs: number): Looks => {
    const looks = new Looks();
    looks.world.disturb({ fromMs: AT, untilMs, concerns: nobody, hampers: nobody });
    return looks;
  };

  test("and are found otherwise at the second look beyond it", () => {
    const looks = parted(AT + 9_000);
    looks.at(AT + 12_000, { a: "x", b: "y" });
    expect(looks.broken).toEqual([]);
    looks.at(AT + 13_000, { a: "x", b: "y" });
    expect(looks.broken).toEqual(["all views are one within the bound after a heal"]);
  });

  test("while something goes on they may differ, and a moment of difference is none", () => {
    const looks = parted(AT + 9_000);
    looks.at(AT + 10_000, { a: "x", b: "y" });
    looks.at(AT + 11_000, { a: "x", b: "y" });
    looks.at(AT + 12_000, { a: "x", b: "y" });
    looks.at(AT + 13_000, { a: "y", b: "y" });
    looks.at(AT + 14_000, { a: "x", b: "y" });
    expect(looks.broken).toEqual([]);
  });

  test("and within the bound after a tombstone runs out, but not before", () => {
    const looks = new Looks();
    const endedMs = AT + 9_000 - BOUNDS.endToldForMs;
    looks.at(AT + 9_000, { a: "x", b: "y" }, endedMs);
    looks.at(AT + 11_999, { a: "x", b: "y" }, endedMs);
    expect(looks.broken).toEqual([]);
    looks.at(AT + 12_000, { a: "x", b: "y" }, endedMs);
    looks.at(AT + 13_000, { a: "x", b: "y" }, endedMs);
    expect(looks.broken).toHaveLength(1);
    const before = new Looks();
    before.at(AT + 7_000, { a: "x", b: "y" }, endedMs);
    before.at(AT + 8_000, { a: "x", b: "y" }, endedMs);
    expect(before.broken).toHaveLength(1);
  });

  test("an ended process gives the others time to find out, and no more", () => {
    const looks = new Looks();
    looks.world.ended("e", AT);
    const settledMs = AT + BOUNDS.eventuallyMs + BOUNDS.oneViewMs;
    looks.at(settledMs - 1, { a: "x", b: "y" });
    looks.at(settledMs, { a: "x", b: "y" });
    expect(looks.broken).toEqual([]);
    looks.at(settledMs + 1, { a: "x", b: "y" });
    expect(looks.broken).toHaveLength(1);
  });
});

describe("each end of a member becomes the same everywhere, also where no digest shows it", () => {
  const RULE = "each end of a member becomes the same everywhere";
  const looked = (looks: Looks): string[] => {
    for (const atMs of [AT, AT + 1_000]) looks.at(atMs, { a: "x", b: "x" });
    return looks.broken;
  };

  test.each([
    ["left here and dead there", "dead", 1],
    ["forgotten here and left there", "forgotten", 1],
    ["left at another incarnation", "left", 2],
  ] as const)("%s is none", (_, state, incarnation) => {
    const looks = new Looks();
    looks.ends("a", "z", "left");
    looks.ends("b", "z", state, incarnation);
    expect(looked(looks)).toEqual([RULE]);
  });

  test("whoever knows nothing of it, or reaped it, is let off", () => {
    const looks = new Looks();
    looks.ends("a", "z", "left");
    expect(looked(looks)).toEqual([]);
  });

  test("an end at a later incarnation is told as an update of the record, and counts", () => {
    const looks = new Looks();
    const update = { kind: "member-updated", member: "z", incarnation: 2 } as const;
    looks.ends("a", "z", "dead", 2);
    looks.ends("b", "z", "dead", 1);
    looks.tells("b", update);
    looks.tells("c", update);
    expect(looked(looks)).toEqual([]);
    looks.tells("b", { ...update, incarnation: 3 });
    expect(looked(looks)).toEqual([RULE]);
  });

  test("whoever is alive again has not ended", () => {
    const looks = new Looks();
    looks.ends("a", "z", "left");
    looks.ends("b", "z", "dead");
    looks.ends("b", "z", "alive", 2);
    expect(looked(looks)).toEqual([]);
  });
});

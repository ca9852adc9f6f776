import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { moment, POOL } from "../../../src/bench/fuzz/messages/node-inputs.ts";
import type { Effect } from "../../../src/core/effect.ts";
import type { MemberName } from "../../../src/core/member.ts";
import { createSwimNode } from "../../../src/core/node/swim-node.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { CONFIG, record } from "../builders.ts";

const MESSAGES = 20_000;
const codec = createCodec({ clusterLabel: "test" });

/** What a node did and was over its whole random life. */
interface Life {
  readonly ownStates: ReadonlySet<string | undefined>;
  /** Members whose incarnation went back. */
  readonly lowered: readonly MemberName[];
  readonly kindsSent: ReadonlySet<string>;
  readonly largestDatagram: number;
  /** Wakeups that it wanted for a moment already over, or never. */
  readonly badWakeups: readonly (number | undefined)[];
  readonly badPhis: readonly number[];
  /** Everybody who was a member of its view at some time. */
  readonly knew: ReadonlySet<MemberName>;
}

function live(rngSeed: number, messages: number): Life {
  const rng = seededRng([rngSeed, 1, 2, 3]);
  const { sizer } = codec;
  const node = createSwimNode({
    self: record("self"),
    config: CONFIG,
    rng,
    sizer,
    hasSeeds: true,
  });
  const life = {
    ownStates: new Set<string | undefined>(),
    lowered: [] as MemberName[],
    kindsSent: new Set<string>(),
    largestDatagram: 0,
    badWakeups: [] as (number | undefined)[],
    badPhis: [] as number[],
    knew: new Set<MemberName>(),
  };
  const incarnations = new Map<MemberName, number>();
  const look = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") {
        life.kindsSent.add(effect.message.body.kind);
        const bytes = codec.encode(effect.message).length;
        life.largestDatagram = Math.max(life.largestDatagram, bytes);
      } else if (effect.kind === "event" && effect.event.kind === "member-reaped") {
        // A tombstone that somebody says is 72 hours old goes, and with it what was known.
        incarnations.delete(effect.event.member);
      }
    }
  };
  let now = 0;
  look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
  for (const [input, afterMs] of fc.sample(moment, { numRuns: messages, seed: rngSeed })) {
    now += afterMs;
    look(node.step(now, input));
    // As a host does: what came due is judged, late as it may be.
    look(node.step(now, { kind: "wakeup", stalledMs: 0 }));
    const wakeupAt = node.nextWakeupAt();
    if (wakeupAt === undefined || wakeupAt < now) life.badWakeups.push(wakeupAt);
    const { members } = node.snapshot(now);
    life.ownStates.add(members.find(({ record: { name } }) => name === "self")?.state);
    for (const { record: about, phi } of members) {
      const { name, incarnation: present } = about;
      life.knew.add(name);
      if (present < (incarnations.get(name) ?? 0)) life.lowered.push(name);
      incarnations.set(name, present);
      if (phi !== null && !Number.isFinite(phi)) life.badPhis.push(phi);
    }
  }
  return life;
}

describe("whatever 20,000 valid messages a node is fed, it never throws and", () => {
  let life: Life;
  beforeAll(() => {
    life = live(1, MESSAGES);
  }, 30_000);

  test("holds its own record alive", () => {
    expect(life.ownStates).toEqual(new Set(["alive"]));
  });

  test("never lowers an incarnation", () => {
    expect(life.knew.size).toBe(POOL.length);
    expect(life.lowered).toEqual([]);
  });

  test("sends datagrams that encode and fit the budget", () => {
    expect(life.kindsSent.size).toBeGreaterThan(10);
    expect(life.largestDatagram).toBeGreaterThan(1000);
    expect(life.largestDatagram).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
  });

  test("always wants to be woken again, now or later", () => {
    expect(life.badWakeups).toEqual([]);
  });

  test("keeps phi finite", () => {
    expect(life.badPhis).toEqual([]);
  });
});

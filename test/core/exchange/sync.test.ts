import { describe, expect, test } from "vitest";
import type { BeliefUpdate, MemberState } from "../../../src/core/member.ts";
import { bucketOf } from "../../../src/core/membership/digest.ts";
import { MembershipTable } from "../../../src/core/membership/table.ts";
import type { MessageBody } from "../../../src/core/message.ts";
import { type Hash64, hash64, ZERO_HASH } from "../../../src/core/primitives/hash.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { belief, CONFIG, names, record } from "../builders.ts";
import { DrivenNode } from "../driven-node.ts";
import { bodiesIn, toldTo } from "../outcome.ts";

const codec = createCodec({ clusterLabel: "test" });
const EMPTY: readonly Hash64[] = [ZERO_HASH];

function request(changes: Partial<Extract<MessageBody, { kind: "sync-request" }>> = {}) {
  const plain = { profile: "lan", bucketBits: 0, hashes: EMPTY, after: null };
  return { kind: "sync-request", seq: 7, ...plain, ...changes } as const;
}

function push(node: DrivenNode, beliefs: readonly BeliefUpdate[]): void {
  for (let at = 0; at < beliefs.length; at += 20) {
    node.hear("asker", { kind: "sync-push" }, { updates: beliefs.slice(at, at + 20) });
  }
}

/** A node that knows the asker and so many others. */
function knowing(count: number, state: MemberState = "alive"): DrivenNode {
  const node = new DrivenNode({ knows: ["asker"], sizer: codec.sizer });
  push(
    node,
    names(count).map((name) => belief(record(name), state)),
  );
  return node;
}

function hashesOf(names: readonly string[], bucketBits: number): Hash64[] {
  const table = new MembershipTable(CONFIG);
  for (const name of names)
    table.apply({ record: record(name), state: "alive", since: 0, by: name }, 0);
  return table.bucketHashes(bucketBits);
}

function listedIn(effects: ReturnType<DrivenNode["hear"]>): string[] {
  return toldTo("asker", effects).flatMap((update) =>
    update.kind === "belief" ? [update.record.name] : [],
  );
}

describe("a node that is asked for a sync", () => {
  test("lists nothing when all buckets are equal", () => {
    const node = knowing(60);
    const hashes = hashesOf(["self", "asker", ...names(60)], 3);
    const effects = node.hear("asker", request({ bucketBits: 3, hashes }));
    expect(bodiesIn(effects, "sync-page")).toMatchObject([
      { kind: "sync-page", seq: 7, buckets: [], next: null },
    ]);
    expect(listedIn(effects)).toEqual([]);
  });

  test("lists the members of the buckets that differ, and no others", () => {
    const node = knowing(60);
    const all = ["self", "asker", ...names(60)];
    const hashes = hashesOf(
      all.filter((name) => name !== "m07"),
      3,
    );
    const bucket = bucketOf(hash64("m07"), 3);
    const effects = node.hear("asker", request({ bucketBits: 3, hashes }));
    expect(bodiesIn(effects, "sync-page")[0]?.buckets).toEqual([bucket]);
    const expected = all.filter((name) => bucketOf(hash64(name), 3) === bucket);
    expect(expected.length).toBeLessThan(30);
    expect(listedIn(effects).sort()).toEqual(expected.sort());
  });

  test("lists everything over pages that fit the datagram, each member once", () => {
    const node = knowing(100);
    const listed: string[] = [];
    let pages = 0;
    let after: string | null = null;
    do {
      const effects = node.hear("asker", request({ after }));
      const sent = effects.find(({ kind }) => kind === "send");
      if (sent?.kind !== "send" || sent.message.body.kind !== "sync-page")
        throw new Error("no page");
      expect(codec.encode(sent.message).length).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
      listed.push(...listedIn(effects));
      after = sent.message.body.next;
      pages++;
    } while (after !== null && pages < 100);
    expect(pages).toBeGreaterThan(3);
    expect(listed.sort()).toEqual(["self", "asker", ...names(100)].sort());
  });

  test("keeps no state: the same question has the same answer", () => {
    const node = knowing(30);
    const first = bodiesIn(node.hear("asker", request()), "sync-page");
    expect(bodiesIn(node.hear("asker", request()), "sync-page")).toEqual(first);
  });

  test.each(["dead", "left", "forgotten"] as const)(
    "lists who is %s with the age, for as long as it is remembered",
    (state) => {
      const node = knowing(0);
      push(node, [belief(record("gone"), state, { by: "judge" })]);
      const ageMs = CONFIG.tombstoneMs - 1;
      node.now += ageMs;
      const told = toldTo("asker", node.hear("asker", request()));
      expect(told).toContainEqual(belief(record("gone"), state, { by: "judge", ageMs }));
      node.now += 1;
      node.step({ kind: "wakeup", stalledMs: 0 });
      expect(listedIn(node.hear("asker", request()))).not.toContain("gone");
    },
  );

  test("of another profile refuses with its own, and takes nothing from the asker", () => {
    const node = new DrivenNode();
    const updates = [belief(record("asker")), belief(record("friend"))];
    const effects = node.hear("asker", request({ profile: "wan" }), { updates });
    expect(bodiesIn(effects, "join-refused")).toEqual([
      { kind: "join-refused", seq: 7, profile: "lan" },
    ]);
    expect(bodiesIn(effects, "record-request")).toEqual([]);
    expect(node.snapshot.members.map(({ record: of }) => of.name)).toEqual(["self"]);
  });
});

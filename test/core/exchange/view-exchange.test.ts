import { describe, expect, test } from "vitest";
import type { ViewEntry } from "../../../src/core/member.ts";
import { isLaterRow } from "../../../src/core/membership/row-order.ts";
import { hash64, hashToHex } from "../../../src/core/primitives/hash.ts";
import { createCodec } from "../../../src/wire/codec.ts";
import { belief, CONFIG, names, record, verdict } from "../builders.ts";
import { acking, DrivenNode } from "../driven-node.ts";
import { bodiesIn, eventsIn } from "../outcome.ts";
import { Wire } from "../wire.ts";

const codec = createCodec({ clusterLabel: "test" });
const DIGEST = hash64("b's view");

function entry(name: string): ViewEntry {
  return { name, state: "alive", incarnation: 1, heardAgoMs: 5, phi: 0.5 };
}

function page(seq: number, names: readonly string[], next: string | null) {
  return { kind: "view-page", seq, digest: DIGEST, entries: names.map(entry), next } as const;
}

/** In the order in which views and syncs walk through members. */
function inRowOrder(members: readonly string[]): string[] {
  return [...members].sort((a, b) => (isLaterRow(a, b) ? 1 : -1));
}

describe("a node that fetches a member's view", () => {
  function fetching(): { node: DrivenNode; seq: number } {
    const node = new DrivenNode({ knows: ["b", "c"] });
    const effects = node.step({ kind: "fetch-view", member: "b" });
    const [request] = bodiesIn(effects, "view-request", "b");
    expect(request?.after).toBeNull();
    return { node, seq: request?.seq ?? 0 };
  }

  test("asks page by page, and tells it whole with its digest", () => {
    const { node, seq } = fetching();
    const second = bodiesIn(node.hear("b", page(seq, ["x", "y"], "y")), "view-request", "b")[0];
    expect(second?.after).toBe("y");
    const effects = node.hear("b", page(second?.seq ?? 0, ["z"], null));
    expect(eventsIn(effects, "view-fetched")).toEqual([
      {
        kind: "view-fetched",
        member: "b",
        digest: hashToHex(DIGEST),
        entries: ["x", "y", "z"].map(entry),
      },
    ]);
  });

  test("a peer that always has another page is not asked for ever", () => {
    const { node, seq } = fetching();
    const next = bodiesIn(node.hear("b", page(seq, ["x"], "x")), "view-request", "b")[0];
    // The same row again.
    const effects = node.hear("b", page(next?.seq ?? 0, ["x"], "x"));
    expect(bodiesIn(effects, "view-request", "b")).toEqual([]);
    expect(eventsIn(effects, "view-unreachable")).toMatchObject([{ member: "b" }]);
  });

  test("a peer that goes forwards for ever is not asked for more rows than a table has", () => {
    const [membersMax, tombstonesMax] = [20, 16];
    const node = new DrivenNode({ knows: ["b"], config: { membersMax, tombstonesMax } });
    let [asked] = bodiesIn(node.step({ kind: "fetch-view", member: "b" }), "view-request", "b");
    const rows = inRowOrder(names(200));
    let pages = 0;
    for (; asked !== undefined && pages < 200; pages++) {
      const row = rows[pages] ?? "";
      [asked] = bodiesIn(node.hear("b", page(asked.seq, [row], row)), "view-request", "b");
    }
    expect(pages).toBe(membersMax + tombstonesMax);
    expect(node.eventsOf("view-unreachable")).toHaveLength(1);
  });

  test("takes no page from another member, and none that it did not ask for", () => {
    const { node, seq } = fetching();
    expect(eventsIn(node.hear("c", page(seq, ["x"], null)), "view-fetched")).toEqual([]);
    expect(eventsIn(node.hear("b", page(seq + 1, ["x"], null)), "view-fetched")).toEqual([]);
  });

  test("asks three times for a page, then calls the view unreachable", () => {
    const { node } = fetching();
    node.run(2 * CONFIG.roundWaitMs);
    expect(node.sentOf("view-request")).toHaveLength(3);
    expect(node.eventsOf("view-unreachable")).toEqual([]);
    node.run(CONFIG.roundWaitMs);
    expect(node.sentOf("view-request")).toHaveLength(3);
    expect(node.eventsOf("view-unreachable")).toMatchObject([{ event: { member: "b" } }]);
  });

  test("fetches one view once at a time", () => {
    const { node } = fetching();
    expect(node.step({ kind: "fetch-view", member: "b" })).toEqual([]);
  });

  test("has no view of a stranger", () => {
    const { node } = fetching();
    const effects = node.step({ kind: "fetch-view", member: "stranger" });
    expect(eventsIn(effects, "view-unreachable")).toMatchObject([{ member: "stranger" }]);
  });
});

test("a view tells each member's state, when it was heard, and phi where it is observed", () => {
  const node = new DrivenNode({ knows: ["b"], reply: acking });
  node.run(5000);
  node.gossip("b", belief(record("c"), "dead"), belief(record("d"), "dead"));
  node.gossip("b", verdict(record("d"), "forgotten", "b"));
  const [answer] = bodiesIn(
    node.hear("b", { kind: "view-request", seq: 4, after: null }),
    "view-page",
  );
  const told = Object.fromEntries(answer?.entries.map((one) => [one.name, one]) ?? []);
  expect(Object.keys(told).sort()).toEqual(["b", "c", "self"]);
  expect(told.b).toMatchObject({ state: "alive", heardAgoMs: 0, phi: expect.any(Number) });
  expect(told.c).toEqual({
    name: "c",
    state: "dead",
    incarnation: 1,
    heardAgoMs: null,
    phi: null,
  });
  expect(told.self).toMatchObject({ state: "alive", phi: null });
  expect(answer).toMatchObject({ seq: 4, next: null });
});

test("a view of 500 members comes whole, over pages that fit the datagram", () => {
  const large = new DrivenNode({ name: "large", sizer: codec.sizer });
  const node = new DrivenNode({ sizer: codec.sizer });
  const all = names(500);
  for (let at = 0; at < all.length; at += 10) {
    const updates = all.slice(at, at + 10).map((name) => belief(record(name)));
    large.hear("m00", { kind: "sync-push" }, { updates });
  }
  node.meet(["large"]);
  const wire = new Wire(node, large);
  node.step({ kind: "fetch-view", member: "large" });
  wire.settle();
  const [fetched] = node.eventsOf("view-fetched");
  const fetchedNames = fetched?.event.entries.map(({ name }) => name).sort();
  expect(fetchedNames).toEqual(["large", "self", ...all].sort());
  const pages = wire.carried.filter(({ message }) => message.body.kind === "view-page");
  expect(pages.length).toBeGreaterThan(3);
  for (const { message } of pages) {
    expect(codec.encode(message).length).toBeLessThanOrEqual(CONFIG.datagramBytesMax);
  }
});

import { expect, test } from "vitest";
import { ViewCache } from "../../src/control/view-cache.ts";
import type { MemberState } from "../../src/core/member.ts";
import { FakeNode, member } from "./fake-node.ts";

class Bench {
  nowMs = 0;
  readonly asked: string[] = [];
  readonly node = new FakeNode();
  readonly cache = new ViewCache({
    nowMs: () => this.nowMs,
    fetch: (name) => this.asked.push(name),
  });

  constructor(peers: readonly (readonly [string, MemberState])[]) {
    this.node.members.push(...peers.map(([name, state]) => member(name, state)));
  }

  refresh(): string[] {
    this.asked.length = 0;
    this.cache.refresh(this.node.snapshot());
    return [...this.asked];
  }

  answer(viewer: string, digest = "ffff"): void {
    const entries = [
      { name: "n0", state: "alive", incarnation: 1, heardAgoMs: 3, phi: 0.1 },
    ] as const;
    this.cache.accept({ kind: "view-fetched", member: viewer, digest, entries });
  }

  view(viewer: string) {
    const { views } = this.cache.read(this.node.snapshot());
    return [...views].find((each) => each.viewer === viewer);
  }
}

test("peers that were never asked are asked; oneself, dead and left members are not", () => {
  const bench = new Bench([
    ["n1", "alive"],
    ["n2", "suspect"],
    ["n3", "dead"],
    ["n4", "left"],
  ]);
  expect(bench.refresh()).toEqual(["n1", "n2"]);
});

test("the node's own view is always there and fresh", () => {
  expect(new Bench([]).view("n0")).toMatchObject({
    digest: "00112233aabbccdd",
    ageMs: 0,
    reachable: true,
  });
});

test("a view that was never fetched has neither digest nor age", () => {
  expect(new Bench([["n1", "alive"]]).view("n1")).toEqual({
    viewer: "n1",
    digest: null,
    ageMs: null,
    copy: 0,
    reachable: true,
    entries: [],
  });
});

test("a fetched view tells its age and is asked for again once it is stale", () => {
  const bench = new Bench([["n1", "alive"]]);
  bench.refresh();
  bench.answer("n1");
  bench.nowMs = 400;
  expect(bench.view("n1")).toMatchObject({ digest: "ffff", ageMs: 400, copy: 1 });
  expect(bench.refresh()).toEqual([]);
  bench.nowMs = 500;
  expect(bench.refresh()).toEqual(["n1"]);
  bench.answer("n1");
  expect(bench.view("n1")).toMatchObject({ ageMs: 0, copy: 2 });
});

test("a view with our own digest is asked for again as soon: who heard whom is not in it", () => {
  const bench = new Bench([["n1", "alive"]]);
  bench.refresh();
  bench.answer("n1", "00112233aabbccdd");
  bench.nowMs = 500;
  expect(bench.refresh()).toEqual(["n1"]);
});

test("the other side of a partition is listed, also where it was never asked; who left is not", () => {
  const bench = new Bench([
    ["n1", "alive"],
    ["n2", "dead"],
    ["n3", "left"],
  ]);
  bench.answer("n3");
  expect(bench.view("n2")).toMatchObject({ digest: null, ageMs: null, reachable: false });
  expect(bench.view("n3")).toBeUndefined();
});

test("a round takes as long as asking everybody at the allowed rate", () => {
  const peers = Array.from({ length: 40 }, (_, at) => [`p${at}`, "alive"] as const);
  const roundMs = ({ cache, node }: Bench) => cache.read(node.snapshot()).roundMs;
  expect([roundMs(new Bench(peers.slice(0, 2))), roundMs(new Bench(peers))]).toEqual([500, 5000]);
});

test("a peer that was asked is not asked again while its answer may come", () => {
  const bench = new Bench([["n1", "alive"]]);
  bench.refresh();
  bench.nowMs = 4000;
  expect(bench.refresh()).toEqual([]);
});

test("a peer that does not answer keeps its last view, marked unreachable, and is asked again", () => {
  const bench = new Bench([["n1", "alive"]]);
  bench.refresh();
  bench.answer("n1");
  bench.nowMs = 2000;
  bench.refresh();
  bench.cache.accept({ kind: "view-unreachable", member: "n1" });
  expect(bench.view("n1")).toMatchObject({ digest: "ffff", ageMs: 2000, reachable: false });
  expect(bench.refresh()).toEqual(["n1"]);
});

test("a dead peer keeps its last view, marked unreachable", () => {
  const bench = new Bench([["n1", "alive"]]);
  bench.answer("n1");
  bench.node.members[1] = member("n1", "dead");
  expect(bench.view("n1")).toMatchObject({ digest: "ffff", reachable: false });
});

test("however often it is refreshed, asking keeps to 16 at once and 8 a second", () => {
  const bench = new Bench(Array.from({ length: 100 }, (_, at) => [`p${at}`, "alive"] as const));
  expect(bench.refresh().length + bench.refresh().length).toBe(16);
  bench.nowMs = 1000;
  expect(bench.refresh().length).toBe(8);
});

test("whoever waits is woken by the next answer", async () => {
  const bench = new Bench([["n1", "alive"]]);
  const answered = bench.cache.nextAnswer(60_000);
  bench.answer("n1");
  await answered;
});

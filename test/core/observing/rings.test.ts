import { expect, test } from "vitest";
import { RING_COUNT, Rings, ringPosition } from "../../../src/core/observing/rings.ts";
import { hash64 } from "../../../src/core/primitives/hash.ts";
import { names } from "../builders.ts";

const HUNDRED = names(100);

function ringsOf(members: readonly string[]): Rings {
  const rings = new Rings();
  for (const name of members) rings.add(name, hash64(name));
  return rings;
}

const successors = (rings: Rings, name: string) => rings.successors(name, hash64(name)).sort();
const predecessors = (rings: Rings, name: string) => rings.predecessors(name, hash64(name)).sort();

test("ring positions are the protocol's: the finalizer of MurmurHash3 over both lanes and the ring", () => {
  const hash = { high: 0x01234567, low: 0x89abcdef };
  expect(Array.from({ length: 8 }, (_, ring) => ringPosition(hash, ring))).toEqual([
    3023337600, 3344316419, 3191236882, 1055037486, 986820037, 3737678604, 2637068338, 934292092,
  ]);
});

test("rings are equal on all nodes, in whatever order they learned of the members", () => {
  const forwards = ringsOf(HUNDRED);
  const backwards = ringsOf([...HUNDRED].reverse());
  for (const name of HUNDRED) {
    expect(successors(backwards, name)).toEqual(successors(forwards, name));
  }
});

test("rings filled at once are those that the members were added to one by one", () => {
  const filled = new Rings();
  filled.fill(HUNDRED.map((name) => ({ name, hash: hash64(name) })));
  const added = ringsOf(HUNDRED);
  for (const name of HUNDRED) {
    expect(filled.successors(name, hash64(name))).toEqual(added.successors(name, hash64(name)));
  }
});

test("whom I watch and who watches me are the same relation", () => {
  const rings = ringsOf(HUNDRED);
  for (const name of HUNDRED) {
    const watchers = HUNDRED.filter((other) => successors(rings, other).includes(name)).sort();
    expect(predecessors(rings, name)).toEqual(watchers);
  }
});

test("whom one member watches is told of those on the rings and of those that are not", () => {
  const onRings = ringsOf(HUNDRED.slice(0, 60));
  for (const observer of HUNDRED) {
    const isWatched = onRings.watchedBy(observer, hash64(observer));
    for (const name of HUNDRED) {
      if (name === observer) continue;
      expect(isWatched(name, hash64(name))).toBe(predecessors(onRings, name).includes(observer));
    }
  }
});

test("who is alone on the rings watches whoever comes", () => {
  const isWatched = ringsOf(["a"]).watchedBy("a", hash64("a"));
  for (const name of HUNDRED) expect(isWatched(name, hash64(name))).toBe(true);
});

test("nobody watches itself or anybody twice, and the number of subjects does not grow with n", () => {
  for (const members of [HUNDRED, names(1000)]) {
    const rings = ringsOf(members);
    const counts = members.map((name) => successors(rings, name).length);
    expect(Math.max(...counts)).toBe(RING_COUNT);
    expect(counts.reduce((sum, count) => sum + count, 0) / members.length).toBeGreaterThan(7);
    for (const name of members) {
      expect(new Set(successors(rings, name)).size).toBe(successors(rings, name).length);
      expect(successors(rings, name)).not.toContain(name);
    }
  }
});

test("a member that goes is replaced by the one after it, and coming back restores the rings", () => {
  const rings = ringsOf(HUNDRED);
  const before = HUNDRED.map((name) => successors(rings, name));
  rings.remove("m42", hash64("m42"));
  for (const name of HUNDRED) expect(successors(rings, name)).not.toContain("m42");
  rings.add("m42", hash64("m42"));
  rings.add("m42", hash64("m42"));
  expect(HUNDRED.map((name) => successors(rings, name))).toEqual(before);
});

test("one that is not on the rings has the observers that it would have on them", () => {
  const rings = ringsOf(HUNDRED);
  const watchers = predecessors(rings, "m42");
  rings.remove("m42", hash64("m42"));
  expect(predecessors(rings, "m42")).toEqual(watchers);
});

test("alone on the rings there is nobody to watch, and of two each watches the other", () => {
  expect(successors(ringsOf(["a"]), "a")).toEqual([]);
  expect(successors(ringsOf(["a", "b"]), "a")).toEqual(["b"]);
  expect(predecessors(ringsOf(["a", "b"]), "a")).toEqual(["b"]);
});

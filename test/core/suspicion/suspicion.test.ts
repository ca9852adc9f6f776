import { describe, expect, test } from "vitest";
import {
  isRefusalQuorum,
  quorumOf,
  refusedOf,
  timeoutMs,
} from "../../../src/core/suspicion/quorum.ts";
import { Suspicion } from "../../../src/core/suspicion/suspicion.ts";
import { accusation, record } from "../builders.ts";

const B = record("b");

function suspicionBy(accusers: readonly string[], at = 0): Suspicion {
  const [first = "a", ...others] = accusers;
  const suspicion = new Suspicion(accusation(B, first), at);
  for (const accuser of [first, ...others]) suspicion.add(accusation(B, accuser), at);
  return suspicion;
}

describe("a quorum is half of the live observers, two at least", () => {
  test.each([
    [0, 2],
    [1, 2],
    [4, 2],
    [5, 3],
    [8, 4],
    [9, 5],
    [20, 10],
  ])("%i live observers: %i", (live, quorum) => {
    expect(quorumOf(live, false, false)).toBe(quorum);
  });
});

test("where everybody watches everybody no more than four need to agree", () => {
  expect([5, 7, 8, 9, 11].map((live) => quorumOf(live, false, true))).toEqual([3, 4, 4, 4, 4]);
});

test("of two members the one is quorum enough for the other", () => {
  expect(quorumOf(1, true, true)).toBe(1);
});

describe("without a quorum Lifeguard's timer runs", () => {
  const unitMs = 1000;

  test("from 24·log10(n) units for one accuser", () => {
    expect(timeoutMs({ unitMs, members: 10, accusers: 1, quorum: 4 })).toBeCloseTo(24_000, 6);
    expect(timeoutMs({ unitMs, members: 100, accusers: 1, quorum: 4 })).toBeCloseTo(48_000, 6);
  });

  test("log10(n) taken as one in a small cluster", () => {
    expect(timeoutMs({ unitMs, members: 3, accusers: 1, quorum: 2 })).toBeCloseTo(24_000, 6);
  });

  test("shorter with each accuser, logarithmically", () => {
    const timeouts = [1, 2, 3].map((accusers) =>
      timeoutMs({ unitMs, members: 10, accusers, quorum: 4 }),
    );
    expect(timeouts[1]).toBeCloseTo(14_000, 6);
    expect(timeouts[2]).toBeCloseTo(24_000 - (20_000 * Math.log(3)) / Math.log(4), 6);
  });

  test("never under 4·log10(n) units", () => {
    expect(timeoutMs({ unitMs, members: 10, accusers: 9, quorum: 4 })).toBeCloseTo(4000, 6);
  });
});

describe("the accusations on one subject are a set", () => {
  test("each accuser is in it once", () => {
    const suspicion = suspicionBy(["a"]);
    expect(suspicion.add(accusation(B, "a"), 10)).toBe(false);
    expect(suspicion.add(accusation(B, "c"), 10)).toBe(true);
    expect(suspicion.all.map(({ update }) => update.accuser)).toEqual(["a", "c"]);
  });

  test("a refusal replaces the same accuser's silence, and not the other way round", () => {
    const suspicion = suspicionBy(["a"]);
    expect(suspicion.add(accusation(B, "a", { evidence: "refused" }), 10)).toBe(true);
    expect(suspicion.add(accusation(B, "a"), 20)).toBe(false);
    expect(refusedOf(suspicion.all).map(({ update }) => update.accuser)).toEqual(["a"]);
  });

  test("emptied, it has no accusers and no running clocks, and starts anew with the next one", () => {
    const suspicion = suspicionBy(["a", "c"]);
    suspicion.quorumSince = 5;
    suspicion.refusalQuorumSince = 6;
    expect(suspicion.clear()).toBe(true);
    expect(suspicion.clear()).toBe(false);
    expect(suspicion.all).toEqual([]);
    expect([suspicion.quorumSince, suspicion.refusalQuorumSince]).toEqual([undefined, undefined]);
    suspicion.add(accusation(B, "d"), 700);
    expect(suspicion.startedAt).toBe(700);
  });

  test("emptied, it still has what the subject is to be told, and remembers a refusal", () => {
    const suspicion = suspicionBy(["a"]);
    suspicion.add(accusation(B, "c", { evidence: "refused" }), 10);
    suspicion.clear();
    expect(suspicion.accusationForSubject).toEqual(accusation(B, "c", { evidence: "refused" }));
    expect(suspicion.wasRefused).toBe(true);
    expect(suspicionBy(["a"]).wasRefused).toBe(false);
  });
});

test("a refusal quorum is two accusers, one of two members, one where nobody else lives to look", () => {
  expect(isRefusalQuorum(1, false, () => true)).toBe(false);
  expect(isRefusalQuorum(2, false, () => true)).toBe(true);
  expect(isRefusalQuorum(1, true, () => false)).toBe(true);
  expect(isRefusalQuorum(1, false, () => false)).toBe(true);
  expect(isRefusalQuorum(0, true, () => false)).toBe(false);
});

test("a span in which we could not hear is taken out of every clock of a suspicion, none runs from the future", () => {
  const suspicion = suspicionBy(["a"], 1000);
  suspicion.quorumSince = 1100;
  suspicion.refusalQuorumSince = 1200;
  suspicion.shift(500, 1650);
  const { startedAt, quorumSince, refusalQuorumSince } = suspicion;
  expect([startedAt, quorumSince, refusalQuorumSince]).toEqual([1500, 1600, 1650]);
});

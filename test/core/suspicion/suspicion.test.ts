import { describe, expect, test } from "vitest";
import { refusedOf } from "../../../src/core/suspicion/refusal-quorum.ts";
import { Suspicion } from "../../../src/core/suspicion/suspicion.ts";
import { accusation, record } from "../builders.ts";

const B = record("b");

function suspicionBy(accusers: readonly string[], at = 0): Suspicion {
  const [first = "a", ...others] = accusers;
  const suspicion = new Suspicion(accusation(B, first), at);
  for (const accuser of [first, ...others]) suspicion.add(accusation(B, accuser), at);
  return suspicion;
}

describe("the accusations on one subject are a set", () => {
  test("a refusal replaces the same accuser's silence, and not the other way round", () => {
    const suspicion = suspicionBy(["a"]);
    expect(suspicion.add(accusation(B, "a", { evidence: "refused" }), 10)).toBe(true);
    expect(suspicion.add(accusation(B, "a"), 20)).toBe(false);
    expect(refusedOf(suspicion.all).map(({ update }) => update.accuser)).toEqual(["a"]);
  });

  test("an accuser's later word replaces its earlier one, whatever it says, and never the other way", () => {
    const suspicion = suspicionBy(["a"]);
    const word = (evidence: "frozen" | "unreachable", revision: number) =>
      suspicion.add(accusation(B, "a", { evidence, revision }), 10);
    expect(word("frozen", 1)).toBe(true);
    expect(word("unreachable", 2)).toBe(true);
    expect(word("frozen", 1)).toBe(false);
    expect(suspicion.all.map(({ update }) => update.evidence)).toEqual(["unreachable"]);
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

test("a span in which we could not hear is taken out of every clock of a suspicion, none runs from the future", () => {
  const suspicion = suspicionBy(["a"], 1000);
  suspicion.quorumSince = 1100;
  suspicion.refusalQuorumSince = 1200;
  suspicion.shift(500, 1650);
  const { startedAt, quorumSince, refusalQuorumSince } = suspicion;
  expect([startedAt, quorumSince, refusalQuorumSince]).toEqual([1500, 1600, 1650]);
});

import { describe, expect, test } from "vitest";
import { PathLength } from "../../../src/core/exchange/path-length.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { Sequence } from "../../../src/core/primitives/sequence.ts";
import { CONFIG, record } from "../builders.ts";

const { name, endpoint } = record("peer");
const SEEDS = Array.from({ length: 200 }, (_, at) => at + 1);
const CHECK_MS = 30_000;

/** Whether an answer comes to a request of so many bytes; after how many rounds, where that matters. */
type Answers = (bytes: number, round: number) => "at-once" | "late" | false;

/** One check of the path to a peer that answers like that: how often the path was called short, and what was asked. */
function check(answers: Answers) {
  let told = 0;
  const asked: { readonly seq: number; readonly bytes: number }[] = [];
  const pathLength = new PathLength({
    config: CONFIG,
    sequence: new Sequence(seededRng([1, 2, 3, 4])),
    outbox: {
      emit: ({ kind }) => {
        if (kind === "path-short") told += 1;
      },
      sendPadded: (_to, body, bytes) => {
        if (body.kind === "sync-request") asked.push({ seq: body.seq, bytes });
      },
    },
  });
  pathLength.check({ name, endpoint }, 0);
  const late: number[] = [];
  let seen = 0;
  for (let now = 0; now < CHECK_MS; now += 10) {
    if (now < pathLength.nextDeadline()) continue;
    pathLength.wake(now);
    for (const seq of late.splice(0)) pathLength.onPage(seq);
    for (; seen < asked.length; seen++) {
      const { seq = 0, bytes = 0 } = asked[seen] ?? {};
      const answer = answers(bytes, Math.floor(seen / 2));
      if (answer === "late") late.push(seq);
      else if (answer === "at-once") pathLength.onPage(seq);
    }
  }
  return { told, rounds: asked.length / 2 };
}

/** A share of all is lost; what is longer than `bytesMax` does not come through besides. */
function lossy(share: number, seed: number, bytesMax = Number.POSITIVE_INFINITY): Answers {
  const rng = seededRng([seed, 1, 2, 3]);
  return (bytes) => rng.next() >= share && bytes <= bytesMax && "at-once";
}

function toldOf(makeAnswers: (seed: number) => Answers): number {
  return SEEDS.filter((seed) => check(makeAnswers(seed)).told === 1).length;
}

test("a path is short where short requests alone are answered, and that is said once", () => {
  expect(check((bytes) => bytes <= 548 && "at-once")).toEqual({ told: 1, rounds: 7 });
});

test("one long request that is answered ends the check", () => {
  expect(check(() => "at-once")).toEqual({ told: 0, rounds: 1 });
  expect(check((bytes, round) => (bytes <= 548 || round === 3) && "at-once").told).toBe(0);
});

test("a long request may be answered late, in the next round", () => {
  const { told, rounds } = check((bytes, round) =>
    bytes <= 548 ? "at-once" : round === 2 && "late",
  );
  expect({ told, rounds }).toEqual({ told: 0, rounds: 4 });
});

test("a peer that is gone says nothing about the path", () => {
  expect(check(() => false)).toEqual({ told: 0, rounds: 24 });
});

test("a peer that stood still for some rounds says nothing about it either", () => {
  expect(check((_, round) => round >= 5 && "at-once").told).toBe(0);
});

describe("of 200 paths that lose", () => {
  test.each([0.1, 0.3, 0.5, 0.7, 0.9])("%d of what is sent, none is called short", (share) => {
    expect(toldOf((seed) => lossy(share, seed))).toBe(0);
  });

  test.each([0.1, 0.2, 0.36])("%d and are short, nearly all are", (share) => {
    expect(toldOf((seed) => lossy(share, seed, 548))).toBeGreaterThan(190);
  });
});

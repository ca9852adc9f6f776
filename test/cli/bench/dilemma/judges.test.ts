import { expect, test } from "vitest";
import { DILEMMA_PLANS } from "../../../../cli/bench/dilemma/dilemma-plan.ts";
import {
  JUDGES,
  type Judge,
  passSentence,
  type Sample,
} from "../../../../cli/bench/dilemma/judges.ts";
import { observeSim } from "../../../../cli/bench/dilemma/observe-sim.ts";

/** Samples every 10 ms in which a member is silent from one moment on, with phi one hundredth of that. */
function silentFrom(fromMs: number, untilMs: number): Sample[] {
  return Array.from({ length: untilMs / 10 }, (_, at) => {
    const atMs = at * 10;
    const silentMs = Math.max(0, atMs - fromMs);
    return { atMs, silentMs, phi: silentMs / 100 };
  });
}

function judge(name: string): Judge {
  const found = JUDGES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no judge ${name}`);
  return found;
}

test.each([
  ["maxPhi 3", 310],
  ["maxPhi 8", 810],
  ["timeout 0.5 s", 510],
  ["timeout 10 s", null],
])("%s knows a crash after %s ms of silence", (name, crashKnownMs) => {
  const crashed = silentFrom(1000, 4000);
  const sentence = passSentence(judge(name), { slow: [], pauses: [], crashed, crashedAtMs: 1000 });
  expect(sentence.crashKnownMs).toBe(crashKnownMs);
});

test("a pause in which the slow member was taken for down is judged, and no alarm in peace", () => {
  const slow = [
    ...silentFrom(1000, 2000),
    ...silentFrom(9000, 1000).map((sample) => ({ ...sample, atMs: sample.atMs + 2000 })),
  ];
  const pauses = [{ fromMs: 1000, toMs: 2000 }];
  const seen = { slow, pauses, crashed: [], crashedAtMs: 0 };
  expect(passSentence(judge("maxPhi 3"), seen)).toMatchObject({
    pausesJudged: 1,
    pauses: 1,
    alarmsInPeace: 0,
  });
  expect(passSentence(judge("timeout 2 s"), seen)).toMatchObject({ pausesJudged: 0 });
  expect(passSentence(judge("maxPhi 3"), { ...seen, pauses: [] })).toMatchObject({
    alarmsInPeace: 1,
  });
});

test("a longer patience knows a crash later and takes fewer pauses for one, by phi and by timeout alike", () => {
  const seen = observeSim({ ...DILEMMA_PLANS.short, crashMs: 11_000 }, 3);
  const sentences = JUDGES.map((each) => passSentence(each, seen));
  for (const family of [sentences.slice(0, 4), sentences.slice(4)]) {
    for (const [at, one] of family.entries()) {
      const other = family[at + 1];
      if (other === undefined) continue;
      expect(one.crashKnownMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
        other.crashKnownMs ?? Number.POSITIVE_INFINITY,
      );
      expect(one.pausesJudged).toBeGreaterThanOrEqual(other.pausesJudged);
    }
  }
});

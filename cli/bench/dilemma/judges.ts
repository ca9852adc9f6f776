/** What one observer knew of a member at one moment. */
export interface Sample {
  readonly atMs: number;
  /** Null once the member is no longer observed, because it is dead. */
  readonly phi: number | null;
  readonly silentMs: number;
}

/** Somebody who decides from the same samples when a member is down. */
export interface Judge {
  readonly name: string;
  readonly isDown: (sample: Sample) => boolean;
}

const MAX_PHIS = [1, 3, 8, 12];
const TIMEOUTS_MS = [500, 2000, 10_000];

/** Consumers with thresholds of their own, and naive checkers with a fixed timeout. */
export const JUDGES: readonly Judge[] = [
  ...MAX_PHIS.map((maxPhi) => ({
    name: `maxPhi ${maxPhi}`,
    isDown: ({ phi }: Sample) => phi === null || phi > maxPhi,
  })),
  ...TIMEOUTS_MS.map((timeoutMs) => ({
    name: `timeout ${timeoutMs / 1000} s`,
    isDown: ({ silentMs }: Sample) => silentMs > timeoutMs,
  })),
];

/** A stretch of time. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One observer's samples, and what was really done to whom. */
export interface Observation {
  /** Of the member that is slow: it stands still now and then, and goes on. */
  readonly slow: readonly Sample[];
  readonly pauses: readonly Stretch[];
  /** Of the member that falls silent for good, from then on. */
  readonly crashed: readonly Sample[];
  readonly crashedAtMs: number;
}

export interface Sentence {
  readonly judge: string;
  /** From the crash to the first moment in which it is down; null when that did not come about. */
  readonly crashKnownMs: number | null;
  /** Pauses in which, or after which, the slow member was taken for down, of all. */
  readonly pausesJudged: number;
  readonly pauses: number;
  /** Times the slow member was taken for down while it was well. */
  readonly alarmsInPeace: number;
  readonly peaceMs: number;
  /** How long the slow member was out, in all. */
  readonly outMs: number;
}

/** After a pause so much still belongs to it: what was sent meanwhile is under way. */
const AFTERMATH_MS = 100;

/** What a judge makes of it. */
export function passSentence({ name, isDown }: Judge, seen: Observation): Sentence {
  const { slow, pauses, crashed, crashedAtMs } = seen;
  const known = crashed.find((sample) => sample.atMs > crashedAtMs && isDown(sample));
  const downs = slow.filter(isDown);
  const inPause = ({ atMs }: Sample) => pauses.some((pause) => isIn(pause, atMs));
  const rises = slow.filter((sample, at) => {
    const before = slow[at - 1];
    return isDown(sample) && (before === undefined || !isDown(before));
  });
  const [first, last] = [slow[0]?.atMs ?? 0, slow.at(-1)?.atMs ?? 0];
  const pausedMs = pauses.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs + AFTERMATH_MS, 0);
  return {
    judge: name,
    crashKnownMs: known === undefined ? null : known.atMs - crashedAtMs,
    pausesJudged: pauses.filter((pause) => downs.some(({ atMs }) => isIn(pause, atMs))).length,
    pauses: pauses.length,
    alarmsInPeace: rises.filter((sample) => !inPause(sample)).length,
    peaceMs: last - first - pausedMs,
    outMs: slow.length < 2 ? 0 : (downs.length * (last - first)) / (slow.length - 1),
  };
}

function isIn({ fromMs, toMs }: Stretch, atMs: number): boolean {
  return atMs >= fromMs && atMs <= toMs + AFTERMATH_MS;
}

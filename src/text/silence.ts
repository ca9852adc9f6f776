import type { ChangeCause } from "../core/effect.ts";
import type { AccusationReason, MemberState, Millis } from "../core/member.ts";
import { formatSpan } from "./quantities.ts";

/** What an accuser knows of a member's silence, as a clause for people. */
export const SILENCE_CLAUSES: Readonly<Record<AccusationReason, string>> = {
  silence: "it was silent",
  unreachable: "it was silent, and so was its host",
  frozen: "its host answers, it does not",
  refused: "its host says that no process owns the port",
  crashed: "its process ended: its connection closed, and its port is refused",
};

/** The kind as a word, and what it means in short. */
const SILENCE_NOTES: Readonly<Record<AccusationReason, string>> = {
  silence: "silent: nothing more is known",
  unreachable: "unreachable: its host is silent, too",
  frozen: "frozen: its host answers, it does not",
  refused: "refused: no process owns its port",
  crashed: "crashed: its process ended",
};

/** What is known of a member's silence, or of its slowness. */
interface Silent {
  readonly state: MemberState;
  readonly silence: AccusationReason | null;
  readonly slowness: number | null;
  readonly lastHeardMs: Millis | null;
  readonly rttMs: Millis | null;
}

/**
 * What is the matter with a member: `frozen: its host answers, it does not, 12 s` (the time since
 * this node heard it), or how slow it is. Undefined where nothing is.
 */
export function describeSilence(member: Silent): string | undefined {
  const { state, silence, lastHeardMs } = member;
  if (silence !== null) {
    const isOver = state === "dead" || lastHeardMs === null;
    return `${SILENCE_NOTES[silence]}${isOver ? "" : `, ${formatSpan(lastHeardMs)}`}`;
  }
  if (!isSlow(member)) return undefined;
  const usual = member.rttMs === null ? "" : `usually ${formatSpan(member.rttMs)}, `;
  const heard =
    lastHeardMs === null ? "its answer is late" : `heard ${formatSpan(lastHeardMs)} ago`;
  return `slow: ${usual}${heard}`;
}

/** What a table calls a member: its state, or `frozen` or `slow`, which say more. */
export type StatusWord = MemberState | "frozen" | "slow";

/** The word for a member: a frozen one is told apart from other suspects. */
export function statusWord(member: Pick<Silent, "state" | "silence" | "slowness">): StatusWord {
  if (member.state === "suspect" && member.silence === "frozen") return "frozen";
  return isSlow(member) ? "slow" : member.state;
}

/** How certain a kind of silence is: a kernel told it, or it is inferred from silence. */
export type Certainty = "fact" | "inferred";

const CERTAINTIES: Readonly<Record<AccusationReason, Certainty>> = {
  silence: "inferred",
  unreachable: "inferred",
  frozen: "fact",
  refused: "fact",
  crashed: "fact",
};

/** Whether that kind of silence is a fact. */
export function certaintyOf(kind: AccusationReason): Certainty {
  return CERTAINTIES[kind];
}

/** The kind and how certain it is, in short: `frozen, a fact` or `silent, inferred`. */
export function tellKind(kind: AccusationReason): string {
  const word = kind === "silence" ? "silent" : kind;
  return `${word}, ${certaintyOf(kind) === "fact" ? "a fact" : "inferred"}`;
}

const CERTAINTY_CLAUSES: Readonly<Record<AccusationReason, string>> = {
  silence: "inferred from silence",
  unreachable: "inferred from silence",
  frozen: "a fact, told by its kernel",
  refused: "a fact, told by its kernel, unless a filter answers for it",
  crashed: "a fact, told by its kernel",
};

/** The certainty in words: `a fact, told by its kernel`. */
export function describeCertainty(kind: AccusationReason): string {
  return CERTAINTY_CLAUSES[kind];
}

const KINDS: Readonly<Partial<Record<ChangeCause, AccusationReason>>> = {
  silence: "silence",
  unreachable: "unreachable",
  frozen: "frozen",
  refusal: "refused",
  crash: "crashed",
  quorum: "silence",
  timeout: "silence",
};

/** The kind of silence that a change to suspect or dead is about; null where its cause has none. */
export function kindOfCause(cause: ChangeCause | null): AccusationReason | null {
  return cause === null ? null : (KINDS[cause] ?? null);
}

/** From this phi of its open pings on a member is called slow: one such wait in a hundred. */
const SLOW_FROM_PHI = 2;

/** Whether a member that nobody doubts answers much more slowly than it used to. */
export function isSlow(member: Pick<Silent, "state" | "slowness">): boolean {
  return member.state === "alive" && (member.slowness ?? 0) >= SLOW_FROM_PHI;
}

import type { ChangeCause } from "../core/effect.ts";
import type { AccusationReason, MemberState } from "../core/member.ts";

/** What an accuser knows of a member's silence, as a clause for people. */
export const SILENCE_CLAUSES: Readonly<Record<AccusationReason, string>> = {
  silence: "it was silent",
  unreachable: "it was silent, and so was its host",
  frozen: "its host answers, it does not",
  refused: "its host says that no process owns the port",
  crashed: "its process ended: its connection closed, and its port is refused",
};

/** The kind as one word of a table, and what it means: `frozen: its host answers, it does not`. */
export const SILENCE_NOTES: Readonly<Record<AccusationReason, string>> = {
  silence: "silent: nobody knows why",
  unreachable: "unreachable: its host is silent, too",
  frozen: "frozen: its host answers, it does not",
  refused: "refused: no process owns its port",
  crashed: "crashed: its process ended",
};

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
export function isSlow(member: {
  readonly state: MemberState;
  readonly slowness: number | null;
}): boolean {
  return member.state === "alive" && (member.slowness ?? 0) >= SLOW_FROM_PHI;
}

import type { ChangeCause } from "../core/effect.ts";
import type { AccusationReason, MemberName, MemberState, Millis } from "../core/member.ts";
import { formatPhi, formatSpan } from "./quantities.ts";

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
  frozen: "a fact, reported by its kernel",
  refused: "a fact, reported by its kernel, unless a filter answers for it",
  crashed: "a fact, reported by its kernel",
};

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

/** What is the matter with it, and whether that is a fact; nothing where all is well. */
export function describeKind(member: Silent): string[] {
  const silence = describeSilence(member);
  if (silence === undefined) return [];
  const certainty =
    member.silence === null ? "inferred from its open pings" : CERTAINTY_CLAUSES[member.silence];
  return [`${silence} (${certainty})`];
}

/**
 * Phi as odds. `isOfPings`: it is that of the open pings, which tell more than the silence.
 */
export function describeOdds(phi: number, isOfPings: boolean): string {
  if (phi < 1) return "a silence that long is normal";
  const odds = phi < 6 ? Math.round(10 ** phi).toLocaleString("en-US") : `10^${formatPhi(phi)}`;
  const what = isOfPings ? "to leave its open pings unanswered for so long" : "a silence that long";
  return `while it runs, ${what} is one in ${odds}`;
}

/** What the wire to a member says of its process. */
export const WIRE_CLAUSES: Readonly<Record<"open" | "closed", string>> = {
  open: "the wire to it is open: its process exists",
  closed: "its kernel closed the wire to it",
};

/** How a suspicion ended. */
export const ENDING_CLAUSES: Readonly<Record<"refuted" | "heard" | "dead" | "left", string>> = {
  refuted: "it refuted",
  heard: "it was heard again",
  dead: "it was declared dead",
  left: "it left",
};

/** Why the attached node has no phi for another member. */
export function whyNoPhi({
  self,
  state,
}: {
  readonly self: MemberName;
  readonly state: MemberState;
}): string {
  if (state === "dead") return `${self} does not measure dead members`;
  if (state === "left") return `${self} does not measure members that left`;
  return `${self} does not watch it`;
}

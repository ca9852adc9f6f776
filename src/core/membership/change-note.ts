import type { ChangeCause, NodeEvent } from "../effect.ts";
import { type AccusationReason, endsProcess, type MemberName } from "../member.ts";
import type { Transition } from "./table.ts";

/** How a change came about, for the event that tells it. */
export interface ChangeNote {
  readonly by: MemberName;
  readonly cause: ChangeCause;
  /** Where more is known than the cause alone says. */
  readonly reason?: string;
}

/** The cause in words, for people. */
const REASONS: Readonly<Record<ChangeCause, string>> = {
  started: "started",
  joined: "joined",
  updated: "changed its record",
  refuted: "refuted",
  returned: "returned",
  restarted: "restarted",
  moved: "moved to another address",
  silence: "silent",
  unreachable: "silent, and so is its host",
  frozen: "its host answers, it does not",
  refusal: "refused by its host",
  crash: "its process ended",
  quorum: "a quorum of its observers agreed",
  timeout: "it did not refute in time",
  leave: "left",
  forget: "forgotten by an operator",
  reported: "reported by a peer with its record",
};

const SUSPECT_CAUSES: Readonly<Record<AccusationReason, ChangeCause>> = {
  silence: "silence",
  unreachable: "unreachable",
  frozen: "frozen",
  refused: "refusal",
  crashed: "crash",
};

/** Why a member is suspect, by the evidence of its first accuser. */
export function suspectCause(evidence: AccusationReason): ChangeCause {
  return SUSPECT_CAUSES[evidence];
}

/** Whether the change came about because the member's process is gone, as its kernel said. */
export function saysProcessEnded({ cause }: ChangeNote): boolean {
  return endsProcess(cause);
}

/** The event of a change, if it is one that anybody outside can see. */
export function changeEvent(
  { member: { name: member, record, state: to }, before }: Transition,
  { by, cause, reason }: ChangeNote,
  phi: number | null,
): NodeEvent | undefined {
  const { incarnation } = record;
  const from = before?.state ?? null;
  if (from === to) {
    const isUpdated = before?.record !== record;
    return isUpdated ? { kind: "member-updated", member, incarnation } : undefined;
  }
  if (from === null && to === "forgotten") return undefined;
  const clause = reason ?? REASONS[cause];
  const change = { kind: "member-changed", member, from, to, incarnation } as const;
  return { ...change, by, cause, reason: clause, phi };
}

import type { ChangeCause } from "../effect.ts";
import type { MemberName } from "../member.ts";

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
  refusal: "refused by its host",
  quorum: "a quorum of its observers agreed",
  timeout: "it did not refute in time",
  leave: "left",
  forget: "forgotten by an operator",
  reported: "reported by a peer with its record",
};

/** One short clause for people. */
export function reasonOf({ cause, reason }: ChangeNote): string {
  return reason ?? REASONS[cause];
}

import type { AccusationReason } from "../core/member.ts";

/** What an accuser knows of a member's silence, as a clause for people. */
export const SILENCE_CLAUSES: Readonly<Record<AccusationReason, string>> = {
  silence: "it was silent",
  unreachable: "it was silent, and so was its host",
  frozen: "its host answers, it does not",
  refused: "its host says that no process owns the port",
  crashed: "its process ended: its connection closed, and its port is refused",
};

import type { NotYet } from "../core/member.ts";

const WHYS: Readonly<Record<NotYet, string>> = {
  listening: "it has just started, and waits to hear whether others know it",
  joining: "it has just started, and has not synced with a member of its cluster",
  returning: "it was cut off, and has not synced with a member since",
};

/** Why a node's view may lack members, as one clause with the node for its subject. */
export function describeNotYet(notYet: NotYet): string {
  return WHYS[notYet];
}

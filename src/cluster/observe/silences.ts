import type { ChangeCause } from "../../core/effect.ts";
import { type AccusationReason, KINDS_BY_KNOWLEDGE, type MemberName } from "../../core/member.ts";
import { kindOfCause } from "../../text/silence.ts";
import type { Belief } from "./beliefs.ts";

/** What stands against each member in each view, by the accusers that the viewer reported. */
export class Silences {
  private readonly views = new Map<string, Map<MemberName, Map<MemberName, AccusationReason>>>();

  /** Another accuser, or another word of one. @returns what they know together */
  accuse(viewer: string, { member, accuser, evidence }: Accused): AccusationReason {
    const view = this.views.get(viewer) ?? new Map<MemberName, Map<MemberName, AccusationReason>>();
    const words = view.get(member) ?? new Map<MemberName, AccusationReason>();
    this.views.set(viewer, view.set(member, words.set(accuser, evidence)));
    const said = [...words.values()];
    // What one accuser knows counts before what others do not: the facts first.
    return KINDS_BY_KNOWLEDGE.findLast((each) => said.includes(each)) ?? evidence;
  }

  /** Nothing stands against the member any more. */
  clear(viewer: string, member: MemberName): void {
    this.views.get(viewer)?.delete(member);
  }

  end(viewer: string): void {
    this.views.delete(viewer);
  }
}

interface Accused {
  readonly member: MemberName;
  readonly accuser: MemberName;
  readonly evidence: AccusationReason;
}

/** The kind of silence that a change to suspect or dead is about; null where its cause has none. */
export function silenceOf(cause: ChangeCause | "view" | "reaped"): AccusationReason | null {
  if (cause === "view" || cause === "reaped") return null;
  return kindOfCause(cause);
}

/**
 * Whether the viewer knows what is the matter with the member: it holds it dead, or holds it suspect
 * of being frozen, which the member's kernel told.
 */
export function isDetected(belief: Pick<Belief, "state" | "silence"> | undefined): boolean {
  if (belief === undefined) return false;
  return belief.state === "dead" || (belief.state === "suspect" && belief.silence === "frozen");
}

/** `suspect (frozen)`; only the state where nothing more is known. */
export function describeHeld({
  state,
  silence,
}: {
  readonly state: string;
  readonly silence: AccusationReason | null;
}): string {
  return silence === null || silence === "silence" ? state : `${state} (${silence})`;
}

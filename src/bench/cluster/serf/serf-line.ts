import type { MemberState } from "../../../core/member.ts";

/** What one line of a Serf agent tells. */
export type SerfLine =
  /** It has joined, where it was told to, and runs. */
  | { readonly kind: "ready" }
  | { readonly kind: "changed"; readonly member: string; readonly to: MemberState }
  /** Its own probe of the member failed; how that ends is told by a `changed`, or not at all. */
  | { readonly kind: "suspects"; readonly member: string };

const STATES: Readonly<Record<string, MemberState>> = {
  Join: "alive",
  Failed: "dead",
  Leave: "left",
  Reap: "forgotten",
};

/**
 * Reads a line that `serf agent` writes at log level info; undefined for those that tell no state.
 */
export function parseSerfLine(text: string): SerfLine | undefined {
  if (text.startsWith("==> Log data will now stream in")) return { kind: "ready" };
  const [, event = "", member] =
    /\] serf: EventMember(Join|Failed|Leave|Reap): (\S+)/.exec(text) ?? [];
  const to = STATES[event];
  if (to !== undefined && member !== undefined) return { kind: "changed", member, to };
  const suspected = /\] memberlist: Suspect (\S+) has failed/.exec(text)?.[1];
  return suspected === undefined ? undefined : { kind: "suspects", member: suspected };
}

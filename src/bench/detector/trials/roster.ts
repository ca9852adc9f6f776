import type { MemberName } from "../../../core/member.ts";
import type { RosterEntry } from "../candidates/candidate.ts";

const GOSSIP_PORT = 7946;

/** The member of that name, which every trial has at the same place. */
export function rosterEntry(name: MemberName): RosterEntry {
  return { name, endpoint: { host: hostOf(name), port: GOSSIP_PORT } };
}

/** Each process has a host of its own: n0 the first, n1 the second. */
export function hostOf(name: MemberName): string {
  const index = Number(name.slice(1)) + 1;
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
}

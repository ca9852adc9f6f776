import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import type { Observers } from "../observing/observers.ts";

/** What is known when a suspicion is evaluated. */
export interface SuspicionContext {
  readonly config: NodeConfig;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly lastHeard: LastHeard;
  readonly isIsolated: () => boolean;
  readonly isSilent: (member: MemberName, now: Millis) => boolean;
  /** Whether somebody other than this node accuses the member. */
  readonly isAccusedByOthers: (member: MemberName) => boolean;
  /** Whether the member's host refuses this node's pings. */
  readonly isRefused: (member: MemberName, now: Millis) => boolean;
  /** So many refuse that the fault may be this node's own. */
  readonly doubtsRefusals: (now: Millis) => boolean;
}

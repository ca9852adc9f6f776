import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import type { Endpoint, MemberName, MemberState } from "../../../core/member.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import type { Transport } from "../../../host/ports.ts";
import type { TcpNetwork } from "../../../sim/tcp/tcp-network.ts";
import type { VirtualClock } from "../../../sim/virtual-clock.ts";

/**
 * Who is compared: hearsay, hearsay without what kernels tell (`--no-wires --no-spies`), two other
 * protocols, and the second of them at a pace that costs what hearsay costs.
 */
export const CANDIDATE_NAMES = [
  "hearsay",
  "hearsay-udp",
  "swim",
  "lifeguard",
  "lifeguard-same-traffic",
] as const;

/** A detector that the trials compare. */
export type CandidateName = (typeof CANDIDATE_NAMES)[number];

/** The one whose pace follows from what hearsay sends. */
export const PACED = "lifeguard-same-traffic" satisfies CandidateName;

/** A change in the view of one process. */
export interface BeliefNews {
  readonly member: MemberName;
  /** Null for a member not known before. */
  readonly from: MemberState | null;
  readonly to: MemberState;
  readonly incarnation: number;
}

/** A member that everybody knows from the beginning. */
export interface RosterEntry {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
}

/** What one process of a trial is made of. */
export interface CandidateOptions {
  readonly self: RosterEntry;
  readonly profile: ProfileName;
  /** Values that differ from the profile's; the baselines have their own. */
  readonly config: Partial<NodeConfig>;
  /** Factor on the intervals of `lifeguard-same-traffic`; the others have their own pace. */
  readonly pace: number;
  readonly clock: VirtualClock;
  readonly port: Transport;
  /** The kernels' TCP; the baselines have streams of their own, which travel as datagrams do. */
  readonly tcp: TcpNetwork;
  readonly rng: Rng;
  /** Others to join through; empty for the members that know each other already. */
  readonly seeds: readonly Endpoint[];
  readonly onNews: (news: BeliefNews) => void;
  /** An accusation reached this process: the member's kernel answers, and its process does not run. */
  readonly onFrozen: (member: MemberName) => void;
}

/** One process of a candidate. It ends with its clock. */
export interface CandidateProcess {
  /** With a roster the process begins with all of it in its table, and owes nobody news. */
  start(roster?: readonly RosterEntry[]): void;
  /** As SIGKILL; its kernel calls `closePort` when it has closed all the rest. */
  end(closePort: () => void): void;
}

/** Makes the processes of one candidate. */
export type CreateProcess = (options: CandidateOptions) => CandidateProcess;

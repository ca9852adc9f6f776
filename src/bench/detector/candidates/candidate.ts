import type { NodeConfig, ProfileName } from "../../../core/config.ts";
import type { Endpoint, MemberName, MemberState } from "../../../core/member.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import type { Transport } from "../../../host/ports.ts";
import type { VirtualClock } from "../../../sim/virtual-clock.ts";

/** Who is compared: hearsay, and the two baselines. */
export const CANDIDATE_NAMES = ["hearsay", "swim", "lifeguard"] as const;

/** A detector that the trials compare. */
export type CandidateName = (typeof CANDIDATE_NAMES)[number];

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
  readonly clock: VirtualClock;
  readonly port: Transport;
  readonly rng: Rng;
  /** Others to join through; empty for the members that know each other already. */
  readonly seeds: readonly Endpoint[];
  readonly onNews: (news: BeliefNews) => void;
}

/** One process of a candidate. It ends with its clock and its port. */
export interface CandidateProcess {
  /** With a roster the process begins with all of it in its table, and owes nobody news. */
  start(roster?: readonly RosterEntry[]): void;
  end(): void;
}

/** Makes the processes of one candidate. */
export type CreateProcess = (options: CandidateOptions) => CandidateProcess;

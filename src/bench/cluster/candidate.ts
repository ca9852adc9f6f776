import type { SeenBelief } from "../../../cli/children/beliefs.ts";
import type { WatchedCluster, WatchedDaemon } from "../../../cli/children/watched-cluster.ts";
import type { MemberState } from "../../core/member.ts";
import type { CandidateName } from "./figure.ts";

/** A program that is measured. */
export interface Candidate {
  readonly name: CandidateName;
  /** The ways of noticing a crash that it is measured in. */
  readonly variants: readonly Variant[];
  /** A cluster without daemons as yet. */
  open(variant: Variant): BenchCluster;
}

export interface Variant {
  /** Appended to the line of the table; empty for the program as it comes. */
  readonly label: string;
  readonly refusals: boolean;
}

/** The program as it comes. */
export const AS_IT_COMES: Variant = Object.freeze({ label: "", refusals: true });

/** One viewer's word on one member. `suspect` is told only by those who found it out themselves. */
export interface Verdict {
  readonly viewer: string;
  readonly member: string;
  readonly state: MemberState;
}

export interface Traffic {
  readonly bytesPerSecond: number;
  readonly datagramsPerSecond: number;
}

type AnyCluster = WatchedCluster<WatchedDaemon, SeenBelief>;

/** What the rows do to a cluster, whichever program it is made of. */
export interface BenchCluster
  extends Pick<AnyCluster, "daemons" | "daemon" | "viewers" | "start" | "allSee" | "endAll"> {
  /** Calls `listener` with each verdict, until the returned function is called. */
  onVerdict(listener: (verdict: Verdict) => void): () => void;
  /**
   * Begins to measure the UDP payload that each node sends. The returned function ends it; nodes
   * whose traffic could not be read are left out.
   */
  watchTraffic(): Promise<() => Promise<readonly Traffic[]>>;
}

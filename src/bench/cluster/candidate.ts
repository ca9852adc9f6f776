import type { Cluster } from "../../cluster/cluster.ts";
import { ObservedCluster } from "../../cluster/observe/observed-cluster.ts";
import { ObservedState } from "../../cluster/observe/observed-state.ts";
import type { ProfileName } from "../../core/config.ts";
import type { CandidateName } from "./figure.ts";

/** A program that is measured. */
export interface Candidate {
  readonly name: CandidateName;
  /** The ways of noticing a crash that it is measured in. */
  readonly variants: readonly Variant[];
  /** A cluster of these nodes, none of which runs yet. */
  open(variant: Variant, names: readonly string[]): BenchCluster;
}

/** One way to run a candidate: with refusals, or without them, as behind a firewall. */
export interface Variant {
  /** Appended to the line of the table; empty for the program as it comes. */
  readonly label: string;
  readonly refusals: boolean;
}

/** The program as it comes. */
export const AS_IT_COMES: Variant = Object.freeze({ label: "", refusals: true });

/** UDP payload that one node sends. */
export interface TrafficRate {
  readonly bytesPerSecond: number;
  readonly datagramsPerSecond: number;
}

/** A process of a candidate that runs. */
export interface MeasuredProcess {
  readonly pid: number;
  /** Its gossip address, and that of its control API; left out by Serf. */
  readonly address?: string;
  readonly api?: string | null;
}

/** What a benchmark asks of a cluster besides the port. */
export interface MeasuredBackend extends Cluster {
  /** Whether its processes say when something happened; else it is when that was read. */
  readonly tellsTimes: boolean;
  /** Undefined where the process does not run. */
  daemon(node: string): MeasuredProcess | undefined;
}

/** Ends the measurement. Nodes whose traffic could not be read are left out. */
export type EndTraffic = () => Promise<readonly TrafficRate[]>;

/** What the rows do to a cluster, whichever program it is made of. */
export class BenchCluster extends ObservedCluster {
  /** Begins to measure what each node sends. */
  readonly watchTraffic: () => Promise<EndTraffic>;
  private readonly measured: MeasuredBackend;

  constructor(
    backend: MeasuredBackend,
    names: readonly string[],
    profile: ProfileName,
    watchTraffic: () => Promise<EndTraffic>,
  ) {
    super(backend, new ObservedState(names, { profile, settings: {} }));
    this.measured = backend;
    this.watchTraffic = watchTraffic;
  }

  /** Whether its processes say when something happened. */
  get tellsTimes(): boolean {
    return this.measured.tellsTimes;
  }

  /** Process ids of the nodes that run. */
  pids(names: readonly string[]): ReadonlyMap<string, number> {
    const running = names.flatMap((name): [string, number][] => {
      const daemon = this.measured.daemon(name);
      return daemon === undefined ? [] : [[name, daemon.pid]];
    });
    return new Map(running);
  }

  /** The process of a node; undefined where it does not run. */
  daemon(name: string): MeasuredProcess | undefined {
    return this.measured.daemon(name);
  }
}

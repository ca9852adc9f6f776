import type { PublicEvent } from "../control/api-types.ts";
import type { NodeConfig, ProfileName } from "../core/config.ts";
import type { MemberName, MemberState, Millis } from "../core/member.ts";
import type { ServiceShares } from "../discovery/directory/service-shares.ts";
import type { LinkRules } from "../transport/link-rules.ts";

/**
 * A cluster to experiment on: real daemons, or the simulator's. Everything that breaks a cluster,
 * watches it or measures it stands on this port.
 *
 * Set `listener`, then `start`. Each observation carries the time at which it happened, and those of
 * one node come in order. To wait for something, call `advance` until the listener has seen it: in the
 * simulator no time passes otherwise. To read what no event reports, such as phi, use `poll`. Call
 * `close` at the end, whatever happened.
 */
export interface Cluster {
  readonly backend: BackendName;
  /** Since the cluster was opened. */
  readonly nowMs: Millis;
  /** Set once, before the first start. */
  listener: (observation: Observation) => void;

  /** Starts processes at their old addresses where they had one; resolves when all are ready. */
  start(orders: readonly StartOrder[]): Promise<void>;
  /** Resolves when the process is gone. */
  end(node: string, how: EndOrder): Promise<void>;
  pause(node: string): Promise<void>;
  /**
   * Its machine stands still, and not its process alone: its kernel answers nothing. `resume` ends it.
   *
   * @throws ConfigError where nodes have no machines of their own
   */
  suspend(node: string): Promise<void>;
  resume(node: string): Promise<void>;
  /** Blocks its event loop; resolves once it has begun. It ends by itself. */
  stall(node: string, forMs: Millis): Promise<void>;
  /** The faults of all links from now on; none: heals everything. */
  setFaults(rules: LinkRules): Promise<void>;

  /** Lets time pass until then, or until something was observed or `wake` was called. */
  advance(untilMs: Millis): Promise<void>;
  /** Lets `advance` return now: a client of the cluster noticed something. */
  wake(): void;
  /**
   * Calls `look` for each of these nodes every `everyMs` while it is awake, until the returned
   * function is called. The next look at a node waits for the last one.
   */
  poll(nodes: readonly string[], everyMs: Millis, look: Look): () => void;
  /** Resolves when what happened up to now was told, as far as one can know. */
  settle(): Promise<void>;
  /** What each process that runs and is not paused has sent since its start. */
  traffic(): Promise<ReadonlyMap<string, Traffic>>;
  /** Ends everything that it started, and waits for that. */
  close(): Promise<void>;
}

/** Real daemons on this machine, or the simulator's in virtual time. */
export type BackendName = "real" | "sim";

/** How the nodes of a cluster are set up, all of them alike. */
export interface ClusterConfig {
  readonly profile: ProfileName;
  /** Protocol parameters that differ from the profile's. */
  readonly settings: Partial<Omit<NodeConfig, "profile">>;
}

/** How a process ended. `ended`: by itself, with an exit code and without having been asked to. */
export type ProcessEnd = "killed" | "stopped" | "left" | "ended";

/** How a process is made to end: by SIGTERM, by SIGKILL, or by asking it to leave. */
export type EndOrder = "stop" | "kill" | "leave";

/** How a process ended that ended as it was made to. */
export const ENDS: Readonly<Record<EndOrder, ProcessEnd>> = {
  kill: "killed",
  stop: "stopped",
  leave: "left",
};

/** One process to start. Names are of processes. */
export interface StartOrder {
  readonly node: string;
  /** The member that it claims to be. */
  readonly member: MemberName;
  /** Processes that it dials. */
  readonly join: readonly string[];
  /** Services that it offers; none unless given. */
  readonly services?: readonly Offer[];
  /** When its discovery answers with all endpoints rather than the healthy ones; the daemon's default unless given. */
  readonly panic?: ServiceShares;
}

/** A service without checks: it is taken to be healthy. */
export interface Offer {
  readonly name: string;
  readonly port: number;
}

/** Asks one node something. */
export type Look = (node: string, reader: NodeReader) => Promise<void>;

/** What one process answers to its clients, from its start to its end. */
export interface NodeReader {
  /** It runs and does not stand still. What it answered before it stopped does not count. */
  readonly isAwake: boolean;
  members(): Promise<readonly MemberReading[]>;
  /** Undefined while the node does not have its whole view. */
  service(query: ServiceQuery): Promise<ServiceReading | undefined>;
}

/** What a node knows of a member. */
export interface MemberReading {
  readonly name: MemberName;
  readonly state: MemberState;
  /** Null where the node does not observe it. */
  readonly phi: number | null;
  /** Since the last message from it to this node; null: never. */
  readonly lastHeardMs: Millis | null;
  /** Since the oldest ping to it that is still open; null: none is. */
  readonly waitingMs: Millis | null;
}

/** What a consumer asks a node about a service. */
export interface ServiceQuery {
  readonly service: string;
  /** Leaves out endpoints above this phi; null: as the node does by default. */
  readonly maxPhi: number | null;
}

/** What a node answers about a service. */
export interface ServiceReading {
  /** Members with a healthy endpoint, in the node's order. */
  readonly members: readonly MemberName[];
  /** Too few were healthy, and the node gave all that it knows. */
  readonly panic: boolean;
}

/** What a process has sent since its start. */
export interface Traffic {
  readonly bytes: number;
  readonly datagrams: number;
  /** For how long it has run. */
  readonly ranMs: Millis;
}

/** Something that happened to a process or that it reported, in the cluster's own time. */
export type Observation = { readonly node: string; readonly atMs: Millis } & (
  | { readonly kind: "started"; readonly member: MemberName }
  | { readonly kind: "ended"; readonly end: ProcessEnd; readonly exitCode: number | null }
  | { readonly kind: "event"; readonly event: PublicEvent }
  /** The whole view, where the events before were missed. */
  | { readonly kind: "view"; readonly members: readonly Believed[] }
);

/** What a process holds true of one member. */
export interface Believed {
  readonly member: MemberName;
  readonly state: MemberState;
  readonly incarnation: number;
}

/** `n1`, `n2`, … for so many nodes. */
export function numberedNodes(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `n${at + 1}`);
}

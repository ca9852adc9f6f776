import type { NodeConfig, ProfileName } from "../core/config.ts";
import type { NodeEvent } from "../core/effect.ts";
import type {
  Endpoint,
  MemberName,
  MemberRecord,
  Millis,
  Service,
  StartId,
  Tags,
} from "../core/member.ts";
import type { Codec } from "../wire/codec.ts";
import type { LinkDelay, NetworkModel } from "./network-model.ts";
import type { SimWatcher } from "./watched-node.ts";

/** What a simulated cluster is made of. */
export interface SimClusterOptions {
  /** Unsigned 32 bits. Everything that happens follows from it and from the calls. */
  readonly rngSeed: number;
  /** `lan` unless given. */
  readonly profile?: ProfileName;
  /** Values that differ from the profile's, for every process. */
  readonly config?: Partial<NodeConfig>;
  readonly delay?: LinkDelay;
  /** All that the network does to datagrams, instead of `delay` alone. */
  readonly network?: NetworkModel;
  readonly hosts?: HostModel;
  /** Makes each process a codec of its own; unless given, all share one that speaks in the clear. */
  readonly newCodec?: () => Codec;
  readonly watcher?: SimWatcher;
  /** Hash everything that happens, for `digest`. */
  readonly isTraced?: boolean;
  /** False leaves `events` empty: those of a large cluster fill the memory. */
  readonly keepsEvents?: boolean;
}

/** What the hosts are like. */
export interface HostModel {
  /** Datagrams that a socket keeps while its process does not run. */
  readonly receiveQueueMax: number;
  /** Timers fire so much late at most, as on a busy machine. */
  readonly timerLatenessMsMax: Millis;
}

/** How a process starts. */
export interface SimStartOptions {
  /** Processes whose endpoints are dialled, running or not; none: a cluster of one. */
  readonly seeds?: readonly string[];
  /** The member's name where it is not the process's: two processes may claim one name. */
  readonly member?: MemberName;
  /** Its own address unless given: a process may take over the port of another that ended. */
  readonly endpoint?: Endpoint;
  readonly startId?: StartId;
  /** The second of its start unless given. */
  readonly incarnation?: number;
  /**
   * Whether the data directory is still there: then the incarnation goes on above the last one used,
   * and the members that were known are dialled. Lost unless given.
   */
  readonly disk?: "kept" | "lost";
  /** Members that it knows as alive from the start. */
  readonly known?: readonly MemberRecord[];
  readonly tags?: Tags;
  readonly services?: readonly Service[];
  readonly config?: Partial<NodeConfig>;
}

/** An event of a process, in virtual time. */
export interface SimEvent {
  readonly atMs: Millis;
  /** The process that tells it. */
  readonly node: string;
  readonly event: NodeEvent;
}

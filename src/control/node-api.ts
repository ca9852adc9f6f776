import type { ChangeCause } from "../core/effect.ts";
import type { Input } from "../core/input.ts";
import type { AccusationReason, MemberName, Millis, StartId } from "../core/member.ts";
import type { MemberExplanation, NodeSnapshot, PathReport } from "../core/snapshot.ts";
import type { ServiceDirectory } from "../discovery/directory/service-directory.ts";
import type { DnsServer } from "../discovery/dns/dns-server.ts";
import type { LocalServices } from "../discovery/registrations/local-services.ts";
import type { FaultsBody, FaultsRequest, JoinBody, LeaveBody, ReloadBody } from "./api-types.ts";
import type { Shortage } from "./daemon-events.ts";
import type { EncryptionBody, KeyOutcomeBody, KeysBody } from "./encryption-types.ts";
import type { EventLog } from "./event-log.ts";
import type { QueryBody, QueryRequest, UserEventRequest } from "./message-types.ts";
import type { StateCauses } from "./state-causes.ts";
import type { ViewCache } from "./view-cache.ts";
import type { WiringCounts } from "./wiring-types.ts";

/** The node as the control server sees it; the daemon provides it. */
export interface NodeApi {
  readonly identity: NodeIdentity;
  readonly events: EventLog;
  readonly causes: Pick<StateCauses, "of">;
  readonly views: ViewCache;
  /** Undefined where the operator did not allow them. */
  readonly faults: ControlledFaults | undefined;
  /** What the cluster offers. */
  readonly directory: ServiceDirectory;
  /** What this node offers. */
  readonly localServices: LocalServices;
  /** Undefined where DNS is not served. */
  readonly dns: Pick<DnsServer, "counts" | "endpoint"> | undefined;
  readonly messages: ControlledMessages;
  /** Left out where the node is a guest of another engine's pool, which has its own keys. */
  readonly keys?: ControlledKeys;
  snapshot(): NodeSnapshot;
  explain(member: MemberName): MemberExplanation | undefined;
  /** Which member reaches which; left out where the node is a member itself, and no guest. */
  readonly paths?: () => readonly PathReport[];
  submit(input: Input): void;
  traffic(): TrafficCounts;
  transitions(): readonly TransitionCount[];
  /** Accusations since the start, by the kind of silence. */
  accusations(): ReadonlyMap<AccusationReason, number>;
  falseSuspicions(): FalseSuspicionCounts;
  uptimeMs(): Millis;
  /** Null where gossip is in the clear. */
  encryption(): EncryptionBody | null;
  /** Looks, one a second, that found the process short of something, since the start. */
  shortages(): Readonly<Record<Shortage, number>>;
  /** Lines of the log that were dropped because nothing read them. */
  logLinesDropped(): number;
  /** Null until there is a sample. */
  loopLagP99Ms(): Millis | null;
  /** @throws ConfigError for an address that is none or a host that does not resolve */
  join(addresses: readonly string[]): Promise<JoinBody>;
  /** Resolves when the goodbye is said; the process ends soon after. */
  leave(): Promise<LeaveBody>;
  /** @throws ConfigError when the new settings are not valid; the old ones stay in force */
  reload(): Promise<ReloadBody>;
}

/** What a node says to all others. */
export interface ControlledMessages {
  /** Why it can give out nothing more just now, as a sentence for the caller. */
  readonly busyWith: () => string | undefined;
  /** @throws ConfigError for a name or a payload that cannot travel */
  tell(event: UserEventRequest): void;
  /** As `tell`; rejects with the reason of `signal`. */
  ask(query: QueryRequest, signal?: AbortSignal): Promise<QueryBody>;
}

/**
 * The keys of all members. Each rejects with ConfigError where nothing was changed, since a member would have been lost by it, and with
 * the reason of `signal`.
 */
export interface ControlledKeys {
  list(signal?: AbortSignal): Promise<KeysBody>;
  install(id?: string, signal?: AbortSignal): Promise<KeyOutcomeBody>;
  use(id: string, signal?: AbortSignal): Promise<KeyOutcomeBody>;
  remove(id: string, signal?: AbortSignal): Promise<KeyOutcomeBody>;
}

/** The faults that a node inflicts on itself when told to. */
export interface ControlledFaults {
  read(): FaultsBody;
  /** @throws ConfigError for an address that is none */
  set(request: FaultsRequest): FaultsBody;
  heal(): FaultsBody;
  /** Blocks the event loop for so long, now. */
  stall(stallMs: Millis): void;
}

/** What stays as it is from start to end. */
export interface NodeIdentity {
  readonly name: MemberName;
  readonly startId: StartId;
  readonly address: string;
  /** Null where it has no control API. */
  readonly api: string | null;
  /** How that is asked. */
  readonly apiScheme: "http" | "https";
  readonly pid: number;
  readonly version: string;
  /** The commit that it was built from, or `unknown`. */
  readonly commit: string;
  readonly cluster: string;
  readonly probeIntervalMs: Millis;
  /** What the system granted to the gossip socket. */
  readonly receiveBufferBytes: number;
}

/** Everything counted since the start, by message kind, reason or code. */
export interface TrafficCounts {
  readonly received: Readonly<Record<string, KindCount>>;
  readonly sent: Readonly<Record<string, KindCount>>;
  readonly dropped: Readonly<Record<string, number>>;
  /** Parts of datagrams that only a newer version knows, by what they are; left out by a guest of another protocol. */
  readonly passedOver?: Readonly<Record<string, number>>;
  readonly sendErrors: Readonly<Record<string, number>>;
  readonly wiring: WiringCounts;
}

/** Datagrams of one kind, and their bytes, since the start. */
export interface KindCount {
  readonly datagrams: number;
  readonly bytes: number;
}

/** Suspicions that turned out false, since the start. */
export interface FalseSuspicionCounts {
  /** Of other members: because the subject was heard, or refuted. */
  readonly cleared: Readonly<Record<"heard" | "refuted", number>>;
  /** Rumours about this node that it refuted. */
  readonly refuted: number;
}

/** How often members went from one state to another in this node's view, and why. */
export interface TransitionCount {
  readonly from: string;
  readonly to: string;
  readonly cause: ChangeCause;
  readonly count: number;
}

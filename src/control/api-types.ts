import type { ChangeCause, NodeEvent } from "../core/effect.ts";
import type {
  AccusationReason,
  MemberName,
  MemberState,
  Millis,
  NotYet,
  Service,
  Tags,
  ViewEntry,
} from "../core/member.ts";
import type { MemberExplanation, PathReport } from "../core/snapshot.ts";
import type { Certainty } from "../text/silence.ts";
import type { LinkRules } from "../transport/link-rules.ts";
import type { DaemonEvent } from "./daemon-events.ts";
import type { EncryptionBody } from "./encryption-types.ts";
import type { PanicBody } from "./service-types.ts";
import type { WiringCounts } from "./wiring-types.ts";

/** Version of every JSON body. A client refuses a higher one. */
export const API_VERSION = 1;

/**
 * `GET /v1/members`. Long poll with `?index=N&wait=30s`: answers once `index` is above N, or when
 * the wait is over.
 */
export interface MembersBody {
  readonly v: 1;
  readonly self: MemberName;
  /** Index of the newest event; grows with every event of this start id. */
  readonly index: number;
  /** 16 hex digits; equal digests mean equal views. */
  readonly viewDigest: string;
  readonly isolated: boolean;
  /** Why members may be missing: `listening`, `joining` or `returning`; null when the view is whole. */
  readonly notYet: NotYet | null;
  readonly members: readonly MemberBody[];
}

/** One member, as the node that was asked sees it. */
export interface MemberBody {
  readonly name: MemberName;
  /** Gossip address, `host:port`. */
  readonly address: string;
  readonly api: string | null;
  /** `alive suspect dead left`; forgotten members are not listed. */
  readonly state: Exclude<MemberState, "forgotten">;
  readonly stateForMs: Millis;
  /** Why it is in this state; null if it was in it before this node started. */
  readonly cause: ChangeCause | null;
  /** Whether its host reported, to this node or to a peer, that no process owns its port; until it is alive again. */
  readonly refused: boolean;
  /**
   * The kind of its silence: what the accusers of a suspect know together, what a dead member died of. Null for all
   * others, and where that is not known.
   */
  readonly silence: AccusationReason | null;
  /** Whether a kernel told that kind, or it is inferred from silence. */
  readonly certainty: Certainty | null;
  readonly incarnation: number;
  /** Version of its software; null where it does not say. */
  readonly version: string | null;
  /** The larger of the phi of its silence and `slowness`. Null where this node does not observe the member; always finite. */
  readonly phi: number | null;
  /** The phi of its open pings: how much more slowly it answers than it used to. Null as `phi`. */
  readonly slowness: number | null;
  /** For how long the oldest open ping to it has been unanswered: a health check's answer time so far. Null where none is open. */
  readonly waitingMs: Millis | null;
  readonly lastHeardMs: Millis | null;
  readonly rttMs: number | null;
  readonly rttDeviationMs: number | null;
  readonly observed: boolean;
  readonly reachedThrough: MemberName | null;
  readonly accusers: readonly MemberName[];
  readonly tags: Tags;
  readonly services: readonly Service[];
}

/** `GET /v1/members/:name`: all that `explain` shows. */
export interface ExplainBody extends MemberBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly startId: string;
  readonly detector: MemberExplanation["detector"];
  readonly probe: MemberExplanation["probe"];
  readonly observers: readonly MemberName[];
  readonly suspicion: MemberExplanation["suspicion"];
  /** Of a guest in another engine's pool alone: the paths to this member. */
  readonly paths?: readonly PathReport[];
  /** The newest events about this member, oldest first, at most 20. */
  readonly history: readonly EventBody[];
}

/** `GET /v1/self`. */
export interface SelfBody {
  readonly v: 1;
  readonly name: MemberName;
  readonly startId: string;
  readonly incarnation: number;
  readonly address: string;
  /** Null for a node that is part of a program and has no control API. */
  readonly api: string | null;
  readonly pid: number;
  readonly version: string;
  readonly profile: string;
  readonly cluster: string;
  readonly phase: "running" | "leaving" | "left";
  /** The clock of its machine: ISO 8601 with milliseconds. */
  readonly time: string;
  readonly uptimeMs: Millis;
  readonly viewDigest: string;
  readonly isolated: boolean;
  /** Why members may be missing; null when the view is whole. */
  readonly notYet: NotYet | null;
  readonly localHealth: number;
  readonly phiSuspect: number;
  readonly probeIntervalMs: Millis;
  readonly stalls: { readonly count: number; readonly totalMs: Millis; readonly lastMs: Millis };
  readonly loopLagP99Ms: number | null;
  /** Bytes of datagrams that its system keeps while its process does not read. */
  readonly receiveBufferBytes: number;
  /** Whether this daemon allows faults (`--allow-faults`), and how many rules are in force. */
  readonly faults: { readonly allowed: boolean; readonly rules: number };
  /** How gossip is encrypted; null where it is in the clear. */
  readonly encryption: EncryptionBody | null;
  readonly tags: Tags;
  readonly services: readonly Service[];
  /** The services in panic: too few endpoints are usable, or the node is isolated, so that known ones come back. */
  readonly panics: readonly ({ readonly service: string } & PanicBody)[];
  readonly counts: Readonly<Record<"alive" | "suspect" | "dead" | "left", number>>;
  readonly traffic: {
    readonly datagramsIn: number;
    readonly datagramsOut: number;
    /** Pings among `datagramsOut`: the probes. */
    readonly pingsOut: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly sendErrors: Readonly<Record<string, number>>;
    readonly wiring: WiringCounts;
  };
}

/**
 * One event as logs, `/v1/events` and `hearsay events` show it: when, where in the stream, and
 * what.
 */
export type EventBody = {
  readonly v: 1;
  /** From 1, one more with each event of this start id. */
  readonly index: number;
  /** ISO 8601 with milliseconds. */
  readonly time: string;
} & PublicEvent;

/** An event with its kind under `event`, the name that scripts rely on. */
export type PublicEvent = RenameKind<NodeEvent | DaemonEvent>;

type RenameKind<E> = E extends { readonly kind: infer K }
  ? { readonly event: K } & Omit<E, "kind">
  : never;

/** `GET /v1/views`: what every present member believes, as far as this node could ask. */
export interface ViewsBody {
  readonly v: 1;
  readonly self: MemberName;
  /** How long it takes to ask every present member once: a copy that is much older is out of date. */
  readonly roundMs: Millis;
  /** The node's own first, then one for each member that has not left, by name. */
  readonly views: readonly ViewBody[];
}

/** What one member holds true of all members: the node's copy of it. */
export interface ViewBody {
  readonly viewer: MemberName;
  readonly digest: string | null;
  /** Age of this copy; 0 for the node's own; null when it was never fetched. */
  readonly ageMs: Millis | null;
  /** Which copy this is: one more with each answer of the viewer. 0 for the node's own, and if there is none. */
  readonly copy: number;
  /** False when the last attempt to ask got no answer, or the viewer is dead: the entries are the last ones known. */
  readonly reachable: boolean;
  readonly entries: readonly ViewEntry[];
}

/** Any refusal of a request. */
export interface ErrorBody {
  readonly v: 1;
  readonly error: string;
  /** With status 503: the node does not know its whole cluster yet, and why. Ask again after `Retry-After`. */
  readonly notYet?: NotYet;
}

/** `GET /healthz` and `/readyz`. */
export interface HealthBody {
  readonly v: 1;
  readonly self: MemberName;
  /** Whether this node's view of its cluster is whole; then `/readyz` has status 200, else 503. */
  readonly ready: boolean;
  /** One clause; null when it is ready. */
  readonly why: string | null;
}

/**
 * Header of every answer: which run of the process speaks. An index means nothing under another
 * start id.
 */
export const START_ID_HEADER = "x-hearsay-start-id";

/**
 * `POST /v1/leave`, answered once the goodbye is over: to how many members it was sent, and how many
 * acknowledged it.
 */
export interface LeaveBody {
  readonly v: 1;
  readonly told: number;
  readonly acked: number;
}

/**
 * `POST /v1/join` with `{"addresses": ["host:port", …]}`: the numeric addresses that are being
 * dialled.
 */
export interface JoinBody {
  readonly v: 1;
  readonly dialled: readonly string[];
}

/** `POST /v1/reload`: the settings that changed, and those that would need a restart. */
export interface ReloadBody {
  readonly v: 1;
  readonly changed: readonly string[];
  readonly needRestart: readonly string[];
}

/** `DELETE /v1/members/:name`. */
export interface ForgetBody {
  readonly v: 1;
  readonly forgotten: MemberName;
}

/** `GET`, `PUT` and `DELETE /v1/faults`: what is done to the datagrams that this node sends. */
export interface FaultsBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly rules: LinkRules;
  /** When the rules heal by themselves; null where there are none. */
  readonly healInMs: Millis | null;
  /** Since the start of the daemon: datagrams, and refusals that were kept from it. */
  readonly counts: Readonly<
    Record<"dropped" | "delayed" | "duplicated" | "refusalsDropped" | "overflowed", number>
  >;
}

/**
 * `PUT /v1/faults` replaces all rules of the node. Rules about other senders may be among them, so
 * that one set can be sent to all nodes.
 */
export interface FaultsRequest {
  readonly rules: LinkRules;
  /** The rules heal by themselves after this time; a minute by default, an hour at most. */
  readonly ttlMs?: Millis;
  /** Gossip addresses by name, for members that the node has not met yet. */
  readonly addresses?: Readonly<Record<MemberName, string>>;
}

/** `POST /v1/faults/stall` with `{"ms": 5000}`, answered just before the daemon stands still. */
export interface StallBody {
  readonly v: 1;
  readonly stallMs: Millis;
}

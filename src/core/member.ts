import type { Millis } from "./primitives/deadlines.ts";
import type { Hash64 } from "./primitives/hash.ts";

/** Monotonic milliseconds, or a span of them. Fractions are allowed. */
export type { Millis };

/** Unique in the cluster and the member's identity: 1 to 64 bytes of `A-Z a-z 0-9 . _ -`. */
export type MemberName = string;

/**
 * Which run of the process this is: 24 lowercase hex digits, 8 of the start second and 16 random
 * ones. Compared for equality; the smaller string started first.
 */
export type StartId = string;

/** Where datagrams for a member go: a numeric IPv4 or IPv6 address and a UDP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * `forgotten` is a removal by an operator; it travels like the others but is never shown as a
 * member.
 */
export type MemberState = "alive" | "suspect" | "dead" | "left" | "forgotten";

/** Free words of an operator about a member, by key; bounds stand in docs/protocol.md §7. */
export type Tags = Readonly<Record<string, string>>;

/**
 * What a member's own checks say of a service. `unknown`: a check could not be run, which blames
 * nobody; `starting`: one has not run yet.
 */
export type ServiceHealth = "passing" | "critical" | "unknown" | "starting";

/** Something that a member offers at a port of its host. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly health: ServiceHealth;
  /** Share of the traffic that it wants, relative to the others that offer the same: 1 to 256. */
  readonly weight: number;
  /**
   * Words that a consumer may choose by, such as `canary`; in the order in which they were given.
   */
  readonly tags: readonly string[];
  readonly meta: Tags;
  /**
   * Why its operator took it out of use; left out while it is in use. Its health is then
   * `critical`, for nodes that do not know maintenance.
   */
  readonly maintenance?: string;
}

/** What a member says of itself. Immutable; every change the member makes raises `incarnation`. */
export interface MemberRecord {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  readonly startId: StartId;
  /** Unsigned 32 bits; only the member itself raises it. */
  readonly incarnation: number;
  readonly tags: Tags;
  readonly services: readonly Service[];
  /** Address of the control API, `host:port`, where there is one. */
  readonly api: string | null;
  /** Versions of the wire protocol it can speak. */
  readonly protocol: { readonly min: number; readonly max: number };
  /** Whether its process owns the TCP side of the endpoint: a connect that is answered shows its kernel. */
  readonly takesWires: boolean;
  /** Version of its software: 1 to 20 visible ASCII characters. Left out by those that do not say. */
  readonly version?: string;
}

/**
 * Why a member is suspected: the kind of its silence, by how much is known (docs/protocol.md §12,
 * rule 40).
 *
 * - `silence`: nothing more. Inferred.
 * - `unreachable`: its kernel does not answer either: its host or the path is gone. Inferred.
 * - `frozen`: its kernel answers, its process does not run. A fact.
 * - `refused`: its host said twice that no process owns its port. A fact, unless a filter says so.
 * - `crashed`: its wire ended, and its port is refused. A fact.
 */
export type AccusationReason = "silence" | "unreachable" | "frozen" | "refused" | "crashed";

/** The kinds, that of which least is known first. */
export const KINDS_BY_KNOWLEDGE: readonly AccusationReason[] = [
  "silence",
  "unreachable",
  "frozen",
  "refused",
  "crashed",
];

/** The kinds of silence itself: all but those that say that the process is gone. */
export type KindOfSilence = Exclude<AccusationReason, "refused" | "crashed">;

/** What ended a member: the ways a verdict comes about. */
export type VerdictCause =
  | "quorum"
  | "timeout"
  | "refusal"
  | "leave"
  | "forget"
  | "crash"
  | "unreachable"
  | "frozen";

/** A state together with the incarnation it speaks of: what beliefs are ranked by. */
export interface MemberFact {
  readonly state: MemberState;
  readonly incarnation: number;
}

/** One fact about one member, as it travels. */
export type SingleUpdate = BeliefUpdate | AccusationUpdate | VerdictUpdate;

/** What rides on a datagram: single facts, and many deaths at once. */
export type Update = SingleUpdate | DeathsUpdate;

/** A whole record with the state that the sender believes; how long ago it took that state. */
export interface BeliefUpdate {
  readonly kind: "belief";
  readonly record: MemberRecord;
  readonly state: MemberState;
  readonly ageMs: Millis;
  /** Who declared the state: the member itself while alive. */
  readonly by: MemberName;
  /**
   * With `dead`: its host said that the process is gone. Left out, only silence speaks for the
   * death.
   */
  readonly wasRefused?: true;
}

/** One accuser's suspicion of one subject. The accusations on a subject are a set. */
export interface AccusationUpdate {
  readonly kind: "accusation";
  readonly subject: MemberName;
  readonly startId: StartId;
  readonly incarnation: number;
  readonly accuser: MemberName;
  readonly evidence: AccusationReason;
  readonly phi: number;
  /**
   * How often the accuser has learned something else of this incarnation: unsigned 32 bits, 0 for
   * its first word. Of two words of one accuser the later one counts.
   */
  readonly revision: number;
}

/** A subject declared dead, left or forgotten. */
export interface VerdictUpdate {
  readonly kind: "verdict";
  readonly subject: MemberName;
  readonly startId: StartId;
  readonly incarnation: number;
  readonly state: "dead" | "left" | "forgotten";
  readonly by: MemberName;
  readonly cause: VerdictCause;
}

/**
 * Verdicts of one cause in short, where a cluster has many to pass on: each is a quarter as long. Who
 * holds no record that a mark fits passes it over, and its sender stands for who declared it.
 */
export interface DeathsUpdate {
  readonly kind: "deaths";
  readonly cause: VerdictCause;
  readonly deaths: readonly DeathMark[];
}

/** One of them. */
export interface DeathMark {
  /** The high word of the hash of the subject's name. */
  readonly nameHigh: number;
  readonly incarnation: number;
}

/**
 * Why a view may lack members that its cluster has: the node just started and listens whether
 * anybody takes it for a member, it looks for its seeds, or it was cut off and is back.
 */
export type NotYet = "listening" | "joining" | "returning";

/** What one member believes about another, as sent on request (`view-page`). */
export interface ViewEntry {
  readonly name: MemberName;
  readonly state: MemberState;
  readonly incarnation: number;
  /** Time since the viewer last heard the member directly; null when it never did. */
  readonly heardAgoMs: Millis | null;
  /** Null where the viewer does not observe the member. */
  readonly phi: number | null;
}

/** Order-independent hash of a view: names, incarnations and present/dead/left. */
export type ViewDigest = Hash64;

/** The weight of a service that names none. */
export const SERVICE_WEIGHT_DEFAULT = 100;

/** Whether the evidence says that the process is gone. */
export function isOfGoneProcess(evidence: AccusationReason): boolean {
  return evidence === "refused" || evidence === "crashed";
}

/** Whether a verdict of that cause says that the process is gone. */
export function endsProcess(cause: string): boolean {
  return cause === "refusal" || cause === "crash";
}

/** Alive or suspect: the member still belongs to rings, gossip targets and the cluster's size. */
export function isPresent(state: MemberState): boolean {
  return state === "alive" || state === "suspect";
}

/** A service of which nothing is said but where it is. */
export function plainService(name: string, port: number): Service {
  return { name, port, health: "passing", weight: SERVICE_WEIGHT_DEFAULT, tags: [], meta: {} };
}

/** Whether two addresses are equal; hosts are compared as they are written. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.host === b.host;
}

/** `host:port`, with an IPv6 host in brackets. */
export function formatEndpoint(endpoint: Endpoint): string {
  const host = endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}

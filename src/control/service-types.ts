import type {
  AccusationReason,
  MemberName,
  Millis,
  Service,
  ServiceHealth,
  Tags,
} from "../core/member.ts";
import type { LocalCheck } from "../discovery/registrations/local-services.ts";
import type { Maintained } from "../discovery/registrations/maintenance.ts";

/** `GET /v1/services`: every service that a member offers, by name. */
export interface ServicesBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly services: readonly ServiceSummaryBody[];
}

/** One line of the list of services. */
export interface ServiceSummaryBody {
  readonly name: string;
  /** Endpoints that are known, and those of them that `GET /v1/services/:name` gives for use. */
  readonly known: number;
  readonly usable: number;
  readonly tags: readonly string[];
  readonly panic: PanicBody | null;
}

/**
 * `GET /v1/services/:name?maxPhi=&tag=&near=self`, and each frame of `/v1/services/:name/watch`. Long poll with
 * `?index=N&wait=30s`: answers once `index` differs from N, or when the wait is over.
 */
export interface ServiceBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly service: string;
  /** Changes when an endpoint comes, goes or changes; not with phi, weight by phi and round trip. */
  readonly index: number;
  /** Set in a panic (too few would be left, or this node is isolated): all endpoints come back except those proven gone. */
  readonly panic: PanicBody | null;
  readonly known: number;
  /** To be used. */
  readonly endpoints: readonly EndpointBody[];
  /** Known and left out, each with the reason; in a panic only those proven gone, and those still starting. */
  readonly out: readonly EndpointBody[];
}

/** Why all known endpoints of a service are given rather than the healthy ones. */
export interface PanicBody {
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
  /** Endpoints that would be usable without it, of those known: 0 to 1. */
  readonly share: number;
}

/** One endpoint of a service, as the node that was asked sees it. */
export interface EndpointBody {
  readonly member: MemberName;
  /** `host:port`. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly state: "alive" | "suspect" | "dead";
  readonly health: ServiceHealth;
  /** Why its operator took it out of use; null while it is in use. */
  readonly maintenance: string | null;
  /** What its accusers know together of its silence. Null where nobody accuses it: while it is alive, and once it is dead. */
  readonly silence: AccusationReason | null;
  /** The larger of the phi of its silence and `slowness`. Null if this node does not observe the member (yet: the first request makes it). */
  readonly phi: number | null;
  /** How much more slowly it answers than it used to. Null as `phi`. */
  readonly slowness: number | null;
  readonly rttMs: Millis | null;
  /** The service's own weight, faded by phi; at least 1. */
  readonly weight: number;
  readonly tags: readonly string[];
  readonly meta: Tags;
  /** Why it is in or out. */
  readonly why: string;
}

/** What `PUT /v1/services/:name` takes. */
export interface ServiceRegistration {
  readonly port: number;
  /** Share of the traffic that it wants, relative to the others: 1 to 256, 100 by default. */
  readonly weight?: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string | number | boolean>>;
  readonly checks?: readonly CheckRegistration[];
}

/** One check; exactly one of `http`, `tcp`, `script`, `ttl`. Times are texts such as `500ms`, `10s` or `2m`. */
export interface CheckRegistration {
  /** A URL, or a path on the service's own port. */
  readonly http?: string;
  /** `host:port`, or true for the service's own port. */
  readonly tcp?: string | true;
  /** A program and its arguments; only with `--allow-scripts`. */
  readonly script?: readonly string[];
  /** The service itself has to send a heartbeat at least this often. */
  readonly ttl?: string;
  readonly interval?: string;
  readonly timeout?: string;
  readonly passAfter?: number;
  readonly failAfter?: number;
}

/** `GET /v1/checks`: the checks that this node runs for the services it offers. */
export interface ChecksBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly checks: readonly LocalCheck[];
}

/** What `PUT /v1/services/:name/heartbeat` takes, from a service with a ttl check. */
export interface Heartbeat {
  readonly result?: "passed" | "failed" | "not-run";
  readonly output?: string;
}

/** `GET`, `PUT` and `DELETE /v1/maintenance`: which services of this node are out of use. */
export interface MaintenanceBody {
  readonly v: 1;
  readonly self: MemberName;
  readonly maintenance: readonly Maintained[];
}

/** What `PUT /v1/maintenance` takes. */
export interface MaintenanceRequest {
  /** 1 to 96 characters in one line; every member and consumer sees it. */
  readonly reason: string;
  /** All services of the node where it is left out. */
  readonly service?: string | undefined;
}

/** `PUT /v1/services/:name`: what this node offers from now on. */
export interface RegisteredBody {
  readonly v: 1;
  readonly service: Service;
}

/** `DELETE /v1/services/:name`. */
export interface WithdrawnBody {
  readonly v: 1;
  readonly withdrawn: string;
}

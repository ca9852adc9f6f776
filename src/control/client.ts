import type { MemberName, Millis } from "../core/member.ts";
import {
  type ExplainBody,
  type FaultsBody,
  type FaultsRequest,
  type ForgetBody,
  type JoinBody,
  type LeaveBody,
  type MembersBody,
  type ReloadBody,
  type SelfBody,
  START_ID_HEADER,
  type StallBody,
  type ViewsBody,
} from "./api-types.ts";
import { type EventItem, type EventsOptions, readEvents } from "./client/client-events.ts";
import {
  type CallDefaults,
  type Credentials,
  eitherSignal,
  HttpCaller,
} from "./client/client-http.ts";
import {
  readService,
  type ServiceAnswer,
  type ServiceOptions,
  servicePath,
  type WatchOptions,
  watchService,
} from "./client/client-services.ts";
import { targetBeside } from "./client/client-target.ts";
import type { KeyOutcomeBody, KeysBody } from "./encryption-types.ts";
import type { QueryBody, QueryRequest, ToldBody, UserEventRequest } from "./message-types.ts";
import type { PathsBody } from "./path-types.ts";
import type {
  ChecksBody,
  Heartbeat,
  MaintenanceBody,
  MaintenanceRequest,
  RegisteredBody,
  ServiceRegistration,
  ServicesBody,
  WithdrawnBody,
} from "./service-types.ts";

export {
  NodeNotReadyError,
  NodeUnreachableError,
  RequestRefusedError,
} from "./client/client-errors.ts";
export type { EventItem, EventsOptions } from "./client/client-events.ts";
export type { ServiceAnswer, ServiceOptions, WatchOptions } from "./client/client-services.ts";
export { parseTarget, targetBeside } from "./client/client-target.ts";

/** How a client asks. */
export interface ControlClientOptions extends Credentials {
  /** Ends every request and stream of this client. */
  readonly signal?: AbortSignal;
  /** Longest wait for an answer, beyond what was asked for with `waitMs`. */
  readonly timeoutMs?: Millis;
}

/** A control API to ask, and with what. */
export interface ControlTarget extends Credentials {
  readonly url: string;
}

/** How long `GET /v1/members` may wait for another answer. */
export interface MembersOptions {
  /** Answer only once something happened after this index ... */
  readonly index?: number;
  /** ... or after this time. */
  readonly waitMs?: Millis;
  /** The run of the process that `index` belongs to; another one answers at once. */
  readonly startId?: string;
  readonly signal?: AbortSignal;
}

/** `MembersBody`, and which run of the process it speaks for: `index` means nothing under another one. */
export type MembersAnswer = MembersBody & { readonly startId: string };

/**
 * The control API of one node.
 *
 * Every call rejects with NodeUnreachableError when no hearsay node answers, RequestRefusedError when it says no, or the
 * signal's reason.
 */
export interface ControlClient {
  /** `http://host:port`, `https://host:port` or `unix:/path`. */
  readonly url: string;
  /** The API of another member, by the address that it advertises, asked in the same way. */
  beside(api: string, options?: Pick<ControlClientOptions, "timeoutMs">): ControlClient;
  self(): Promise<SelfBody>;
  members(options?: MembersOptions): Promise<MembersAnswer>;
  explain(member: MemberName): Promise<ExplainBody>;
  events(options?: EventsOptions): AsyncGenerator<EventItem>;
  /** With `waitMs`, waits up to so long for the views that are being fetched. */
  views(options?: { readonly waitMs?: Millis }): Promise<ViewsBody>;
  /** Which member reaches which; refused by a node that is no guest in another engine's pool. */
  paths(): Promise<PathsBody>;
  /** Every service that a member offers. */
  services(): Promise<ServicesBody>;
  /** Which endpoints of a service may be used, by the asker's own threshold. */
  service(name: string, options?: ServiceOptions): Promise<ServiceAnswer>;
  /** The same as a stream: the answer now, and each other one. */
  watchService(name: string, options?: WatchOptions): AsyncGenerator<ServiceAnswer>;
  /** Makes the node offer a service, or changes it. */
  register(name: string, service: ServiceRegistration): Promise<RegisteredBody>;
  withdraw(name: string): Promise<WithdrawnBody>;
  /** A service with a ttl check says that it lives, or how it fails. */
  heartbeat(name: string, how?: Heartbeat): Promise<RegisteredBody>;
  /** What the node's operator took out of use. */
  maintenance(): Promise<MaintenanceBody>;
  /** Takes a service of the node, or all of them, out of discovery. */
  beginMaintenance(request: MaintenanceRequest): Promise<MaintenanceBody>;
  /** Brings back what was taken out under this name, or without one. */
  endMaintenance(service?: string): Promise<MaintenanceBody>;
  /** The checks that the node runs for the services it offers. */
  checks(): Promise<ChecksBody>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  join(addresses: readonly string[]): Promise<JoinBody>;
  leave(): Promise<LeaveBody>;
  reload(): Promise<ReloadBody>;
  forget(member: MemberName): Promise<ForgetBody>;
  /** Tells all nodes that something happened. */
  tell(event: UserEventRequest): Promise<ToldBody>;
  /** Asks all nodes, and waits until all have spoken or for the query's deadline. */
  ask(query: QueryRequest, options?: { readonly signal?: AbortSignal }): Promise<QueryBody>;
  /** The keys of all members, asked over gossip. */
  keys(): Promise<KeysBody>;
  /** Gives all members a new key, or once more the one of that id; `switchKey` makes them encrypt with it. */
  installKey(id?: string): Promise<KeyOutcomeBody>;
  switchKey(id: string): Promise<KeyOutcomeBody>;
  /** Makes all members give a key up. */
  removeKey(id: string): Promise<KeyOutcomeBody>;
  /** The faults in force at this node; refused where it runs without `--allow-faults`, as are the next three. */
  faults(): Promise<FaultsBody>;
  /** Replaces the rules of this node. */
  setFaults(request: FaultsRequest): Promise<FaultsBody>;
  healFaults(): Promise<FaultsBody>;
  /** Blocks the node's event loop; resolves just before it does. */
  stall(stallMs: Millis): Promise<StallBody>;
  /** Ends idle connections; requests under way are broken off. */
  close(): void;
}

const TIMEOUT_MS_DEFAULT: Millis = 5000;
/** All members are asked twice. */
const KEYS_MS_MAX: Millis = 10_000;

/**
 * A client of the control API at `url` (`http://host:port`, `https://host:port`, `host:port` or `unix:/path`). Nothing is
 * dialled before the first call.
 *
 * @throws ConfigError when `url` is no such address
 */
export function connectControl(url: string, options: ControlClientOptions = {}): ControlClient {
  const http = new HttpCaller(url, options);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT;
  const base = { timeoutMs, signal: options.signal };
  const get = async <T extends { readonly v: number }>(path: string) =>
    (await http.callJson<T>({ ...base, path })).body;
  const change = async <T extends { readonly v: number }>(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
  ) => (await http.callJson<T>({ ...base, method, path, body })).body;
  const ofKeys = async <T extends { readonly v: number }>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: unknown,
  ) => {
    const patience = { ...base, timeoutMs: timeoutMs + KEYS_MS_MAX };
    return (await http.callJson<T>({ ...patience, method, path, body })).body;
  };
  return {
    url: http.url,
    beside: (api, asked = {}) =>
      connectControl(targetBeside(http.url, api), { ...options, ...asked }),
    self: () => get<SelfBody>("/v1/self"),
    members: (asked = {}) => readMembers(http, base, asked),
    explain: (member) => get<ExplainBody>(memberPath(member)),
    events: (asked = {}) =>
      readEvents(http, { ...asked, signal: eitherSignal(options.signal, asked.signal) }),
    views: async ({ waitMs = 0 } = {}) => {
      const query = { wait: waitMs > 0 ? `${waitMs}ms` : undefined };
      const call = { ...base, path: "/v1/views", query, timeoutMs: timeoutMs + waitMs };
      return (await http.callJson<ViewsBody>(call)).body;
    },
    paths: () => get<PathsBody>("/v1/paths"),
    services: () => get<ServicesBody>("/v1/services"),
    service: (name, asked = {}) => readService(http, base, name, asked),
    watchService: (name, asked = {}) => watchService(http, base, name, asked),
    register: (name, service) => change<RegisteredBody>("PUT", servicePath(name), service),
    heartbeat: (name, how = {}) =>
      change<RegisteredBody>("PUT", `${servicePath(name)}/heartbeat`, how),
    maintenance: () => get<MaintenanceBody>("/v1/maintenance"),
    beginMaintenance: (request) => change<MaintenanceBody>("PUT", "/v1/maintenance", request),
    endMaintenance: (service) =>
      change<MaintenanceBody>(
        "DELETE",
        `/v1/maintenance${service === undefined ? "" : `?service=${encodeURIComponent(service)}`}`,
      ),
    checks: () => get<ChecksBody>("/v1/checks"),
    withdraw: (name) => change<WithdrawnBody>("DELETE", servicePath(name)),
    metrics: async () => (await http.call({ ...base, path: "/v1/metrics" })).text,
    join: (addresses) => change<JoinBody>("POST", "/v1/join", { addresses }),
    leave: () => change<LeaveBody>("POST", "/v1/leave"),
    reload: () => change<ReloadBody>("POST", "/v1/reload"),
    forget: (member) => change<ForgetBody>("DELETE", memberPath(member)),
    faults: () => get<FaultsBody>("/v1/faults"),
    setFaults: (request) => change<FaultsBody>("PUT", "/v1/faults", request),
    healFaults: () => change<FaultsBody>("DELETE", "/v1/faults"),
    stall: (stallMs) => change<StallBody>("POST", "/v1/faults/stall", { ms: stallMs }),
    keys: () => ofKeys<KeysBody>("GET", "/v1/keys"),
    installKey: (id) => ofKeys<KeyOutcomeBody>("POST", "/v1/keys", { id }),
    switchKey: (id) => ofKeys<KeyOutcomeBody>("POST", `/v1/keys/${encodeURIComponent(id)}/use`),
    removeKey: (id) => ofKeys<KeyOutcomeBody>("DELETE", `/v1/keys/${encodeURIComponent(id)}`),
    tell: (event) => change<ToldBody>("POST", "/v1/events", event),
    ask: async (query, asked = {}) => {
      const call = { method: "POST", path: "/v1/queries", body: query } as const;
      const signal = eitherSignal(options.signal, asked.signal);
      const patienceMs = timeoutMs + (query.timeoutMs ?? TIMEOUT_MS_DEFAULT);
      return (await http.callJson<QueryBody>({ ...call, signal, timeoutMs: patienceMs })).body;
    },
    close: () => http.close(),
  };
}

async function readMembers(
  http: HttpCaller,
  base: CallDefaults,
  { index, waitMs, startId, signal }: MembersOptions,
): Promise<MembersAnswer> {
  const answer = await http.callJson<MembersBody>({
    path: "/v1/members",
    query: { index, wait: waitMs === undefined ? undefined : `${waitMs}ms` },
    headers: { [START_ID_HEADER]: startId },
    timeoutMs: base.timeoutMs + (waitMs ?? 0),
    signal: eitherSignal(base.signal, signal),
  });
  return { ...answer.body, startId: answer.startId };
}

function memberPath(member: MemberName): string {
  return `/v1/members/${encodeURIComponent(Buffer.from(member).toString())}`;
}

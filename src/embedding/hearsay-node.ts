import type {
  EventBody,
  LeaveBody,
  MemberBody,
  MembersBody,
  PublicEvent,
  SelfBody,
} from "../control/api-types.ts";
import type { QueryBody } from "../control/message-types.ts";
import type {
  EndpointBody,
  ServiceBody,
  ServiceRegistration,
  ServiceSummaryBody,
} from "../control/service-types.ts";
import type { Millis } from "../core/member.ts";
import type { EndpointsWanted as Wanted } from "../discovery/select-endpoints.ts";

/** Every call takes a signal; when it is aborted the call rejects with its reason. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** Which endpoints of a service a consumer wants. */
export interface EndpointsWanted extends Cancellable, Wanted {}

/** An endpoint to use now. */
export interface PickedEndpoint extends EndpointBody {
  /** Ends the use; endpoints in use count when the next one is picked. Call it once at most. */
  release(): void;
}

/** The kinds of events, such as `member-changed`. */
export type EventKind = PublicEvent["event"];

/** The events of these kinds. */
export type EventOf<K extends EventKind> = Extract<EventBody, { readonly event: K }>;

/** The reader was too slow, or the connection was lost for too long: the current view, in place of the missed events. */
export interface EventsMissed {
  readonly event: "missed";
  readonly members: MembersBody;
}

/** Which events are wanted. */
export interface WatchOptions<K extends EventKind> extends Cancellable {
  /** Only events of these kinds; all by default. */
  readonly events?: readonly K[] | undefined;
}

/** What a query carries, and how long its answers may take. */
export interface QuestionOptions extends Cancellable {
  /** At most 512 bytes of UTF-8. */
  readonly payload?: string | undefined;
  /** Deadline of the answers: 5 s unless given, at most 60 s. */
  readonly timeoutMs?: Millis | undefined;
}

/**
 * A member of the cluster, as a program uses it: a node inside this process (`createNode`), or a running daemon
 * (`connect`). Over a connection every call may reject with NodeUnreachableError or RequestRefusedError.
 */
export interface HearsayNode {
  self(options?: Cancellable): Promise<SelfBody>;
  /** All members in this node's view, including itself and those that are dead or have left. */
  members(options?: Cancellable): Promise<readonly MemberBody[]>;
  /** Every service that a member offers. */
  services(options?: Cancellable): Promise<readonly ServiceSummaryBody[]>;
  /** The endpoints of one service: those to use and those left out, each with the reason. */
  service(name: string, wanted?: EndpointsWanted): Promise<ServiceBody>;
  /**
   * One endpoint to use now: draws two by weight (which falls as phi rises) and returns the one that this process uses less.
   * Undefined if none is known. A node that has just started, or was cut off, waits until its view is whole; a daemon that is
   * not ready within the timeout rejects (NodeNotReadyError). Over a connection it answers from a copy that is at most a
   * quarter of a second old, or from the last copy while the daemon does not answer.
   */
  pick(name: string, wanted?: EndpointsWanted): Promise<PickedEndpoint | undefined>;
  /** What happens at this node from now on, until the signal, `leave` or `close`. */
  watch<K extends EventKind = EventKind>(
    options?: WatchOptions<K>,
  ): AsyncGenerator<EventOf<K> | EventsMissed, void>;
  /** The endpoints of one service now, and again at each change. */
  watchService(name: string, wanted?: EndpointsWanted): AsyncGenerator<ServiceBody, void>;
  /** Offers a service, or changes it. @throws ConfigError or RequestRefusedError if it is not valid */
  register(name: string, service: ServiceRegistration, options?: Cancellable): Promise<void>;
  /** Stops offering a service. @throws ConfigError or RequestRefusedError if this node does not offer it */
  withdraw(name: string, options?: Cancellable): Promise<void>;
  /** Sends a `user-event` to all nodes, including this one. Rejects while too many messages are under way. */
  tell(name: string, payload?: string, options?: Cancellable): Promise<void>;
  /** Sends a query to all nodes, including this one, and waits until all have answered or the deadline is over. */
  ask(name: string, options?: QuestionOptions): Promise<QueryBody>;
  /** Makes the node say goodbye to the cluster and end; a daemon ends, too. */
  leave(options?: Cancellable): Promise<LeaveBody>;
  /** Closes the connection; a node inside this process ends without a goodbye, so the others see a crash. */
  close(): Promise<void>;
}

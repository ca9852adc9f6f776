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

/** What every question and wish may be called off by; it then rejects with the reason of the signal. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** Which endpoints of a service a consumer wants. */
export interface EndpointsWanted extends Cancellable {
  /** The consumer's own threshold: endpoints of members above it are left out. Without one their state decides. */
  readonly maxPhi?: number | undefined;
  /** Only endpoints with this tag. */
  readonly tag?: string | undefined;
  /** Nearest to the node first, by round trip. */
  readonly nearSelf?: boolean | undefined;
}

/** An endpoint to use now. */
export interface PickedEndpoint extends EndpointBody {
  /** The use is over: what is in use counts when the next one is picked. Called once or never. */
  release(): void;
}

export type EventKind = PublicEvent["event"];

/** The events of these kinds. */
export type EventOf<K extends EventKind> = Extract<EventBody, { readonly event: K }>;

/** The consumer was too slow, or the connection was lost for too long: the view as it is now, in place of what was missed. */
export interface EventsMissed {
  readonly event: "missed";
  readonly members: MembersBody;
}

export interface WatchOptions<K extends EventKind> extends Cancellable {
  /** Only these kinds; without, all of them. */
  readonly events?: readonly K[] | undefined;
}

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
  /** Everybody in this node's view, itself included, dead and left ones too. */
  members(options?: Cancellable): Promise<readonly MemberBody[]>;
  /** Every service that a member offers. */
  services(options?: Cancellable): Promise<readonly ServiceSummaryBody[]>;
  /** The endpoints of one service, those to use and those left out, each with the reason. */
  service(name: string, wanted?: EndpointsWanted): Promise<ServiceBody>;
  /**
   * One endpoint to use now: of two drawn by weight (which falls as phi rises) the one that has less in use here.
   * Undefined where none is known. A node that has just started, or was cut off, waits until its view is whole; a daemon
   * that is not ready within the timeout rejects (NodeNotReadyError). Over a connection it answers from a copy of a quarter of a second's age, or the last
   * one it has where the daemon does not answer.
   */
  pick(name: string, wanted?: EndpointsWanted): Promise<PickedEndpoint | undefined>;
  /** What happens at this node from now on, until the signal, `leave` or `close`. */
  watch<K extends EventKind = EventKind>(
    options?: WatchOptions<K>,
  ): AsyncGenerator<EventOf<K> | EventsMissed, void>;
  /** The endpoints of one service now, and again whenever one came, went or changed. */
  watchService(name: string, wanted?: EndpointsWanted): AsyncGenerator<ServiceBody, void>;
  /** Offers a service, or changes it. @throws ConfigError or RequestRefusedError for one that cannot be */
  register(name: string, service: ServiceRegistration, options?: Cancellable): Promise<void>;
  /** Offers it no more. @throws ConfigError or RequestRefusedError for one that it does not offer */
  withdraw(name: string, options?: Cancellable): Promise<void>;
  /** Tells all nodes, this one included, that something happened (a `user-event`). Rejects while too much is under way. */
  tell(name: string, payload?: string, options?: Cancellable): Promise<void>;
  /** Asks all nodes, this one included, until all have spoken or the deadline has come. */
  ask(name: string, options?: QuestionOptions): Promise<QueryBody>;
  /** Makes the node say goodbye to the cluster and end; a daemon ends, too. */
  leave(options?: Cancellable): Promise<LeaveBody>;
  /** Gives up the connection; a node inside this process ends without a goodbye, which to the others is a crash. */
  close(): Promise<void>;
}

export type {
  EventBody,
  ExplainBody,
  LeaveBody,
  MemberBody,
  MembersBody,
  SelfBody,
} from "./control/api-types.ts";
export { NodeUnreachableError, RequestRefusedError } from "./control/client/client-errors.ts";
export type { MemberAnswer, QueryBody } from "./control/message-types.ts";
export type {
  EndpointBody,
  PanicBody,
  ServiceBody,
  ServiceRegistration,
  ServiceSummaryBody,
} from "./control/service-types.ts";
export { ConfigError } from "./core/errors.ts";
export type { DaemonExit } from "./daemon/daemon-exit.ts";
export { type ConnectOptions, connect } from "./embedding/connect.ts";
export {
  createNode,
  type EmbeddedNode,
  type IncomingQuery,
  type NodeOptions,
} from "./embedding/create-node.ts";
export type {
  Cancellable,
  EndpointsWanted,
  EventKind,
  EventOf,
  EventsMissed,
  HearsayNode,
  PickedEndpoint,
  QuestionOptions,
  WatchOptions,
} from "./embedding/hearsay-node.ts";
export { NodeEndedError } from "./embedding/lifetime.ts";
export type { NodeSettings } from "./embedding/node-settings.ts";

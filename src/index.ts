export * from "./control/api-types.ts";
export {
  type ControlClient,
  type ControlClientOptions,
  connectControl,
  type EventItem,
  type EventsOptions,
  type MembersAnswer,
  type MembersOptions,
  NodeUnreachableError,
  RequestRefusedError,
  type ServiceAnswer,
  type ServiceOptions,
} from "./control/client.ts";
export * from "./control/service-types.ts";
export { ConfigError } from "./core/errors.ts";
export {
  type DaemonExit,
  type DaemonOptions,
  type DaemonReady,
  type RunningDaemon,
  startDaemon,
} from "./daemon/daemon.ts";
export { type DaemonSettings, resolveSettings, type SettingsInput } from "./daemon/settings.ts";

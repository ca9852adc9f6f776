import { ApiTokens } from "../../control/access.ts";
import type { ApiAddress } from "../../control/api-address.ts";
import type { RefusalReason } from "../../control/refused-clients.ts";
import type { ControlServer } from "../../control/server.ts";
import type { StartId } from "../../core/member.ts";
import type { DaemonLog } from "../daemon-log.ts";
import type { DaemonSettings } from "../settings.ts";
import { type ApiFiles, type ApiSecrets, readApiSecrets } from "./api-secrets.ts";

/** The control API of a daemon, and who may use it. */
export interface DaemonApi {
  readonly server: ControlServer;
  /** The settings whose files hold other secrets than those in force. */
  differing(secrets: ApiSecrets): string[];
  /** Puts secrets in force that were read anew. */
  renew(secrets: ApiSecrets): void;
}

/** Where an API listens, and what it asks for. */
type ApiSettings = ApiFiles & Pick<DaemonSettings, "apiHost"> & { readonly api: ApiAddress };

/** @throws ConfigError for what the operator can put right */
export async function openDaemonApi(
  settings: ApiSettings,
  startId: StartId,
  log: DaemonLog,
): Promise<DaemonApi> {
  const tokens = new ApiTokens();
  let held = readApiSecrets(settings);
  tokens.use(held.tokens);
  // The server's libraries are loaded only where there is an API.
  const { openControlServer } = await import("../../control/server.ts");
  const server = await openControlServer(settings.api, {
    startId,
    // A name in the certificate is a name of this node.
    hosts: [...settings.apiHost, ...(held.tls?.names ?? [])],
    tokens,
    tls: held.tls,
    onDropped: (why) => log.note("warn", "client-dropped", why),
    onRefused: (reason, count) => noteRefused(log, reason, count),
    onFailure: (error, request) =>
      log.note("error", "request-failed", `${request}: ${error.stack ?? error.message}`),
  });
  warnOf(held, log);
  return {
    server,
    differing: (secrets) => changedFiles(held, secrets),
    renew: (secrets) => {
      held = secrets;
      tokens.use(secrets.tokens);
      if (secrets.tls !== undefined) server.renew(secrets.tls);
      warnOf(secrets, log);
    },
  };
}

function changedFiles(before: ApiSecrets, after: ApiSecrets): string[] {
  const differs = (a: readonly string[], b: readonly string[]) => a.join("\n") !== b.join("\n");
  return [
    ...(differs(before.tokens.full, after.tokens.full) ? ["apiTokenFile"] : []),
    ...(differs(before.tokens.read, after.tokens.read) ? ["apiReadTokenFile"] : []),
    ...(before.tls?.cert !== after.tls?.cert ? ["apiCert"] : []),
    ...(before.tls?.key !== after.tls?.key ? ["apiKey"] : []),
  ];
}

function warnOf({ tls }: ApiSecrets, log: DaemonLog): void {
  if (tls?.warning !== undefined) log.note("warn", "warning", tls.warning);
}

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  token: "asked without a token that allows it",
  host: "asked for a host name that is not this node's (--api-host)",
  "web-page": "asked from a web page",
  "too-many": "found too many others",
  "too-large": "sent a request that is too large",
  "too-slow": "sent its request too slowly",
  malformed: "sent what is not HTTP",
  tls: "did not complete the TLS handshake",
};

function noteRefused(log: DaemonLog, reason: RefusalReason, count: number): void {
  const who = count === 1 ? "a client of the API" : `${count} clients of the API`;
  log.note("warn", "client-refused", `${who} ${REFUSALS[reason]}`, { reason, count });
}

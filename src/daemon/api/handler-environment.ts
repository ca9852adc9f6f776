import { resolve } from "node:path";
import type { DaemonReady } from "../daemon-ready.ts";
import type { DaemonSettings } from "../settings.ts";

/**
 * What the operator's commands find in their environment beside the daemon's own: `hearsay` in them asks this node. A variable that
 * the daemon was given itself stays, for where its own address is not the one in its certificate.
 */
export function handlerEnvironment(
  { apiUrl }: Pick<DaemonReady, "apiUrl">,
  { apiTokenFile }: Pick<DaemonSettings, "apiTokenFile">,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  if (apiUrl === null) return {};
  const isGiven = env.HEARSAY_TOKEN_FILE !== undefined || apiTokenFile === null;
  return {
    HEARSAY_ATTACH: apiUrl,
    ...(!isGiven && { HEARSAY_TOKEN_FILE: resolve(apiTokenFile) }),
  };
}

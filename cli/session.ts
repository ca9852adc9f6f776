import {
  type ControlClient,
  type ControlTarget,
  connectControl,
  parseTarget,
} from "../src/control/client.ts";
import { readClientCredentials } from "../src/keys/client-credentials.ts";
import type { AttachArgs } from "./options.ts";
import { type Output, openOutput } from "./output.ts";

/** What a command that asks a node works with. */
export interface Session {
  readonly client: ControlClient;
  readonly output: Output;
}

/** Finds the node to ask. Nothing is dialled before the first question. */
export async function openSession(args: AttachArgs): Promise<Session> {
  const { url, ...credentials } = await chooseTarget(args);
  return { client: connectControl(url, credentials), output: openOutput(args) };
}

const DEFAULT_ATTACH = "http://127.0.0.1:7373";

/**
 * The control API to ask: `--attach`, else `HEARSAY_ATTACH`, else the first running daemon of `hearsay up`, else the
 * default address of a daemon on this machine.
 */
export async function chooseTarget(
  args: AttachArgs,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ControlTarget> {
  return { url: await chooseUrl(args, env), ...readClientCredentials(args, env) };
}

async function chooseUrl({ attach, stateDir }: AttachArgs, env: NodeJS.ProcessEnv) {
  if (attach !== undefined) return parseTarget(attach, "--attach").url;
  const fromEnv = env.HEARSAY_ATTACH;
  if (fromEnv !== undefined && fromEnv !== "") return parseTarget(fromEnv, "HEARSAY_ATTACH").url;
  const { openStateDirectory, stateDirectoryPath } = await import(
    "../src/local/state-directory.ts"
  );
  const first = openStateDirectory(stateDirectoryPath(stateDir, env)).running()[0];
  return first === undefined ? DEFAULT_ATTACH : `http://${first.api}`;
}

import { type ControlClient, connectControl } from "../src/control/client.ts";
import { type AttachArgs, parseAttach } from "./options.ts";
import { type Output, openOutput } from "./output.ts";

/** What a command that asks a node works with. */
export interface Session {
  readonly client: ControlClient;
  readonly output: Output;
}

/** Finds the node to ask. Nothing is dialled before the first question. */
export async function openSession(args: AttachArgs): Promise<Session> {
  return { client: connectControl(await chooseAttach(args)), output: openOutput(args) };
}

const DEFAULT_ATTACH = "http://127.0.0.1:7373";

/**
 * The control API to ask: `--attach`, else `HEARSAY_ATTACH`, else the first running daemon of `hearsay up`, else the
 * default address of a daemon on this machine.
 */
export async function chooseAttach(
  { attach, stateDir }: AttachArgs,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (attach !== undefined) return parseAttach("--attach", attach);
  const fromEnv = env.HEARSAY_ATTACH;
  if (fromEnv !== undefined && fromEnv !== "") return parseAttach("HEARSAY_ATTACH", fromEnv);
  const { openStateDirectory, stateDirectoryPath } = await import(
    "../src/local/state-directory.ts"
  );
  const first = openStateDirectory(stateDirectoryPath(stateDir, env)).running()[0];
  return first === undefined ? DEFAULT_ATTACH : `http://${first.api}`;
}

import { type ControlClient, connectControl } from "../src/control/client.ts";
import { chooseAttach } from "./attach.ts";
import type { AttachArgs } from "./options.ts";
import { type Output, openOutput } from "./output.ts";

/** What a command that asks a node works with. */
export interface Session {
  readonly client: ControlClient;
  readonly output: Output;
}

/** Finds the node to ask. Nothing is dialled before the first question. */
export async function openSession(args: AttachArgs): Promise<Session> {
  const url = await chooseAttach({
    attach: args.attach,
    stateDir: args.stateDir,
    env: process.env,
  });
  return { client: connectControl(url), output: openOutput(args) };
}

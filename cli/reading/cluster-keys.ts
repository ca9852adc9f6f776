import type { ControlClient } from "../../src/control/client.ts";
import type { KeyOutcomeBody } from "../../src/control/encryption-types.ts";
import { describeKeyOutcome, describeKeys } from "../../src/control/key-text.ts";
import { ConditionNotMetError, UsageError } from "../errors.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

/** What `hearsay keys` was asked for. */
export interface KeysArgs {
  readonly action: "list" | "install" | "use" | "remove";
  readonly id?: string | undefined;
}

/** Shows the keys of all members, or makes all do a step. @throws ConditionNotMetError where not all have done it */
export async function changeKeys({ client, output }: Session, args: KeysArgs): Promise<void> {
  const { action, id } = args;
  if (action === "list") {
    const body = await client.keys();
    if (printJson(output, body)) return;
    for (const line of describeKeys(body)) output.data(line);
    return;
  }
  const body = await change(client, action, id);
  const { done, rest } = describeKeyOutcome(action, body);
  if (!printJson(output, body)) output.data(done);
  if (rest !== undefined) throw new ConditionNotMetError(rest);
}

async function change(
  client: ControlClient,
  action: "install" | "use" | "remove",
  id: string | undefined,
): Promise<KeyOutcomeBody> {
  if (action === "install") return client.installKey(id);
  if (id === undefined) {
    throw new UsageError(`keys ${action}: name the id of a key; hearsay keys list shows them`);
  }
  return action === "use" ? client.switchKey(id) : client.removeKey(id);
}

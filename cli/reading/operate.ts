import { formatCount, formatNames } from "../../src/text/quantities.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

/** Makes the attached node say goodbye and end. */
export async function leaveCluster({ client, output }: Session): Promise<void> {
  const { name } = await client.self();
  const body = await client.leave();
  if (printJson(output, body)) return;
  const told = formatCount(body.told, "member");
  output.data(`${name} has left; ${body.acked} of ${told} answered its goodbye`);
}

/** Makes the cluster forget a dead or left member now. */
export async function forgetMember(
  { client, output }: Session,
  { member }: { readonly member: string },
): Promise<void> {
  const body = await client.forget(member);
  if (!printJson(output, body)) output.data(`${body.forgotten} is forgotten`);
}

/** Makes the attached node dial these addresses. */
export async function joinAddresses(
  { client, output }: Session,
  { addresses }: { readonly addresses: readonly string[] },
): Promise<void> {
  const body = await client.join(addresses);
  if (printJson(output, body)) return;
  output.data(`dialling ${formatNames(body.dialled)}; hearsay members shows who answers`);
}

/** Makes the attached node read its settings anew. */
export async function reloadSettings({ client, output }: Session): Promise<void> {
  const body = await client.reload();
  if (printJson(output, body)) return;
  const { changed, needRestart } = body;
  output.data(changed.length === 0 ? "nothing changed" : `changed: ${formatNames(changed)}`);
  if (needRestart.length > 0) output.talk(`Only a restart changes ${formatNames(needRestart)}.`);
}

import { formatCount, formatNames } from "../../src/text/quantities.ts";
import type { Session } from "../session.ts";

/** Makes the attached node say goodbye and end. */
export async function leaveCluster({ client, output }: Session): Promise<void> {
  const { name } = await client.self();
  const body = await client.leave();
  if (output.json) output.data(JSON.stringify(body));
  else
    output.data(
      `${name} has left; ${body.acked} of ${formatCount(body.told, "member")} answered its goodbye`,
    );
}

/** Makes the cluster forget a dead or left member now. */
export async function forgetMember({ client, output }: Session, member: string): Promise<void> {
  const body = await client.forget(member);
  if (output.json) output.data(JSON.stringify(body));
  else output.data(`${body.forgotten} is forgotten`);
}

/** Makes the attached node dial these addresses. */
export async function joinAddresses(
  { client, output }: Session,
  addresses: readonly string[],
): Promise<void> {
  const body = await client.join(addresses);
  if (output.json) output.data(JSON.stringify(body));
  else output.data(`dialling ${formatNames(body.dialled)}; hearsay members shows who answers`);
}

/** Makes the attached node read its settings anew. */
export async function reloadSettings({ client, output }: Session): Promise<void> {
  const body = await client.reload();
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  output.data(
    body.changed.length === 0 ? "nothing changed" : `changed: ${formatNames(body.changed)}`,
  );
  if (body.needRestart.length > 0) {
    output.talk(`Only a restart changes ${formatNames(body.needRestart)}.`);
  }
}

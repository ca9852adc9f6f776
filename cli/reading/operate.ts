import { joinAndWait } from "../../src/control/client/client-join.ts";
import { formatCount, formatNames, formatSpan } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import { ConditionNotMetError, UsageError } from "../errors.ts";
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

/**
 * Makes the attached node dial these addresses, and waits until a member answers.
 *
 * @throws ConditionNotMetError when nobody does in time
 */
export async function joinAddresses(
  { client, output }: Session,
  { addresses, timeout }: { readonly addresses: readonly string[]; readonly timeout: number },
): Promise<void> {
  const { dialled, answered } = await joinAndWait(client, addresses, timeout);
  if (answered.length === 0) {
    throw new ConditionNotMetError(
      `join: nobody answers at ${formatNames(dialled)} within ${formatSpan(timeout)}; the node keeps dialling. ` +
        "Check the address, the port, the cluster's name and key, and firewalls; hearsay doctor looks at them",
    );
  }
  if (printJson(output, { v: 1, dialled, answered })) return;
  output.data(`joined: ${formatNames(answered)} answered at ${formatNames(dialled)}`);
}

/** Makes the attached node read its settings anew. */
export async function reloadSettings({ client, output }: Session): Promise<void> {
  const body = await client.reload();
  if (printJson(output, body)) return;
  const { changed, needRestart } = body;
  output.data(changed.length === 0 ? "nothing changed" : `changed: ${formatNames(changed)}`);
  if (needRestart.length > 0) output.talk(`Only a restart changes ${formatNames(needRestart)}.`);
}

/** What `hearsay maint` was asked for. */
export interface MaintArgs {
  readonly action: "on" | "off" | "show";
  readonly service?: string | undefined;
  readonly reason?: string | undefined;
}

/** Takes services of the attached node out of discovery, with a reason, and back. */
export async function maintain(
  { client, output }: Session,
  { action, service, reason }: MaintArgs,
): Promise<void> {
  if (action === "on" && reason === undefined) {
    throw new UsageError("maint on needs --reason: consumers and colleagues see it");
  }
  const body =
    action === "on"
      ? await client.beginMaintenance({ reason: reason ?? "", service })
      : action === "off"
        ? await client.endMaintenance(service)
        : await client.maintenance();
  if (printJson(output, body)) return;
  const rows = body.maintenance.map((each) => [each.service ?? "(all)", each.since, each.reason]);
  if (rows.length > 0) {
    for (const line of formatTable(["SERVICE", "SINCE", "REASON"], rows)) output.data(line);
    output.talk(`These endpoints of ${body.self} are out of discovery until hearsay maint off.`);
  } else output.talk(`Nothing of ${body.self} is in maintenance.`);
}

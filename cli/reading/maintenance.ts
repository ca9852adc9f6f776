import { formatTable } from "../../src/text/table.ts";
import { UsageError } from "../errors.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";

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

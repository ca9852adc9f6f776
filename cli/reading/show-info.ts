import { formatSettingsManual, pickSettings } from "../../src/daemon/settings/settings-manual.ts";
import { describeInstallation, formatInstallation } from "../../src/local/installation.ts";
import { formatTable } from "../../src/text/table.ts";
import type { AttachArgs } from "../options.ts";
import { openOutput, printJson } from "../output.ts";
import { openSession } from "../session.ts";

/** `hearsay info settings`: what each setting does, what is allowed, and its value in each profile. */
export function showSettings(names: readonly string[], args: AttachArgs): void {
  const output = openOutput(args);
  if (printJson(output, { v: 1, settings: pickSettings(names) })) return;
  for (const line of formatSettingsManual(names)) output.data(line);
}

/** `hearsay info`: this installation, and the node that commands would ask. */
export async function showInstallation(args: AttachArgs): Promise<void> {
  const { client, output } = await openSession(args);
  const found = describeInstallation(args.stateDir, process.env);
  const self = await client.self().catch(() => null);
  if (printJson(output, { v: 1, ...found, attach: client.url, self })) return;
  const node =
    self === null
      ? "no node answers"
      : `${self.name}, version ${self.version}, profile ${self.profile}, cluster ${self.cluster}, ${self.counts.alive} alive`;
  const rows = [...formatInstallation(found), ["attach", `${client.url}: ${node}`]];
  for (const line of formatTable(["", ""], rows).slice(1)) output.data(line);
}

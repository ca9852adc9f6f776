import { onTestFinished } from "vitest";
import type { MemberBody } from "../../src/control/api-types.ts";
import { type ControlClient, connectControl } from "../../src/control/client.ts";
import { type DaemonOptions, startDaemon } from "../../src/daemon/daemon.ts";
import {
  type DaemonSettings,
  resolveSettings,
  type SettingsInput,
} from "../../src/daemon/settings.ts";

/** Settings of a quiet daemon of profile `local` on free ports, unless `flags` say otherwise. */
export function settingsOf(name: string, flags: SettingsInput["flags"] = {}): DaemonSettings {
  const quiet = { profile: "local", log: "json", logLevel: "error" };
  const free = { bind: "127.0.0.1:0", api: "127.0.0.1:0" };
  const given = { name, ...free, ...quiet, ...flags };
  return resolveSettings({ flags: given, env: {}, readFile: () => "" });
}

/** A daemon in this process, and a client of it, until the test has ended. */
export async function start(
  name: string,
  flags: SettingsInput["flags"] = {},
  options: DaemonOptions = {},
) {
  const daemon = await startDaemon(settingsOf(name, flags), options);
  const client = connectControl(daemon.ready.apiUrl ?? "");
  onTestFinished(async () => {
    client.close();
    await daemon.stop();
  });
  return { daemon, client, address: daemon.ready.address };
}

export const isAlive = ({ state }: MemberBody) => state === "alive";

/** Waits until the node knows a member that is alive, or as wanted. */
export async function until(
  client: ControlClient,
  name: string,
  isWanted: (member: MemberBody) => boolean = isAlive,
): Promise<MemberBody> {
  const signal = AbortSignal.timeout(10_000);
  for (let view = await client.members(); ; ) {
    const found = view.members.find((member) => member.name === name);
    if (found !== undefined && isWanted(found)) return found;
    view = await client.members({ index: view.index, waitMs: 5000, startId: view.startId, signal });
  }
}

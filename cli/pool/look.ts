import { join } from "node:path";
import { QUIET_LOG } from "../../src/daemon/daemon-log.ts";
import { startGuest } from "../../src/daemon/guest/guest-daemon.ts";
import {
  type GuestChoices,
  type GuestSettings,
  resolveGuestSettings,
} from "../../src/daemon/guest/guest-settings.ts";
import { withScratchDirectory } from "../../src/files/scratch-directory.ts";
import { loadDashboard } from "../dashboard/load.ts";
import { openDashboard } from "../open-dashboard.ts";

/** What `hearsay look` was asked for. */
export interface LookArgs extends GuestChoices {
  readonly ascii: boolean;
  readonly record?: string | undefined;
  readonly snapshot: boolean;
}

/** The dashboard on a pool, until its reader quits; one frame where there is no terminal. */
export async function look({ ascii, record, snapshot, ...choices }: LookArgs): Promise<void> {
  // The API is this user's alone.
  await withScratchDirectory((directory) => {
    const isWindows = process.platform === "win32";
    const api = isWindows ? "127.0.0.1:0" : `unix:${join(directory, "api.sock")}`;
    return lookThrough(resolveGuestSettings({ ...choices, api }), { ascii, record, snapshot });
  });
}

async function lookThrough(
  settings: GuestSettings,
  args: Pick<LookArgs, "ascii" | "record" | "snapshot">,
): Promise<void> {
  // Loading what draws holds the process for a while, which a guest that looks already would take for a stall.
  await loadDashboard();
  const guest = await startGuest(settings, { log: QUIET_LOG });
  try {
    await guest.firstRound();
    await openDashboard({ attach: guest.apiUrl, ...args });
  } finally {
    await guest.stop();
  }
}

/** A guest in this process, until a signal ends it. */
export async function runGuest(choices: GuestChoices): Promise<void> {
  const guest = await startGuest(resolveGuestSettings(choices), { signals: process });
  const { exitCode } = await guest.done;
  process.exitCode = exitCode;
}

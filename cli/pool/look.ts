import { startGuest } from "../../src/daemon/guest/guest-daemon.ts";
import { type GuestChoices, resolveGuestSettings } from "../../src/daemon/guest/guest-settings.ts";
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
  const settings = resolveGuestSettings({ ...choices, api: "127.0.0.1:0" });
  // Loading what draws holds the process for a while, which a guest that looks already would take for a stall.
  await loadDashboard();
  const guest = await startGuest(settings, { log: QUIET });
  try {
    await guest.firstRound();
    await openDashboard({ attach: guest.apiUrl, ascii, record, snapshot });
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

/** The screen is the dashboard's. */
const QUIET = { event: () => {}, note: () => {}, setLevel: () => {} };

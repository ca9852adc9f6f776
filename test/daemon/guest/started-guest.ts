import { onTestFinished } from "vitest";
import { QUIET_LOG } from "../../../src/daemon/daemon-log.ts";
import { type RunningGuest, startGuest } from "../../../src/daemon/guest/guest-daemon.ts";
import {
  type GuestChoices,
  resolveGuestSettings,
} from "../../../src/daemon/guest/guest-settings.ts";

/** A guest in this process in the pool that has a member at that address, until the test has ended. */
export async function guestAt(
  address: string,
  choices: Partial<GuestChoices> = {},
): Promise<RunningGuest> {
  const settings = resolveGuestSettings({
    ...{ addresses: [address], name: "guest", api: "127.0.0.1:0", ...choices },
  });
  const guest = await startGuest(settings, { log: QUIET_LOG });
  onTestFinished(() => guest.stop());
  return guest;
}

import type { EventBody } from "../../src/control/api-types.ts";
import { formatEvent } from "../format/events.ts";
import { formatMembersSummary } from "../format/members.ts";
import type { Session } from "../session.ts";
import { ConnectionNotes } from "./connection-notes.ts";

/** Where the events begin: behind an index of the node's stream, or so long ago. */
export type Since = { readonly index: number } | { readonly agoMs: number };

export interface EventsChoice {
  readonly follow: boolean;
  /** Undefined: all that the node still holds, or with `follow` what happens from now on. */
  readonly since: Since | undefined;
}

/** Prints the event stream of the attached node. */
export async function showEvents(
  { client, output }: Session,
  { follow, since }: EventsChoice,
): Promise<void> {
  const fromNow = follow && since === undefined;
  const index = since !== undefined && "index" in since ? since.index : 0;
  const earliestMs = since !== undefined && "agoMs" in since ? Date.now() - since.agoMs : 0;
  let told = 0;
  const notes = new ConnectionNotes(output);
  // A node that never answered is told as such; one that is followed is waited for.
  if (follow) await client.self();
  if (fromNow) output.talk(`Following the events of ${client.url}; Ctrl-C ends.`);
  const stream = client.events({
    follow,
    ...(fromNow ? {} : { since: index }),
    reconnect: follow,
    onConnection: ({ error }) => (error === undefined ? notes.back() : notes.lost(error.message)),
  });
  for await (const item of stream) {
    if ("snapshot" in item) {
      output.talk(
        `The events before are not held, as after a restart; now ${formatMembersSummary(item.snapshot)}.`,
      );
    } else if (Date.parse(item.event.time) >= earliestMs) {
      output.data(formatItem(item.event));
      told += 1;
    }
  }
  if (told === 0) output.talk("No event in that time; hearsay events --follow waits for the next.");

  function formatItem(event: EventBody): string {
    return output.json ? JSON.stringify(event) : formatEvent(output.style, event);
  }
}

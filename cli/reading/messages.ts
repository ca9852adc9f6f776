import type { EventBody } from "../../src/control/api-types.ts";
import type {
  MemberAnswer,
  QueryBody,
  QueryRequest,
  UserEventRequest,
} from "../../src/control/message-types.ts";
import { formatCount, formatMillis, formatNames } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import { formatEvent } from "../format/events.ts";
import { formatMembersSummary } from "../format/members.ts";
import type { Session } from "../session.ts";
import { ConnectionNotes } from "./connection-notes.ts";

/** Tells all nodes, the attached one included, that something happened. */
export async function tellEvent(
  { client, output }: Session,
  event: UserEventRequest,
): Promise<void> {
  const body = await client.tell(event);
  if (output.json) output.data(JSON.stringify(body));
  else output.talk(`${body.told} is on its way; hearsay events shows it at any node`);
}

/** Asks all nodes and prints the answers. */
export async function askQuery({ client, output }: Session, query: QueryRequest): Promise<void> {
  const body = await client.ask(query);
  if (output.json) {
    output.data(JSON.stringify(body));
    return;
  }
  if (body.answers.length > 0) {
    for (const line of formatTable(COLUMNS, body.answers.flatMap(rowsOf))) output.data(line);
  }
  output.talk(summary(body));
}

const COLUMNS = [
  { title: "MEMBER" },
  { title: "AFTER", align: "right" },
  { title: "ANSWER" },
] as const;

/** An answer of several lines has as many rows. */
function rowsOf({ member, answer, tookMs }: MemberAnswer): string[][] {
  const [first = "", ...others] = answer.split("\n").map(printable);
  return [[member, formatMillis(tookMs), first], ...others.map((line) => ["", "", line])];
}

function summary({ name, answers, declined, silent }: QueryBody): string {
  const parts = [formatCount(answers.length, "answer")];
  if (declined.length > 0) parts.push(`no answer to ${name} at ${formatNames(declined)}`);
  if (answers.length === 0) parts.push(`--on-query '${name}=command' makes a daemon answer it`);
  if (silent.length > 0) parts.push(`nothing came from ${formatNames(silent)}`);
  return parts.join("; ");
}

/** An answer comes from another machine: it must not move this terminal's cursor. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}]/gu, (character) => (character === "\t" ? " " : "�"));
}

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

import type { MemberAnswer, QueryBody } from "../../src/control/message-types.ts";
import { isWanted, parseEventKinds } from "../../src/events/pick-events.ts";
import { formatCount, formatMillis, formatNames } from "../../src/text/quantities.ts";
import { formatTable, right } from "../../src/text/table.ts";
import { formatEvent } from "../format/events.ts";
import { formatMembersSummary } from "../format/members.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { dialAgain } from "./connection-notes.ts";

/** What `hearsay event` was asked for. */
export interface EventArgs {
  readonly name: string;
  readonly payload?: string | undefined;
}

/** Tells all nodes, the attached one included, that something happened. */
export async function tellEvent(
  { client, output }: Session,
  { name, payload }: EventArgs,
): Promise<void> {
  const body = await client.tell({ name, payload });
  if (printJson(output, body)) return;
  output.talk(`${body.told} is on its way; hearsay events shows it at any node`);
}

/** What `hearsay query` was asked for. */
export interface QueryArgs extends EventArgs {
  readonly timeout: number;
}

/** Asks all nodes and prints the answers. */
export async function askQuery(
  { client, output }: Session,
  { name, payload, timeout: timeoutMs }: QueryArgs,
): Promise<void> {
  const body = await client.ask({ name, payload, timeoutMs });
  if (printJson(output, body)) return;
  if (body.answers.length > 0) {
    for (const line of formatTable(COLUMNS, body.answers.flatMap(rowsOf))) output.data(line);
  }
  output.talk(summary(body));
}

const COLUMNS = ["MEMBER", right("AFTER"), "ANSWER"];

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

/** What `hearsay events` was asked for. */
export interface EventsArgs {
  readonly follow: boolean;
  /** Undefined: all that the node still holds, or with `follow` what happens from now on. */
  readonly since?: Since | undefined;
  readonly member?: string | undefined;
  /** Only these kinds; empty for all. */
  readonly kind: readonly string[];
}

/** Prints the event stream of the attached node. */
export async function showEvents(
  { client, output }: Session,
  { follow, since, member, kind }: EventsArgs,
): Promise<void> {
  const choice = { member, kinds: parseEventKinds("--kind", kind) };
  const fromNow = follow && since === undefined;
  const index = since !== undefined && "index" in since ? since.index : 0;
  const earliestMs = since !== undefined && "agoMs" in since ? Date.now() - since.agoMs : 0;
  let told = 0;
  // A node that never answered is told as such; one that is followed is waited for.
  if (follow) await client.self();
  if (fromNow) output.talk(`Following the events of ${client.url}; Ctrl-C ends.`);
  const stream = client.events({
    follow,
    ...(fromNow ? {} : { since: index }),
    ...(follow ? dialAgain(output) : {}),
  });
  for await (const item of stream) {
    if ("snapshot" in item) {
      output.talk(
        `The events before are not held, as after a restart; now ${formatMembersSummary(item.snapshot)}.`,
      );
    } else if (Date.parse(item.event.time) >= earliestMs && isWanted(item.event, choice)) {
      if (!printJson(output, item.event)) output.data(formatEvent(output.style, item.event));
      told += 1;
    }
  }
  if (told === 0) output.talk("No such event; hearsay events --follow waits for the next.");
}

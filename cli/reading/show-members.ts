import { setTimeout as pause } from "node:timers/promises";
import type { MembersBody } from "../../src/control/api-types.ts";
import { type MembersAnswer, NodeUnreachableError } from "../../src/control/client.ts";
import type { ShownState } from "../../src/control/shown-states.ts";
import type { Tags } from "../../src/core/member.ts";
import { formatFaultsBadge, formatMembers, formatMembersSummary } from "../format/members.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { ConnectionNotes } from "./connection-notes.ts";

/** What `hearsay members` was asked for. */
export interface MembersArgs {
  readonly watch: boolean;
  /** Only members in one of these states; empty for all. */
  readonly status: readonly ShownState[];
  readonly service?: string | undefined;
  /** Only members with all of these tags, each `key=value` or `key`. */
  readonly tag: readonly string[];
}

const REFRESH_MS = 500;
const LONG_POLL_MS = 30_000;
const RETRY_MS = 500;

/** Lists the members as the attached node sees them, once or with every change. */
export async function showMembers(session: Session, choice: MembersArgs): Promise<void> {
  if (!choice.watch) return showOnce(session, choice);
  if (session.output.isTerminal && !session.output.json) return refreshOnTerminal(session, choice);
  return tellChanges(session, choice);
}

/** The answer with the members that were asked for alone. */
function pickMembers<Body extends MembersBody>(
  body: Body,
  { status, service, tag }: MembersArgs,
): Body {
  const members = body.members.filter(
    ({ state, services, tags }) =>
      tag.every((wanted) => hasTag(tags, wanted)) &&
      (status.length === 0 || status.includes(state)) &&
      (service === undefined || services.some(({ name }) => name === service)),
  );
  return { ...body, members };
}

function hasTag(tags: Tags, wanted: string): boolean {
  const [key = "", ...value] = wanted.split("=");
  return value.length === 0 ? Object.hasOwn(tags, key) : tags[key] === value.join("=");
}

async function showOnce({ client, output }: Session, choice: MembersArgs): Promise<void> {
  const [{ startId: _, ...body }, self] = await Promise.all([client.members(), client.self()]);
  const picked = pickMembers(body, choice);
  if (printJson(output, picked)) return;
  if (picked.members.length > 0) {
    for (const line of formatMembers(output.style, picked, self.phiSuspect)) output.data(line);
  }
  output.talk(formatMembersSummary(body));
  const badge = formatFaultsBadge(self);
  if (badge !== undefined) output.talk(badge);
  output.talk(hintFor(body, picked.members.length));
}

/** What to do next, where the list is empty or says little; an empty line is not printed by terminals as a fault. */
function hintFor(body: MembersBody, picked: number): string {
  if (picked === 0)
    return "No member fits the filter; leave out --status, --service and --tag to see all.";
  if (body.members.length === 1) {
    return "It is alone: start another with hearsay start --join, or make it join one with hearsay join.";
  }
  return "hearsay explain <member> tells why a member is what it is.";
}

async function tellChanges(session: Session, choice: MembersArgs): Promise<void> {
  const { client, output } = session;
  const { phiSuspect } = await client.self();
  let told: string | undefined;
  const notes = new ConnectionNotes(output);
  for await (const seen of followMembers(session, LONG_POLL_MS)) {
    if ("lost" in seen) {
      notes.lost(seen.lost.message);
      continue;
    }
    notes.back();
    const { startId: _, ...body } = seen;
    const picked = pickMembers(body, choice);
    const signature = signatureOf(picked);
    if (signature === told) continue;
    told = signature;
    if (printJson(output, picked)) continue;
    for (const line of formatMembers(output.style, picked, phiSuspect)) output.data(line);
    output.data("");
  }
}

async function refreshOnTerminal(session: Session, choice: MembersArgs): Promise<void> {
  const { openLiveScreen } = await import("./live-screen.ts");
  const { phiSuspect } = await session.client.self();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const screen = openLiveScreen(process.stdout);
  let lines: readonly string[] = [];
  try {
    for await (const body of followMembers(session, REFRESH_MS, stopping.signal)) {
      if ("lost" in body) {
        screen.draw([`${body.lost.message.split(";")[0]}; waiting for it`, ...lines]);
        continue;
      }
      const picked = pickMembers(body, choice);
      const table = formatMembers(session.output.style, picked, phiSuspect);
      const badge = formatFaultsBadge(await session.client.self());
      const top = [formatMembersSummary(body), ...(badge === undefined ? [] : [badge])];
      lines = [...top, "", ...table, "", "Ctrl-C ends"];
      screen.draw(lines);
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    screen.close();
  }
}

/**
 * The members now, and again whenever something happened, at the latest after `waitMs`; and each failure of a node that has
 * answered once, which is asked again until it answers.
 */
async function* followMembers(
  { client }: Session,
  waitMs: number,
  signal?: AbortSignal,
): AsyncGenerator<MembersAnswer | { readonly lost: NodeUnreachableError }> {
  let answer = await client.members();
  yield answer;
  while (true) {
    try {
      const { index, startId } = answer;
      answer = await client.members({ index, startId, waitMs, ...(signal && { signal }) });
      yield answer;
    } catch (error) {
      if (!(error instanceof NodeUnreachableError)) throw error;
      yield { lost: error };
      await pause(RETRY_MS, undefined, { signal });
    }
  }
}

/** What has to differ for a list to be told again: not the phis, which move all the time. */
function signatureOf(body: Pick<MembersBody, "members" | "isolated">): string {
  const members = body.members.map(({ name, state, incarnation }) => [name, state, incarnation]);
  return JSON.stringify([body.isolated, members]);
}

import { setTimeout as pause } from "node:timers/promises";
import {
  evaluateWait,
  type WaitCondition,
  type WaitStatus,
} from "../../src/control/client/wait-condition.ts";
import { NodeUnreachableError } from "../../src/control/client.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import { printJson } from "../output.ts";
import type { Session } from "../session.ts";
import { ConnectionNotes } from "./connection-notes.ts";

const LONG_POLL_MS = 20_000;
const VIEWS_WAIT_MS = 250;
const RETRY_MS = 200;

/**
 * Waits until all conditions hold at once, looking anew whenever something happens at the node, and for the node too while
 * it does not answer.
 *
 * @throws ConditionNotMetError when `timeoutMs` passes before, NodeUnreachableError when no node answers then
 */
export async function waitFor(
  findNode: () => Promise<Session>,
  conditions: readonly WaitCondition[],
  timeoutMs: number,
): Promise<void> {
  const startMs = performance.now();
  const leftMs = () => Math.ceil(timeoutMs - (performance.now() - startMs));
  const notes = new ConnectionNotes((await findNode()).output);
  while (true) {
    try {
      // Anew each time: the first daemon of `hearsay up` may not be up yet.
      return await waitAtNode(await findNode(), conditions, { startMs, timeoutMs, leftMs, notes });
    } catch (error) {
      if (!(error instanceof NodeUnreachableError) || leftMs() <= 0) throw error;
      notes.lost(error.message);
      await pause(Math.max(0, Math.min(RETRY_MS, leftMs())));
    }
  }
}

interface Patience {
  readonly startMs: number;
  readonly timeoutMs: number;
  readonly leftMs: () => number;
  readonly notes: ConnectionNotes;
}

async function waitAtNode(
  { client, output }: Session,
  conditions: readonly WaitCondition[],
  { startMs, timeoutMs, leftMs, notes }: Patience,
): Promise<void> {
  const needsViews = conditions.some((condition) => condition.kind === "converged");
  let members = await client.members();
  notes.back();
  while (true) {
    const views = needsViews
      ? await client.views({ waitMs: Math.max(0, Math.min(VIEWS_WAIT_MS, leftMs())) })
      : undefined;
    const judgements = conditions.map((condition) => evaluateWait(condition, members, views));
    const unmet = judgements.filter((judgement) => !judgement.isMet);
    if (unmet.length === 0) return tell(judgements);
    if (leftMs() <= 0) {
      throw new ConditionNotMetError(
        `not within ${formatSpan(timeoutMs)}, as ${members.self} sees it: ${join(unmet)}`,
      );
    }
    // Where views are missing, the answers to our asking are no change of the members: ask again soon.
    const patienceMs = needsViews ? VIEWS_WAIT_MS : LONG_POLL_MS;
    const waitMs = Math.max(1, Math.min(patienceMs, leftMs()));
    members = await client.members({ index: members.index, startId: members.startId, waitMs });
  }

  function tell(judgements: readonly WaitStatus[]): void {
    const tookMs = Math.round(performance.now() - startMs);
    const finding = join(judgements);
    if (printJson(output, { v: 1, self: members.self, met: true, tookMs, finding })) return;
    output.data(`${finding}, after ${formatSpan(tookMs)}`);
  }
}

function join(judgements: readonly WaitStatus[]): string {
  return judgements.map((judgement) => judgement.finding).join("; ");
}

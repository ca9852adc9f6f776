import { ConditionNotMetError } from "../errors.ts";
import { formatSpan } from "../format/quantities.ts";
import type { Session } from "../session.ts";
import { type Condition, judgeCondition, type Verdict } from "./condition.ts";

const LONG_POLL_MS = 20_000;
const VIEWS_WAIT_MS = 250;

/**
 * Waits until all conditions hold at once, looking anew whenever something happens at the node.
 *
 * @throws ConditionNotMetError when `timeoutMs` passes before
 */
export async function waitFor(
  { client, output }: Session,
  conditions: readonly Condition[],
  timeoutMs: number,
): Promise<void> {
  const startMs = performance.now();
  const leftMs = () => Math.ceil(timeoutMs - (performance.now() - startMs));
  const needsViews = conditions.some((condition) => condition.kind === "converged");
  let members = await client.members();
  while (true) {
    const views = needsViews
      ? await client.views({ waitMs: Math.max(0, Math.min(VIEWS_WAIT_MS, leftMs())) })
      : undefined;
    const verdicts = conditions.map((condition) => judgeCondition(condition, members, views));
    const unmet = verdicts.filter((verdict) => !verdict.isMet);
    if (unmet.length === 0) return tell(verdicts);
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

  function tell(verdicts: readonly Verdict[]): void {
    const tookMs = Math.round(performance.now() - startMs);
    if (output.json) {
      output.data(
        JSON.stringify({ v: 1, self: members.self, met: true, tookMs, finding: join(verdicts) }),
      );
    } else {
      output.data(`${join(verdicts)}, after ${formatSpan(tookMs)}`);
    }
  }
}

function join(verdicts: readonly Verdict[]): string {
  return verdicts.map((verdict) => verdict.finding).join("; ");
}

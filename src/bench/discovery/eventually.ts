import { setTimeout as pause } from "node:timers/promises";
import { ConditionNotMetError } from "../../core/errors.ts";
import { formatSpan } from "../../text/quantities.ts";

const LOOK_MS = 20;

/**
 * Looks again and again until `holds`, and tells how long that took in ms. It is for what stands beside the cluster: a load
 * balancer, a file, what a node answers its consumers. What nodes believe is told by their events, and
 * `ObservedCluster` waits for it.
 *
 * @throws ConditionNotMetError naming `what` when it does not come about within the time
 */
export async function eventually(
  what: string,
  withinMs: number,
  holds: () => Promise<boolean>,
): Promise<number> {
  const beginMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - beginMs > withinMs) {
      throw new ConditionNotMetError(`not within ${formatSpan(withinMs)}: ${what}`);
    }
    await pause(LOOK_MS);
  }
  return performance.now() - beginMs;
}

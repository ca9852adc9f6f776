import type { Millis } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";

/** A round is tried again this often before a missing nack no longer holds the accusation back. */
export const ROUND_REPEATS_MAX = 2;

/** What is known when a probe round ends without an answer. */
export interface RoundFacts {
  readonly isPair: boolean;
  /** This node knows that it is cut off. */
  readonly isIsolated: boolean;
  /** Somebody other than the subject was heard since the round began. */
  readonly heardOther: boolean;
  /** Helpers that said that they could not reach the subject, either. */
  readonly nacks: number;
  /** How often the round was tried again. */
  readonly repeats: number;
}

/**
 * A pair: of two members there is no third to vouch for either, so gates that need one do not
 * apply.
 */
export function isPair(table: Pick<MembershipTable, "presentCount">): boolean {
  return table.presentCount === 2;
}

/**
 * The connectivity gate: who may accuse of silence (docs/protocol.md §12, rule 10; own, shown by
 * `scenarios/isolate-one.yaml`). A node does so only if the fault is not likely its own: somebody
 * else was heard since the round began, and a helper could not reach the subject either. Dead
 * helpers cannot say so: after two repeats hearing somebody else is enough. How a node knows that
 * it is cut off stands in `isolation.ts`. While it is, silence does not confirm a death that others
 * declare either (`suspicion/death-checks.ts`, rule 33), and a lone refusal ends no member
 * (`suspicion/refusal-quorum.ts`, rule 34).
 */
export function mayAccuse(facts: RoundFacts): "accused" | "repeated" | "withheld" {
  if (facts.isPair) return "accused";
  if (facts.isIsolated) return "withheld";
  if (facts.heardOther && facts.nacks > 0) return "accused";
  if (facts.repeats < ROUND_REPEATS_MAX) return "repeated";
  return facts.heardOther ? "accused" : "withheld";
}

/**
 * The gate for a refusal: it is a fact, which needs nobody else to vouch for it. Only an isolated
 * node does not accuse of it (docs/protocol.md §12, rule 37). How many refusals an accusation needs,
 * and which do not count, stands in `kernels.ts` (rules 7 and 35). An answered connect has no gate,
 * because it accuses no member anew: it says of a silence that is accused of already which kind it
 * is (rule 40), and an isolated node says so, too.
 */
export function mayAccuseOfRefusal(isIsolated: boolean): boolean {
  return !isIsolated;
}

/**
 * The gate before a death (docs/protocol.md §12, rule 11; own, shown by
 * `scenarios/stall-the-accuser.yaml`). A node that is isolated, or has not heard any member for a
 * period, does not declare on silence: the fault may be its own. Refusals of two are a fact: they do
 * not come here (`suspicion/verdict.ts`).
 */
export function mayDeclare(
  facts: {
    readonly isPair: boolean;
    readonly isIsolated: boolean;
    /** When anybody was heard last. */
    readonly anybodyHeardAt: Millis | undefined;
    readonly probeIntervalMs: Millis;
  },
  now: Millis,
): boolean {
  if (facts.isPair) return true;
  const { isIsolated, anybodyHeardAt, probeIntervalMs } = facts;
  return !isIsolated && anybodyHeardAt !== undefined && now - anybodyHeardAt <= probeIntervalMs;
}

import { isOfGoneProcess, type MemberName, type Millis } from "../member.ts";
import type { Member } from "../membership/table.ts";
import type { Accusation } from "./suspicion.ts";
import type { SuspicionContext } from "./suspicion-context.ts";

/**
 * A refusal needs two: distinct accusers whose ping or connect was refused (docs/protocol.md §12,
 * rule 7; own, shown by `scenarios/crash-one.yaml`). Each accuser needs two refusals in a row, or
 * one after a FIN (`detection/kernels.ts`). Then only a node that was refused itself declares, after
 * a grace (`verdict-deadlines.ts`). One accuser is enough only in a pair, or where no other observer
 * could be the second (rule 34), which is looked at only where it matters: suspicions are evaluated
 * all the time.
 *
 * @param refused how many accusers were refused
 */
export function isRefusalQuorum(
  refused: number,
  isPair: boolean,
  needsSecond: () => boolean,
): boolean {
  if (refused === 1) return isPair || !needsSecond();
  return refused > 1;
}

/**
 * Whether another observer could speak, so that its refusal has to be waited for. That this node
 * suspects it is not a fact about it; what this node measures and what others say of it is
 * (docs/protocol.md §12, rules 34 and 35; own, shown by `hearsay sim --swarm --story
 * rejecting-filter`).
 */
export function needsSecondRefusal(
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): boolean {
  if (context.isIsolated() || context.doubtsRefusals(now)) return true;
  const maySpeak = (name: MemberName): boolean =>
    !context.isSilent(name, now) &&
    !context.isRefused(name, now) &&
    !context.isAccusedByOthers(name);
  return context.observers
    .observersOf(subject)
    .some(({ name }) => name !== context.selfName && maySpeak(name));
}

/** The accusers that saw that the process is gone. */
export function refusedOf(accusations: readonly Accusation[]): readonly Accusation[] {
  return accusations.filter(({ update }) => isOfGoneProcess(update.evidence));
}

/** Those of them that saw its wire end, too. */
export function crashedOf(accusations: readonly Accusation[]): readonly Accusation[] {
  return accusations.filter(({ update }) => update.evidence === "crashed");
}

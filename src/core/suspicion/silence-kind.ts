import type { AccusationReason, KindOfSilence } from "../member.ts";
import type { Accusation } from "./suspicion.ts";

/** Accusers whose connects stayed unanswered, too, before the host counts as unreachable. */
const UNREACHABLE_FOR = 2;

/**
 * What the accusers know together of a silence (docs/protocol.md §12, rule 40; own, shown by
 * `scenarios/freeze-and-return.yaml`). One that heard the kernel outweighs all that did not: the
 * host and its path are there. That nobody hears the kernel needs two, because one path alone can
 * be broken; in a pair there is one.
 */
export function silenceKindOf(accusations: readonly Accusation[], isPair: boolean): KindOfSilence {
  const count = (kind: KindOfSilence): number =>
    accusations.filter(({ update }) => update.evidence === kind).length;
  if (count("frozen") > 0) return "frozen";
  return count("unreachable") >= (isPair ? 1 : UNREACHABLE_FOR) ? "unreachable" : "silence";
}

/** The same where some may have seen that the process is gone; null where nobody accuses. */
export function kindOf(
  accusations: readonly Accusation[],
  isPair: boolean,
): AccusationReason | null {
  if (accusations.length === 0) return null;
  const has = (kind: AccusationReason): boolean =>
    accusations.some(({ update }) => update.evidence === kind);
  if (has("crashed")) return "crashed";
  return has("refused") ? "refused" : silenceKindOf(accusations, isPair);
}

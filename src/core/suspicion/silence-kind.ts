import { type AccusationUpdate, isOfGoneProcess, type KindOfSilence } from "../member.ts";
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

/**
 * Whether an accuser knows something else by now. That the process is gone stands against all that
 * is known of its silence; of two kinds of silence that of the longer one counts, whose phi is
 * higher, in whatever order they arrive.
 */
export function isNewer(update: AccusationUpdate, known: AccusationUpdate): boolean {
  if (update.evidence === known.evidence || known.evidence === "crashed") return false;
  if (isOfGoneProcess(update.evidence)) return true;
  return !isOfGoneProcess(known.evidence) && update.phi > known.phi;
}

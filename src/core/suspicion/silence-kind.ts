import type { AccusationReason } from "../member.ts";
import type { Accusation } from "./suspicion.ts";

/** The kinds that silence itself can have; that a process is gone is judged apart. */
export type KindOfSilence = Extract<AccusationReason, "silence" | "unreachable" | "frozen">;

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

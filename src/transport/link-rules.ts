import type { MemberName, Millis } from "../core/member.ts";
import { chance, type Rng } from "../core/primitives/rng.ts";

/** Members of one end of a link; `*` is everybody, also those whose name is not known yet. */
export type LinkEnd = readonly MemberName[] | "*";

/**
 * A fault on the links from each member of `from` to each member of `to`, in that direction alone.
 * What is left out does nothing. Probabilities are from 0 to 1 and are drawn for each datagram.
 */
export interface LinkRule {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  /** Probability of being dropped; 1 is a cut link. */
  readonly drop?: number;
  /** Whether the sender hears of what is dropped, as from a filter that answers "port unreachable". */
  readonly reject?: boolean;
  /** Every datagram travels so much longer ... */
  readonly delayMs?: Millis;
  /** ... and uniformly up to so much longer still, so that one can overtake another. */
  readonly jitterMs?: Millis;
  /** Probability of arriving twice, each copy with a delay of its own. */
  readonly duplicate?: number;
  /** Probability of being held back, uniformly up to `reorderMs`, while later ones pass. */
  readonly reorder?: number;
  /** Only together with `reorder`. */
  readonly reorderMs?: Millis;
}

/** A partition, a slow node or a lossy network as data: what one world does, another can repeat. */
export type LinkRules = readonly LinkRule[];

/** All rules of one link taken together. */
export type LinkFault = Required<Omit<LinkRule, "from" | "to">>;

/** How long a datagram is held back at most where a rule says only how often. */
export const REORDER_MS_DEFAULT: Millis = 50;

/** A link that does what it should. */
export const NO_FAULT: LinkFault = Object.freeze({
  drop: 0,
  reject: false,
  delayMs: 0,
  jitterMs: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 0,
});

/**
 * What happens on the link from one member to another; undefined where no rule speaks of it.
 *
 * A datagram passes every rule of its link, one after another, whatever their order: delays add up,
 * and it gets through only where each of them lets it through. `to` is undefined for an address
 * whose member is not known.
 */
export function linkFault(
  rules: LinkRules,
  from: MemberName,
  to: MemberName | undefined,
): LinkFault | undefined {
  const own = rules.filter((rule) => isAt(rule.from, from) && isAt(rule.to, to));
  return own.length === 0 ? undefined : own.reduce(inSeries, NO_FAULT);
}

/**
 * How much later each copy of one datagram leaves: no entry when it is dropped, two when it is
 * duplicated.
 */
export function drawDelaysMs(fault: LinkFault, rng: Rng): readonly Millis[] {
  if (happens(fault.drop, rng)) return [];
  const first = drawDelayMs(fault, rng);
  return happens(fault.duplicate, rng) ? [first, drawDelayMs(fault, rng)] : [first];
}

/** How much later something that is not dropped arrives. */
export function drawDelayMs(
  { delayMs, jitterMs, reorder, reorderMs }: LinkFault,
  rng: Rng,
): Millis {
  const jittered = jitterMs === 0 ? delayMs : delayMs + jitterMs * rng.next();
  return happens(reorder, rng) ? jittered + reorderMs * rng.next() : jittered;
}

/** Draws. Certainty draws nothing, so that a cut link changes no other link's luck. */
export function happens(probability: number, rng: Rng): boolean {
  return probability >= 1 || (probability > 0 && chance(rng, probability));
}

function isAt(end: LinkEnd, name: MemberName | undefined): boolean {
  return end === "*" || (name !== undefined && end.includes(name));
}

function inSeries(fault: LinkFault, rule: LinkRule): LinkFault {
  const { drop = 0, reject = false, delayMs = 0, jitterMs = 0, duplicate = 0, reorder = 0 } = rule;
  const { reorderMs = reorder === 0 ? 0 : REORDER_MS_DEFAULT } = rule;
  return {
    drop: either(fault.drop, drop),
    reject: fault.reject || reject,
    delayMs: fault.delayMs + delayMs,
    jitterMs: fault.jitterMs + jitterMs,
    duplicate: either(fault.duplicate, duplicate),
    reorder: either(fault.reorder, reorder),
    reorderMs: Math.max(fault.reorderMs, reorderMs),
  };
}

/** Probability that at least one of two independent things happens. */
export function either(a: number, b: number): number {
  return a + b - a * b;
}

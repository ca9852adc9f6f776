import type { Millis } from "../../core/member.ts";
import { type LinkRules, linkFault } from "../../transport/link-rules.ts";

interface Epoch {
  readonly fromMs: Millis;
  /** Nodes on one side have the same one. */
  readonly sides: ReadonlyMap<string, number>;
}

/** A span of time, in the cluster's own time. */
export interface Stretch {
  readonly fromMs: Millis;
  /** Infinite: it lasts. */
  readonly untilMs: Millis;
}

/**
 * When nodes were on different sides: no way of whole links led from one to the other, not even
 * through others. Who merely lost a path of its own is not cut off.
 */
export class PartitionHistory {
  private readonly nodes: readonly string[];
  private readonly epochs: Epoch[] = [];

  constructor(nodes: readonly string[]) {
    this.nodes = nodes;
  }

  setLinks(rules: LinkRules, nowMs: Millis): void {
    this.epochs.push({ fromMs: nowMs, sides: sidesOf(this.nodes, rules) });
  }

  between(a: string, b: string): Stretch[] {
    const apart: Stretch[] = [];
    for (const [at, { fromMs, sides }] of this.epochs.entries()) {
      if (sides.get(a) === sides.get(b)) continue;
      const untilMs = this.epochs[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
      const last = apart.at(-1);
      if (last?.untilMs === fromMs) apart[apart.length - 1] = { ...last, untilMs };
      else apart.push({ fromMs, untilMs });
    }
    return apart;
  }
}

function sidesOf(nodes: readonly string[], rules: LinkRules): ReadonlyMap<string, number> {
  const sides = new Map<string, number>();
  for (const [side, first] of nodes.entries()) {
    const waiting = sides.has(first) ? [] : [first];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      sides.set(node, side);
      for (const other of nodes) {
        if (!sides.has(other) && isWhole(rules, node, other)) waiting.push(other);
      }
    }
  }
  return sides;
}

function isWhole(rules: LinkRules, a: string, b: string): boolean {
  return linkFault(rules, a, b)?.drop !== 1 && linkFault(rules, b, a)?.drop !== 1;
}

import type { Millis } from "../../core/member.ts";
import { type LinkRules, linkFault } from "../../transport/link-rules.ts";

/** A time in which a process could not be heard, or a link was cut. */
interface Obstacle {
  readonly fromMs: Millis;
  /** Something went wrong; not so before a process first starts. */
  readonly isFault: boolean;
  /** Undefined: it still is. */
  untilMs: Millis | undefined;
}

/**
 * What really kept nodes from each other, and since when: the measure for what they believe.
 * Lossy and slow links are no obstacle; a cut one is, in whichever direction.
 */
export class FaultHistory {
  private readonly ofNode = new Map<string, Obstacle[]>();
  private readonly ofPair = new Map<string, Obstacle[]>();
  private readonly nodes: readonly string[];

  /** Nobody has started yet. */
  constructor(nodes: readonly string[]) {
    this.nodes = nodes;
    for (const node of nodes) begin(this.ofNode, node, { fromMs: 0, isFault: false });
  }

  /** The node does not run, or stands still. */
  beginAt(node: string, nowMs: Millis): void {
    begin(this.ofNode, node, { fromMs: nowMs, isFault: true });
  }

  endAt(node: string, nowMs: Millis): void {
    end(this.ofNode, node, nowMs);
  }

  /** The faults of links changed. */
  setLinks(rules: LinkRules, nowMs: Millis): void {
    for (const [at, a] of this.nodes.entries()) {
      for (const b of this.nodes.slice(at + 1)) {
        const isCut = linkFault(rules, a, b)?.drop === 1 || linkFault(rules, b, a)?.drop === 1;
        if (isCut) begin(this.ofPair, pairOf(a, b), { fromMs: nowMs, isFault: true });
        else end(this.ofPair, pairOf(a, b), nowMs);
      }
    }
  }

  /** Since when nothing keeps the two apart; undefined where something does. */
  clearSince(viewer: string, subject: string): Millis | undefined {
    let sinceMs = 0;
    for (const { untilMs } of this.between(viewer, subject)) {
      if (untilMs === undefined) return undefined;
      sinceMs = Math.max(sinceMs, untilMs);
    }
    return sinceMs;
  }

  /** When the newest thing began that keeps the subject from the viewer; undefined for none. */
  causeOf(viewer: string, subject: string): Millis | undefined {
    return newest(this.between(viewer, subject).filter(({ untilMs }) => untilMs === undefined));
  }

  /**
   * When the newest fault began that keeps the two apart, or did so at `afterMs` or later; undefined
   * for none. A slow or lossy link is none either.
   */
  lastCauseOf(viewer: string, subject: string, afterMs: Millis): Millis | undefined {
    return newest(this.faultsAfter(viewer, subject, afterMs));
  }

  /**
   * When the last fault between the two was over, if one lasted until `afterMs` or later; undefined
   * for none, and while something keeps them apart.
   */
  returnOf(viewer: string, subject: string, afterMs: Millis): Millis | undefined {
    const isReturn = this.faultsAfter(viewer, subject, afterMs).length > 0;
    return isReturn ? this.clearSince(viewer, subject) : undefined;
  }

  private faultsAfter(viewer: string, subject: string, afterMs: Millis): readonly Obstacle[] {
    return this.between(viewer, subject).filter(
      ({ isFault, untilMs }) => isFault && (untilMs === undefined || untilMs >= afterMs),
    );
  }

  /** Only what is the subject's own, or between the two: a viewer that slept blames nobody. */
  private between(viewer: string, subject: string): readonly Obstacle[] {
    return [
      ...(this.ofNode.get(subject) ?? []),
      ...(this.ofPair.get(pairOf(viewer, subject)) ?? []),
    ];
  }
}

function begin(
  obstacles: Map<string, Obstacle[]>,
  key: string,
  obstacle: Pick<Obstacle, "fromMs" | "isFault">,
): void {
  const own = obstacles.get(key) ?? [];
  if (own.at(-1) !== undefined && own.at(-1)?.untilMs === undefined) return;
  obstacles.set(key, [...own, { ...obstacle, untilMs: undefined }]);
}

function end(obstacles: Map<string, Obstacle[]>, key: string, nowMs: Millis): void {
  const last = obstacles.get(key)?.at(-1);
  if (last !== undefined) last.untilMs ??= nowMs;
}

function newest(obstacles: readonly Obstacle[]): Millis | undefined {
  return obstacles.length === 0 ? undefined : Math.max(...obstacles.map(({ fromMs }) => fromMs));
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

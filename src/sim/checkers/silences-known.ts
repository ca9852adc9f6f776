import type { NodeEvent } from "../../core/effect.ts";
import { isPresent, type Millis } from "../../core/member.ts";
import type { Checker } from "./checker.ts";
import { TimeChecker } from "./time-bounds.ts";
import type { RealProcess } from "./world.ts";

interface Watch {
  readonly subject: RealProcess;
  readonly fromMs: Millis;
  /** When it is heard again. */
  readonly untilMs: Millis;
  readonly unaware: Set<string>;
}

/** A quorum of two among fewer may have to wait for the fallback's timer. */
const VIEWERS_MIN = 4;

/**
 * Whoever falls silent is known dead to all within the bound, whatever was the matter before. Only
 * what happens meanwhile is an excuse, or within one view's time before: then `CrashesKnown` holds.
 */
export class SilencesKnown extends TimeChecker implements Checker {
  private watches: Watch[] = [];

  /** A silence that was too short for anybody to see. */
  started({ name }: RealProcess): void {
    this.watches = this.watches.filter(({ subject }) => subject.name !== name);
  }

  fellSilent(subject: RealProcess, fromMs: Millis, untilMs: Millis): void {
    const unaware = new Set<string>();
    for (const { name } of this.world.all) if (name !== subject.name) unaware.add(name);
    if (unaware.size >= VIEWERS_MIN) this.watches.push({ subject, fromMs, untilMs, unaware });
  }

  ended(process: RealProcess, nowMs: Millis): void {
    for (const { unaware } of this.watches) unaware.delete(process.name);
    this.fellSilent(process, nowMs, Number.POSITIVE_INFINITY);
  }

  happened(viewer: RealProcess, event: NodeEvent, nowMs: Millis): void {
    if (event.kind !== "member-changed" || isPresent(event.to)) return;
    for (const { subject, fromMs, unaware } of this.watches) {
      if (subject.self.name !== event.member) continue;
      if (nowMs - fromMs <= this.bounds.detectionMs) unaware.delete(viewer.name);
    }
  }

  looked(nowMs: Millis): void {
    const { detectionMs, oneViewMs } = this.bounds;
    const isDue = ({ fromMs }: Watch): boolean => nowMs - fromMs > detectionMs;
    const due = this.watches.filter(isDue);
    if (due.length === 0) return;
    this.watches = this.watches.filter((watch) => !isDue(watch));
    for (const { subject, fromMs, untilMs, unaware } of due) {
      const knownByMs = fromMs + detectionMs;
      const isExcused = !this.world.wasCalm(fromMs - oneViewMs, knownByMs, {
        of: subject.name,
        fromMs,
      });
      if (unaware.size === 0 || untilMs < knownByMs || isExcused) continue;
      this.report(
        "a silent member is known dead within the bound, at any time after any healed fault",
        `${subject.name} fell silent at ${(fromMs / 1000).toFixed(3)} s; ${(detectionMs / 1000).toFixed(2)} s later not known to ${[...unaware].join(" ")}`,
      );
    }
  }
}

import type { NodeEvent } from "../../core/effect.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { Checker } from "./checker.ts";
import { TimeChecker } from "./time-bounds.ts";
import type { RealProcess } from "./world.ts";

interface Freeze {
  readonly subject: RealProcess;
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  isTold: boolean;
  isJudged: boolean;
}

/** A pair has no second observer, and in a trio the other two may be cut off from each other. */
const OTHERS_MIN = 2;

/**
 * A process that stands still while its kernel runs is told apart from one that is gone: somebody
 * accuses it of being frozen within the bound, and nobody calls it dead while it is. Only what
 * happens meanwhile is an excuse, or within one view's time before. A freeze as long as
 * `frozenGraceMs` is none of the swarm's.
 */
export class FreezesTold extends TimeChecker implements Checker {
  private freezes: Freeze[] = [];

  froze(subject: RealProcess, fromMs: Millis, untilMs: Millis): void {
    if (this.world.count <= OTHERS_MIN) return;
    this.freezes.push({ subject, fromMs, untilMs, isTold: false, isJudged: false });
  }

  ended({ name }: RealProcess): void {
    this.freezes = this.freezes.filter(({ subject }) => subject.name !== name);
  }

  happened(viewer: RealProcess, event: NodeEvent, nowMs: Millis): void {
    if (event.kind === "accused" && event.evidence === "frozen") {
      for (const freeze of this.of(event.member)) freeze.isTold = true;
    }
    if (event.kind !== "member-changed" || event.to !== "dead") return;
    for (const freeze of this.of(event.member)) {
      if (nowMs > freeze.untilMs || this.isExcused(freeze, nowMs)) continue;
      this.report(
        "a frozen process is not called dead",
        `${viewer.name} took ${event.member} for dead on the word of ${event.by} (${event.reason}), ${seconds(nowMs - freeze.fromMs)} after it froze`,
      );
    }
  }

  looked(nowMs: Millis): void {
    const { freezeMs, oneViewMs } = this.bounds;
    for (const freeze of this.freezes) {
      const { subject, fromMs, untilMs, isTold, isJudged } = freeze;
      const knownByMs = fromMs + freezeMs;
      if (isJudged || nowMs < knownByMs) continue;
      freeze.isJudged = true;
      if (isTold || untilMs < knownByMs || this.isExcused(freeze, knownByMs)) continue;
      this.report(
        "a frozen process is told within the bound",
        `${subject.name} froze at ${seconds(fromMs)}; ${seconds(freezeMs)} later nobody had accused it of that`,
      );
    }
    this.freezes = this.freezes.filter(({ untilMs }) => nowMs < untilMs + oneViewMs);
  }

  private of(member: MemberName): Freeze[] {
    return this.freezes.filter(({ subject }) => subject.self.name === member);
  }

  private isExcused({ subject, fromMs }: Freeze, nowMs: Millis): boolean {
    const except = { of: subject.name, fromMs };
    return !this.world.wasCalm(fromMs - this.bounds.oneViewMs, nowMs, except);
  }
}

function seconds(spanMs: Millis): string {
  return `${(spanMs / 1000).toFixed(3)} s`;
}

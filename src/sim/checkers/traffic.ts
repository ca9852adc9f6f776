import type { Millis } from "../../core/member.ts";
import type { Message, MessageKind } from "../../core/message.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess } from "./world.ts";

/**
 * What a node may send of its own accord in one period: so much for each member, and so much
 * whatever their number. The most that 600 seeds have shown is 20 for each member, where all tell
 * all at once that they leave; a node that begins a round at each refusal sends hundreds.
 */
const FOR_EACH_MEMBER = 24;
const FOR_ITSELF = 24;

/** An answer is as frequent as what is asked: the bound on askers bounds it, too. */
const ANSWERS: ReadonlySet<MessageKind> = new Set<MessageKind>([
  "ack",
  "not-me",
  "relayed-ack",
  "nack",
  "sync-page",
  "join-refused",
  "conflict",
  "view-page",
  "answer-ack",
]);

interface Period {
  readonly index: number;
  sent: number;
}

/** No node floods the network, in whatever state it is: cut off, refused, isolated or alone. */
export class Traffic implements Checker {
  private readonly periodMs: Millis;
  private readonly most: number;
  private readonly report: Report;
  private readonly periods = new Map<string, Period>();

  constructor(periodMs: Millis, members: number, report: Report) {
    this.periodMs = periodMs;
    this.most = FOR_EACH_MEMBER * members + FOR_ITSELF;
    this.report = report;
  }

  started({ name }: RealProcess): void {
    this.periods.delete(name);
  }

  sent({ name }: RealProcess, { body }: Message, nowMs: Millis): void {
    if (ANSWERS.has(body.kind)) return;
    const period = this.periodOf(name, nowMs);
    period.sent++;
    if (period.sent !== this.most + 1) return;
    this.report(
      "traffic of a node is bounded",
      `${name} sent more than ${this.most} datagrams of its own accord in a period`,
    );
  }

  private periodOf(name: string, nowMs: Millis): Period {
    const index = Math.floor(nowMs / this.periodMs);
    const current = this.periods.get(name);
    if (current?.index === index) return current;
    const next = { index, sent: 0 };
    this.periods.set(name, next);
    return next;
  }
}

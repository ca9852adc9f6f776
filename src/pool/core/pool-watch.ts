import { STALL_MS_MIN, type StallTotals } from "../../core/detection/stalls.ts";
import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";
import { earliest, NEVER } from "../../core/primitives/deadlines.ts";
import type { Rng } from "../../core/primitives/rng.ts";
import type { MemberExplanation, NodeSnapshot, PathReport } from "../../core/snapshot.ts";
import { PoolComponents } from "./pool-components.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolEffect } from "./pool-effect.ts";
import { PoolInbox } from "./pool-inbox.ts";
import type { PoolInput } from "./pool-input.ts";
import type { PoolReader } from "./pool-reader.ts";
import { explainRow, snapshotPool } from "./pool-snapshot.ts";

/**
 * A guest in a memberlist pool as a pure state machine: it sees what the members see, and says
 * nothing to them but pings and empty push/pulls.
 */
export interface PoolWatch {
  /**
   * Runs to completion, never throws on anything a peer can send, keeps no input. `nowMs` is
   * monotonic. The first call must be a wakeup with `stalledMs: 0`; it starts the clocks.
   */
  step(nowMs: Millis, input: PoolInput): readonly PoolEffect[];
  /** When the host must call next with a wakeup. Early and late wakeups are both harmless. */
  nextWakeupAt(): Millis | undefined;
  /** `self` is not among the members. */
  snapshot(nowMs: Millis): NodeSnapshot;
  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined;
  /** Every path that was tried lately, those that are down first. */
  paths(nowMs: Millis): readonly PathReport[];
  /** Inputs that were passed over since the start, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** What a watcher is made of. */
export interface PoolWatchOptions {
  /** The guest: a record that is in no list of the pool. */
  readonly self: MemberRecord;
  readonly config: PoolConfig;
  readonly rng: Rng;
  readonly reader: PoolReader;
}

/** A watcher that has not started: its first `step` must be a wakeup. */
export function createPoolWatch(options: PoolWatchOptions): PoolWatch {
  return new Watch(options);
}

/** Routes each input to the components and gathers their effects. */
class Watch implements PoolWatch {
  private readonly parts: PoolComponents;
  private readonly inbox: PoolInbox;
  private hasStarted = false;
  private wakeupDueAt: Millis = NEVER;
  private stalls: StallTotals = { count: 0, totalMs: 0, lastMs: 0 };

  constructor(options: PoolWatchOptions) {
    this.parts = new PoolComponents(options, () => this.inbox.notYet !== "joining");
    this.inbox = new PoolInbox(this.parts);
  }

  step(nowMs: Millis, input: PoolInput): readonly PoolEffect[] {
    this.route(nowMs, input);
    this.expectWakeup(nowMs, input);
    return this.parts.outbox.take();
  }

  nextWakeupAt(): Millis | undefined {
    return this.wakeupDueAt === NEVER ? undefined : this.wakeupDueAt;
  }

  snapshot(nowMs: Millis): NodeSnapshot {
    return snapshotPool(this.snapshotParts(), nowMs);
  }

  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined {
    return explainRow(this.snapshotParts(), member, nowMs);
  }

  paths(nowMs: Millis): readonly PathReport[] {
    return this.parts.paths.reports(nowMs);
  }

  get dropped(): Readonly<Record<string, number>> {
    return this.parts.drops.all;
  }

  private route(now: Millis, input: PoolInput): void {
    const { prober, pulls } = this.parts;
    switch (input.kind) {
      case "message":
        // After a stall the socket is read before the timer is heard: such answers came late.
        this.inbox.receive(input, now - this.wakeupDueAt <= STALL_MS_MIN, now);
        return;
      case "refused":
        prober.onRefused(input.member, input.seq, now);
        return;
      case "push-pull":
        this.inbox.onView(input, now);
        return;
      case "push-pull-failed":
        pulls.onFailure(input.member, input.from, input.failure);
        return;
      case "join":
        pulls.join(input.seeds, now);
        return;
      case "fetch-view":
        pulls.fetch(input.member, now);
        return;
      case "watch":
        prober.watch(input.subjects, now + input.forMs);
        return;
      case "wakeup":
        this.wake(now, input.stalledMs);
    }
  }

  private wake(now: Millis, stalledMs: Millis): void {
    const { table, accusers, prober, pathProber, pulls, declarers, requests, outbox } = this.parts;
    if (!this.hasStarted) this.start(now);
    if (stalledMs > STALL_MS_MIN) this.onStall(stalledMs, now);
    for (const { name } of table.reap(now)) {
      this.parts.forget(name);
      outbox.emit({ kind: "member-reaped", member: name });
    }
    if (prober.aim(accusers.suspects, now)) pathProber.aim(now);
    requests.wake(now);
    prober.wake(now);
    pathProber.wake(now);
    this.parts.listener.wake(now);
    this.parts.views.wake(now);
    declarers.wake(now);
    this.parts.settleGoodbyes(now);
    if (this.parts.cutOff.wake(now)) this.parts.onCutOff(now);
    pulls.wake(now);
  }

  private start(now: Millis): void {
    this.hasStarted = true;
    this.inbox.start(now);
    this.parts.pulls.start(now);
  }

  /** What looked like the others' silence was our own. The pool's clocks went on all the while. */
  private onStall(stalledMs: Millis, now: Millis): void {
    const { prober, pathProber, cutOff, pulls, outbox, options } = this.parts;
    const { count, totalMs } = this.stalls;
    this.stalls = { count: count + 1, totalMs: totalMs + stalledMs, lastMs: stalledMs };
    prober.shift(stalledMs, now);
    cutOff.shift(stalledMs, now);
    pathProber.drop();
    outbox.emit({ kind: "stalled", stalledMs });
    if (stalledMs >= options.config.probeIntervalMs) pulls.hurry(now);
  }

  private expectWakeup(now: Millis, input: PoolInput): void {
    // One that is due stays due until it comes: its lateness is what shows a stall.
    if (input.kind !== "wakeup" && this.wakeupDueAt <= now) return;
    this.wakeupDueAt = this.hasStarted ? Math.max(now, this.nextDeadline()) : NEVER;
  }

  private nextDeadline(): Millis {
    const { prober, pathProber, listener, views, pulls } = this.parts;
    const { declarers, goodbyes, cutOff, table } = this.parts;
    const timed = [prober, pathProber, listener, views, pulls, declarers, goodbyes, cutOff];
    return Math.min(
      earliest(timed, (part) => part.nextDeadline()),
      table.nextReapAt(),
    );
  }

  private snapshotParts() {
    const { table, prober, accusers, paths, cutOff, options } = this.parts;
    const { self, config } = options;
    const { notYet } = this.inbox;
    return { self, config, table, prober, accusers, paths, cutOff, notYet, stalls: this.stalls };
  }
}

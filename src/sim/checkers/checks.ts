import type { NodeConfig } from "../../core/config.ts";
import type { Effect } from "../../core/effect.ts";
import type { Input } from "../../core/input.ts";
import type { MemberName, MemberRecord, MemberState, Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { SimEvent } from "../sim-options.ts";
import type { SimWatcher } from "../watched-node.ts";
import { Bounds } from "./bounds.ts";
import type { Checker } from "./checker.ts";
import { CrashesKnown } from "./crashes-known.ts";
import { FalseDeaths } from "./false-deaths.ts";
import { FreezesTold } from "./freezes-told.ts";
import { GroundedStates } from "./grounded-states.ts";
import { Incarnations } from "./incarnations.ts";
import { OneView } from "./one-view.ts";
import { SilencesKnown } from "./silences-known.ts";
import { SinglePossession } from "./single-possession.ts";
import type { TimeBounds } from "./time-bounds.ts";
import { ToldOnce } from "./told-once.ts";
import { Traffic } from "./traffic.ts";
import { World } from "./world.ts";

/** The first rule that was broken. */
export interface BrokenRule {
  readonly rule: string;
  readonly detail: string;
  readonly atMs: Millis;
}

/** What the checkers of a run need to know beforehand. */
export interface ChecksOptions {
  readonly config: NodeConfig;
  /** Names that the cluster can ever know. */
  readonly members: number;
  /** How quickly things must be known; undefined where what the network loses leaves that open. */
  readonly bounds?: TimeBounds | undefined;
}

const EVENTS_KEPT = 40;

/** More steps without time going on are a node that wakes itself for ever. */
const STEPS_AT_ONCE_MAX = 50_000;

/** All checkers on one run, and the world that they hold it against. */
export class Checks implements SimWatcher {
  readonly world = new World();
  readonly falseDeaths: FalseDeaths;
  /** Steps of all nodes so far. */
  steps = 0;
  broken: BrokenRule | undefined;
  /** The last events, oldest first. */
  readonly recent: SimEvent[] = [];

  private readonly checkers: Checker[];
  private readonly asksKernels: boolean;
  private nowMs: Millis = 0;
  private stepsAtOnce = 0;

  constructor({ config, members, bounds }: ChecksOptions) {
    const report = (rule: string, detail: string): void => this.report(rule, detail);
    this.asksKernels = config.spies;
    this.falseDeaths = new FalseDeaths(config, this.world, report);
    this.checkers = [
      new Incarnations(report),
      new GroundedStates(report),
      new SinglePossession(report),
      new ToldOnce(report),
      this.falseDeaths,
      new CrashesKnown(config, this.world, report),
      new Bounds(members, report),
      new Traffic(config.probeIntervalMs, members, report),
    ];
    if (bounds !== undefined) {
      this.checkers.push(
        new SilencesKnown(bounds, this.world, report),
        new FreezesTold(bounds, this.world, report),
        new OneView(bounds, this.world, report),
      );
    }
  }

  started(name: string, self: MemberRecord, nowMs: Millis): void {
    this.nowMs = nowMs;
    this.world.started(name, self, nowMs);
    const process = this.world.get(name);
    if (process === undefined) return;
    for (const checker of this.checkers) checker.started?.(process, nowMs);
  }

  stepped(name: string, _: Input, effects: readonly Effect[], nowMs: Millis): void {
    this.countStep(name, nowMs);
    const process = this.world.get(name);
    if (process === undefined) return;
    for (const effect of effects) {
      if (effect.kind === "send") {
        for (const checker of this.checkers) checker.sent?.(process, effect.message, nowMs);
      } else if (effect.kind === "event") {
        this.remember({ atMs: nowMs, node: name, event: effect.event });
        for (const checker of this.checkers) checker.happened?.(process, effect.event, nowMs);
      }
    }
  }

  ended(name: string, nowMs: Millis): void {
    this.nowMs = nowMs;
    const process = this.world.ended(name, nowMs);
    if (process === undefined) return;
    for (const checker of this.checkers) checker.ended?.(process, nowMs);
  }

  inspected(name: string, snapshot: NodeSnapshot, nowMs: Millis): void {
    this.nowMs = nowMs;
    const process = this.world.get(name);
    if (process === undefined) return;
    for (const checker of this.checkers) checker.inspected?.(process, snapshot, nowMs);
  }

  /** A member ended before the run began. */
  buried(record: MemberRecord, state: MemberState, by: MemberName): void {
    for (const checker of this.checkers) checker.buried?.(record, state, by);
  }

  /** Every running node was looked at. */
  looked(nowMs: Millis): void {
    this.nowMs = nowMs;
    for (const checker of this.checkers) checker.looked?.(nowMs);
  }

  /** Nobody hears a process until then. */
  fellSilent(name: string, nowMs: Millis, untilMs: Millis): void {
    const process = this.world.get(name);
    if (process === undefined) return;
    for (const checker of this.checkers) checker.fellSilent?.(process, nowMs, untilMs);
  }

  /** A process stands still until then. Where its kernel is not asked, that is a silence. */
  froze(name: string, nowMs: Millis, untilMs: Millis): void {
    const process = this.world.get(name);
    if (process === undefined) return;
    if (!this.asksKernels) this.fellSilent(name, nowMs, untilMs);
    else for (const checker of this.checkers) checker.froze?.(process, nowMs, untilMs);
  }

  report(rule: string, detail: string): void {
    this.broken ??= { rule, detail, atMs: this.nowMs };
  }

  private countStep(name: string, nowMs: Millis): void {
    this.steps++;
    this.stepsAtOnce = nowMs === this.nowMs ? this.stepsAtOnce + 1 : 0;
    this.nowMs = nowMs;
    if (this.stepsAtOnce < STEPS_AT_ONCE_MAX) return;
    this.report("time goes on", `${STEPS_AT_ONCE_MAX} steps at one moment, the last of ${name}`);
    // Nothing else would end it: the loop is within one moment of virtual time.
    throw new Error("time stands still");
  }

  private remember(event: SimEvent): void {
    if (this.broken !== undefined) return;
    this.recent.push(event);
    if (this.recent.length > 2 * EVENTS_KEPT) this.recent.splice(0, EVENTS_KEPT);
  }
}

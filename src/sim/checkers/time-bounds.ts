import type { NodeConfig } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { toldForMs } from "../../core/membership/tombstones.ts";
import type { HostModel } from "../sim-options.ts";
import type { Report } from "./checker.ts";
import type { World } from "./world.ts";

/** How quickly what happens must be known where nothing else goes on; spans. */
export interface TimeBounds {
  /** From a silence until everybody knows. */
  readonly detectionMs: Millis;
  /** From the standstill of a process until somebody accuses it of that. */
  readonly freezeMs: Millis;
  /** From a heal until all views are one. */
  readonly oneViewMs: Millis;
  /** The same for what happens in the middle of other things, and where datagrams are lost. */
  readonly eventuallyMs: Millis;
  /** Up to which age others are told of the end of a member: then it leaves the views, one by one. */
  readonly endToldForMs: Millis;
}

/** Normal deviations of phi 8, at the floor of a tenth of T that the detector learns from. */
const PHI_PERIODS = 0.56;
/** Some gossip ticks and travel times: 4.3 s in all in profile `lan`, as docs/detector.md has it. */
const NEWS_PERIODS = 0.14;
/** The next ping, with its jitter, and some retries. */
const FREEZE_PERIODS = 1.5;
const ONE_VIEW_PERIODS = 3;

const EVENTUALLY_PERIODS = 8;
const EVENTUALLY_GRACES = 2;

/** On a silence four timers follow one another: ping, retry, round, grace. */
const TIMERS = 4;

/** A ping is due a tenth of T late at most; then news travels. */
const LOOK_PERIODS = 1.4;
/** Pings of a look where nothing gets lost, before its round. */
const LOOK_PINGS = 3;
/** The first observer looks, and calls the others. */
const LOOKS = 2;

/** The bounds of a cluster with this config, on hosts whose timers may be late. */
export function timeBounds(config: NodeConfig, hosts: HostModel): TimeBounds {
  const { probeIntervalMs, roundWaitMs, graceMs } = config;
  const lateMs = TIMERS * hosts.timerLatenessMsMax;
  return {
    detectionMs: (config.wires && config.spies ? byLooks(config) : byPhi(config)) + lateMs,
    freezeMs: FREEZE_PERIODS * probeIntervalMs + 2 * roundWaitMs + lateMs,
    oneViewMs: ONE_VIEW_PERIODS * probeIntervalMs + lateMs,
    eventuallyMs: EVENTUALLY_PERIODS * probeIntervalMs + EVENTUALLY_GRACES * graceMs,
    endToldForMs: toldForMs(config.tombstoneMs),
  };
}

/** Where kernels are asked: unanswered pings, a round, the same at those that are called, a grace. */
function byLooks(config: NodeConfig): Millis {
  const { probeIntervalMs, retryWaitMsMin, roundWaitMs, unreachableGraceMs } = config;
  const lookMs = LOOK_PINGS * retryWaitMsMin + roundWaitMs;
  return LOOK_PERIODS * probeIntervalMs + LOOKS * lookMs + unreachableGraceMs;
}

/** Where datagrams alone tell: phi, a round, a grace. */
function byPhi({ probeIntervalMs, roundWaitMs, graceMs }: NodeConfig): Millis {
  return (1 + PHI_PERIODS + NEWS_PERIODS) * probeIntervalMs + roundWaitMs + graceMs;
}

/** What checkers of things that must be known in time have: bounds, and the world that they measure views by. */
export abstract class TimeChecker {
  protected readonly bounds: TimeBounds;
  protected readonly world: World;
  protected readonly report: Report;

  constructor(bounds: TimeBounds, world: World, report: Report) {
    this.bounds = bounds;
    this.world = world;
    this.report = report;
  }
}

import type { NodeConfig } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { toldForMs } from "../../core/membership/tombstones.ts";
import type { HostModel } from "../sim-options.ts";

/** How quickly what happens must be known where nothing else goes on; spans. */
export interface TimeBounds {
  /** From a silence until everybody knows. */
  readonly detectionMs: Millis;
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
const ONE_VIEW_PERIODS = 3;

const EVENTUALLY_PERIODS = 8;
const EVENTUALLY_GRACES = 2;

/** On a silence four timers follow one another: ping, retry, round, grace. */
const TIMERS = 4;

/** The bounds of a cluster with this config, on hosts whose timers may be late. */
export function timeBounds(config: NodeConfig, hosts: HostModel): TimeBounds {
  const { probeIntervalMs, roundWaitMsMin, graceMs } = config;
  const lateMs = TIMERS * hosts.timerLatenessMsMax;
  return {
    detectionMs:
      (1 + PHI_PERIODS + NEWS_PERIODS) * probeIntervalMs + roundWaitMsMin + graceMs + lateMs,
    oneViewMs: ONE_VIEW_PERIODS * probeIntervalMs + lateMs,
    eventuallyMs: EVENTUALLY_PERIODS * probeIntervalMs + EVENTUALLY_GRACES * graceMs,
    endToldForMs: toldForMs(config.tombstoneMs),
  };
}

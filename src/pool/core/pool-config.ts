import type { Millis } from "../../core/member.ts";

/** What a watcher of a pool goes by. The `pool…` ones are the settings of the pool's own members. */
export interface PoolConfig {
  /** Between two direct pings of a member, in ms. Raise it: the guest costs less, and sees later. */
  readonly probeIntervalMs: Millis;
  /** As in `ProbeConfig`: the least wait for one answer that `RoundTrip` gives. */
  readonly retryWaitMsMin: Millis;
  /** The phi at which this guest itself would suspect a member: screens show phi against it. */
  readonly phiSuspect: number;
  /** Intervals remembered per member. */
  readonly windowSamples: number;
  /** ProbeInterval of the pool's members. */
  readonly poolProbeIntervalMs: Millis;
  /** ProbeTimeout of the pool's members: a helper sends its nack so long after the request. */
  readonly poolProbeTimeoutMs: Millis;
  /** SuspicionMult of the pool's members. */
  readonly poolSuspicionMult: number;
  /** SuspicionMaxTimeoutMult of the pool's members. */
  readonly poolSuspicionMaxTimeoutMult: number;
  /** GossipToTheDeadTime: so long the pool remembers its dead and their incarnations. */
  readonly poolDeadMemoryMs: Millis;
  /** How long a member that is dead or left is still shown; in ms. */
  readonly endedShownMs: Millis;
  /** Most members present; further ones are not taken in. */
  readonly membersMax: number;
  /** Most members shown as dead or left; beyond, the oldest goes. */
  readonly endedMax: number;
}

/** Pings leave on so many moments of a period: what leaves on one moment shares a wakeup. */
export const MOMENTS = 10;

/** The first of those moments that is not before `at`. */
export function momentFrom(at: Millis, periodMs: Millis): Millis {
  const stepMs = periodMs / MOMENTS;
  return Math.ceil(at / stepMs) * stepMs;
}

const COMMON = {
  retryWaitMsMin: 50,
  phiSuspect: 8,
  windowSamples: 128,
  poolSuspicionMult: 4,
  poolSuspicionMaxTimeoutMult: 6,
  poolDeadMemoryMs: 30_000,
  endedShownMs: 24 * 3600 * 1000,
  membersMax: 5000,
  endedMax: 1000,
} as const;

/** memberlist's DefaultLANConfig: Serf, Consul and Nomad in one data centre, Alertmanager, MetalLB. */
export const POOL_LAN: PoolConfig = Object.freeze({
  ...COMMON,
  probeIntervalMs: 1000,
  poolProbeIntervalMs: 1000,
  poolProbeTimeoutMs: 500,
});

/** memberlist over Grafana's TCP transport: Loki, Mimir and Tempo probe every 5 s and wait for 2 s. */
export const POOL_GRAFANA: PoolConfig = Object.freeze({
  ...COMMON,
  probeIntervalMs: 5000,
  poolProbeIntervalMs: 5000,
  poolProbeTimeoutMs: 2000,
});

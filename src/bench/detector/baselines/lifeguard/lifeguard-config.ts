/**
 * memberlist's DefaultLANConfig, as it stands in v0.2.2: the version that Debian's Serf 0.9.4 is
 * built with, and whose rules this baseline follows.
 */
export const LIFEGUARD_LAN = Object.freeze({
  probeIntervalMs: 1000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  suspicionMult: 4,
  suspicionMaxTimeoutMult: 6,
  retransmitMult: 4,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  gossipToTheDeadMs: 30_000,
  pushPullIntervalMs: 30_000,
  streamTimeoutMs: 10_000,
  /** The score of LHA-Probe stays below this. */
  awarenessMax: 8,
});

/** memberlist's settings that the model has, under names of ours. */
export type LifeguardConfig = Readonly<Record<keyof typeof LIFEGUARD_LAN, number>>;

/** So much rarer are whole lists where bytes are for detection: from 32 members on they cost most of all. */
const RARER_LISTS = 4;

/**
 * The defaults with another pace of detection: probes, their patience and gossip, and so the
 * suspicions that go by the probes.
 */
export function pacedConfig(pace: number): LifeguardConfig {
  const { probeIntervalMs, probeTimeoutMs, gossipIntervalMs, pushPullIntervalMs } = LIFEGUARD_LAN;
  return {
    ...LIFEGUARD_LAN,
    probeIntervalMs: pace * probeIntervalMs,
    probeTimeoutMs: pace * probeTimeoutMs,
    gossipIntervalMs: pace * gossipIntervalMs,
    pushPullIntervalMs: RARER_LISTS * pushPullIntervalMs,
  };
}

/** Above so many members memberlist makes the push/pull pauses longer. */
const PUSH_PULL_SCALE_MEMBERS = 32;

/** memberlist's pushPullScale. */
export function pushPullPauseMs(intervalMs: number, members: number): number {
  if (members <= PUSH_PULL_SCALE_MEMBERS) return intervalMs;
  return (Math.ceil(Math.log2(members) - Math.log2(PUSH_PULL_SCALE_MEMBERS)) + 1) * intervalMs;
}

import type { Millis } from "./member.ts";

export type ProfileName = "local" | "lan" | "wan";

/** How often a subject is pinged and how patiently one ping is waited for. */
export interface ProbeConfig {
  /** T, the protocol period. Lower detects sooner and costs proportionally more messages. */
  readonly probeIntervalMs: Millis;
  /** A ping without an ack is repeated after max(this, rtt mean + 2.8 deviations), T/4 at most. */
  readonly retryWaitMsMin: Millis;
  /** How many times a silent ping is repeated directly before the silence is left to phi. */
  readonly pingRetries: number;
  /** A probe round (ping and ping-reqs) waits this × (1 + local health). */
  readonly roundWaitMsMin: Millis;
  /** Members asked to ping for us in a round (SWIM's k). */
  readonly helpers: number;
  /** Whether the kernel's "port unreachable" counts as evidence of a crash. */
  readonly refusals: boolean;
}

/** The arrival window and the level at which silence becomes a suspicion. */
export interface DetectorConfig {
  /**
   * Suspicion level of a silence: P(silence this long | alive) = 10^-phi. Sets the number of
   * suspicions, not of deaths.
   */
  readonly phiSuspect: number;
  /** Intervals remembered per subject. */
  readonly windowSamples: number;
}

/** From suspicion to death. */
export interface SuspicionConfig {
  /**
   * How long a quorum must stand before a silent member is dead; a freeze shorter than about T +
   * this is spared.
   */
  readonly graceMs: Millis;
  /** The same where two observers were refused by the member's host. */
  readonly refusalGraceMs: Millis;
  /**
   * Lifeguard's timer without a quorum runs 4·log10(n) of these at least, six times that at most.
   */
  readonly suspicionUnitMs: Millis;
}

export interface DisseminationConfig {
  readonly gossipIntervalMs: Millis;
  readonly gossipFanout: number;
  /** Each update is sent this many times ⌈log10(n+1)⌉. */
  readonly sendsPerLog: number;
  /** Largest datagram, envelope included. */
  readonly datagramBytesMax: number;
}

export interface SyncConfig {
  /** How long a peer's view digest must stay foreign before a sync starts. */
  readonly digestDiffersMs: Millis;
}

export interface MembershipConfig {
  /** How long dead, left and forgotten members are remembered, and told to whoever lacks them. */
  readonly tombstoneMs: Millis;
  /** Most members present that a table holds; further ones are not taken in. */
  readonly membersMax: number;
  /** Most tombstones that it holds besides; beyond, the oldest that left or is forgotten goes. */
  readonly tombstonesMax: number;
}

/**
 * Everything the core reads. Relations are checked once, by `checkNodeConfig`; the core trusts it
 * from then on.
 */
export interface NodeConfig
  extends ProbeConfig,
    DetectorConfig,
    SuspicionConfig,
    DisseminationConfig,
    SyncConfig,
    MembershipConfig {
  /** One a cluster: joining a cluster of another profile is refused. */
  readonly profile: ProfileName;
}

const COMMON = {
  retryWaitMsMin: 50,
  pingRetries: 2,
  helpers: 3,
  refusals: true,
  phiSuspect: 8,
  windowSamples: 128,
  gossipFanout: 3,
  sendsPerLog: 6,
  datagramBytesMax: 1400,
  tombstoneMs: 72 * 3600 * 1000,
  membersMax: 100_000,
  tombstonesMax: 10_000,
} as const;

/** The parameters of each profile; what each was measured to do stands in docs/protocol.md. */
export const PROFILES: Readonly<Record<ProfileName, NodeConfig>> = Object.freeze({
  local: Object.freeze({
    ...COMMON,
    profile: "local",
    probeIntervalMs: 200,
    roundWaitMsMin: 100,
    graceMs: 500,
    refusalGraceMs: 100,
    suspicionUnitMs: 200,
    gossipIntervalMs: 50,
    digestDiffersMs: 250,
  }),
  lan: Object.freeze({
    ...COMMON,
    profile: "lan",
    probeIntervalMs: 1000,
    roundWaitMsMin: 200,
    graceMs: 2400,
    refusalGraceMs: 100,
    suspicionUnitMs: 1000,
    gossipIntervalMs: 200,
    digestDiffersMs: 1000,
  }),
  wan: Object.freeze({
    ...COMMON,
    profile: "wan",
    probeIntervalMs: 2000,
    roundWaitMsMin: 500,
    graceMs: 3000,
    refusalGraceMs: 200,
    suspicionUnitMs: 2000,
    gossipIntervalMs: 500,
    digestDiffersMs: 2000,
  }),
});

/**
 * The first relation between values that the protocol cannot run with, as one line for the
 * operator, or undefined. Ranges of single values are the schema's business; this is about what
 * must fit together.
 */
export function checkNodeConfig(config: NodeConfig): string | undefined {
  const rules: readonly [broken: boolean, complaint: string][] = [
    [
      config.retryWaitMsMin > config.probeIntervalMs / 2,
      `retryWaitMsMin: ${config.retryWaitMsMin} leaves no room for a retry inside probeIntervalMs ` +
        `(${config.probeIntervalMs}); it must be at most half of it`,
    ],
    [
      config.roundWaitMsMin > config.probeIntervalMs,
      `roundWaitMsMin: ${config.roundWaitMsMin} is longer than probeIntervalMs ` +
        `(${config.probeIntervalMs}); it must be at most that`,
    ],
    [
      config.gossipIntervalMs > config.probeIntervalMs,
      `gossipIntervalMs: ${config.gossipIntervalMs} is longer than probeIntervalMs ` +
        `(${config.probeIntervalMs}); it must be at most that`,
    ],
    [
      config.refusalGraceMs > config.graceMs,
      `refusalGraceMs: ${config.refusalGraceMs} is longer than graceMs (${config.graceMs}); ` +
        "a refused member must not outlive a silent one",
    ],
  ];
  return rules.find(([broken]) => broken)?.[1];
}

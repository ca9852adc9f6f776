import type { Millis } from "./member.ts";

/** A set of parameters by name: one machine, one data centre, or across continents. */
export type ProfileName = "local" | "lan" | "wan";

/** How often a subject is pinged, and how patiently one ping is waited for. */
export interface ProbeConfig {
  /**
   * T, the protocol period, in ms. Raise it: detection is slower, and traffic falls in proportion.
   */
  readonly probeIntervalMs: Millis;
  /**
   * A ping without an ack is repeated after max(this, rtt mean + 2.8 deviations), T/4 at most; in
   * ms. Raise it: fewer pings are repeated in vain, a lost one is noticed later.
   */
  readonly retryWaitMsMin: Millis;
  /**
   * How many times a silent ping is repeated directly before the silence is left to phi. Raise it:
   * more loss is borne without suspicions, a silent subject costs more datagrams.
   */
  readonly pingRetries: number;
  /**
   * Where spies can tell: a subject is doubted when so many pings stayed unanswered that the chance
   * of it, by the share that usually does, is 10^-this. Raise it: lossy links bring fewer rounds, a
   * lost host is found later.
   */
  readonly lookPhi: number;
  /**
   * The wait of one try of a probe round (ping and ping-reqs), in ms. Questions that are asked again
   * wait as long. Raise it: slow helpers are still heard, each try of a suspicion takes longer.
   */
  readonly roundWaitMs: Millis;
  /**
   * Members asked to ping for us in a round (SWIM's k). Raise it: a broken path to one subject
   * accuses it less often, a round costs more datagrams.
   */
  readonly helpers: number;
  /**
   * Whether the kernel's "port unreachable" counts as evidence of a crash. Without it crashes are
   * found like silences.
   */
  readonly refusals: boolean;
  /**
   * Whether an idle TCP connection to each subject tells at once that its process ended. Without
   * them a crash is noticed at the next ping.
   */
  readonly wires: boolean;
  /**
   * Whether the kernel of a silent subject is asked by TCP connects. Without them a frozen process
   * and a lost host look alike.
   */
  readonly spies: boolean;
}

/** The arrival window, and the level at which silence becomes a suspicion. */
export interface DetectorConfig {
  /**
   * Suspicion level of a silence: P(silence this long | alive) = 10^-phi. Raise it: there are fewer
   * suspicions; deaths come hardly later.
   */
  readonly phiSuspect: number;
  /**
   * Intervals remembered per subject. Raise it: one odd interval weighs less, a new rhythm is
   * learned more slowly, and each subject takes more memory.
   */
  readonly windowSamples: number;
}

/** From suspicion to death. */
export interface SuspicionConfig {
  /**
   * How long a quorum must stand before a silent member is dead, in ms; a freeze shorter than about
   * T + this is spared. Raise it: longer freezes are spared, silent deaths are known later by as
   * much.
   */
  readonly graceMs: Millis;
  /**
   * The same where two observers were refused by the member's host. Raise it: crashes are known
   * later; from about a restart's time on, quick restarts stay unseen.
   */
  readonly refusalGraceMs: Millis;
  /**
   * The same where two observers saw the process end, by its wire and by its port. Raise it: as
   * `refusalGraceMs`.
   */
  readonly crashGraceMs: Millis;
  /**
   * The same where the accusers' connects stay unanswered, too: the host or the path is gone.
   * Raise it: longer pauses of a whole machine are spared, a lost host is known later by as much.
   */
  readonly unreachableGraceMs: Millis;
  /**
   * The same where the member's kernel answers and its process does not. Raise it: longer freezes
   * are spared; consumers are kept from it all the while.
   */
  readonly frozenGraceMs: Millis;
  /**
   * Lifeguard's timer without a quorum runs 4·log10(n) of these at least, six times that at most;
   * in ms. Raise it: a suspicion without a quorum takes longer to become a death.
   */
  readonly suspicionUnitMs: Millis;
}

/** How updates spread. */
export interface DisseminationConfig {
  /**
   * Between two rounds of gossip, in ms. Raise it: updates travel more slowly, in fewer datagrams.
   */
  readonly gossipIntervalMs: Millis;
  /** Members that one round sends to. Raise it: updates travel faster, in more datagrams. */
  readonly gossipFanout: number;
  /**
   * Each update is sent this many times ⌈log10(n+1)⌉ by each node (SWIM's λ). Raise it: fewer
   * members miss an update and need a sync, and updates take more room in datagrams.
   */
  readonly sendsPerLog: number;
  /**
   * Largest datagram, envelope included, in bytes. Raise it: more fits into one; beyond the MTU of
   * a path datagrams are split or lost.
   */
  readonly datagramBytesMax: number;
}

/** When views are compared. */
export interface SyncConfig {
  /**
   * How long a peer's view digest must stay foreign before a sync starts, in ms. Raise it: views
   * that differ are left longer to gossip, and fewer syncs run.
   */
  readonly digestDiffersMs: Millis;
}

/** What a table keeps. */
export interface MembershipConfig {
  /**
   * How long dead, left and forgotten members are remembered, and sent to nodes that lack them; in
   * ms. Raise it: a member that was away longer cannot bring back what is over; tables are larger.
   */
  readonly tombstoneMs: Millis;
  /**
   * Most members present that a table holds; further ones are not taken in. Raise it: larger
   * clusters fit, a flood of forged members takes more memory.
   */
  readonly membersMax: number;
  /**
   * Most tombstones that it holds besides; beyond, the oldest that left or is forgotten goes. Raise
   * it: more of a mass departure is remembered, tables are larger.
   */
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
  lookPhi: 4,
  helpers: 3,
  refusals: true,
  wires: true,
  spies: true,
  crashGraceMs: 0,
  frozenGraceMs: 60_000,
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
    roundWaitMs: 100,
    graceMs: 500,
    unreachableGraceMs: 300,
    refusalGraceMs: 100,
    suspicionUnitMs: 200,
    gossipIntervalMs: 50,
    digestDiffersMs: 250,
  }),
  lan: Object.freeze({
    ...COMMON,
    profile: "lan",
    probeIntervalMs: 1000,
    roundWaitMs: 200,
    graceMs: 2400,
    unreachableGraceMs: 1000,
    refusalGraceMs: 100,
    suspicionUnitMs: 1000,
    gossipIntervalMs: 200,
    digestDiffersMs: 1000,
  }),
  wan: Object.freeze({
    ...COMMON,
    profile: "wan",
    probeIntervalMs: 2000,
    roundWaitMs: 500,
    graceMs: 3000,
    unreachableGraceMs: 2500,
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
      config.roundWaitMs > config.probeIntervalMs,
      `roundWaitMs: ${config.roundWaitMs} is longer than probeIntervalMs ` +
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
    [
      config.unreachableGraceMs > config.graceMs,
      `unreachableGraceMs: ${config.unreachableGraceMs} is longer than graceMs ` +
        `(${config.graceMs}); more is known of an unreachable member than of a silent one`,
    ],
    [
      config.frozenGraceMs < config.graceMs,
      `frozenGraceMs: ${config.frozenGraceMs} is shorter than graceMs (${config.graceMs}); ` +
        "a frozen member must not be dead before a silent one",
    ],
  ];
  return rules.find(([broken]) => broken)?.[1];
}

import type { NodeConfig } from "../../core/config.ts";

/** Name of a parameter of the protocol: its profile gives its value. */
export type ProtocolKey = Exclude<keyof NodeConfig, "profile">;

/** What a parameter is, and what another value of it brings. */
export interface ProtocolPurpose {
  readonly what: string;
  /** What a higher value does, or for a switch what turning it off does. */
  readonly effect: string;
}

/** The parameters of the protocol for operators; `src/core/config.ts` says the same to programmers, with formulas. */
export const PROTOCOL_PURPOSES: Readonly<Record<ProtocolKey, ProtocolPurpose>> = {
  probeIntervalMs: {
    what: "How often a member is pinged: the protocol period, in ms",
    effect: "Higher: detection is slower, and traffic falls in proportion.",
  },
  retryWaitMsMin: {
    what: "Shortest wait before an unanswered ping is repeated, in ms",
    effect: "Higher: fewer pings are repeated in vain, and a lost one is noticed later.",
  },
  pingRetries: {
    what: "How often a silent ping is repeated before phi decides",
    effect: "Higher: more loss causes no suspicion, and a silent member costs more datagrams.",
  },
  lookPhi: {
    what: "Unanswered pings count as doubt from this level on: a chance of one in 10^x",
    effect: "Higher: lossy links start fewer rounds of questions, and a lost host is found later.",
  },
  roundWaitMs: {
    what: "Wait for the answers of one round of questions, in ms",
    effect: "Higher: slow helpers are still heard, and each round takes longer.",
  },
  helpers: {
    what: "Members asked to ping a silent one for us",
    effect: "Higher: a broken path accuses a member less often, and a round costs more datagrams.",
  },
  refusals: {
    what: "Whether a closed port is evidence of a crash",
    effect: "Off: a crash is found like any silence.",
  },
  wires: {
    what: "Keep an idle TCP connection to each member observed, which closes with its process",
    effect: "Off: a crash is noticed at the next ping.",
  },
  spies: {
    what: "Ask the kernel of a silent member by TCP: is it frozen, or its host lost",
    effect: "Off: a frozen process and a lost host look alike.",
  },
  phiSuspect: {
    what: "Phi at which silence is suspected: one in 10^phi while the member is alive",
    effect: "Higher: fewer suspicions, and deaths are known only slightly later.",
  },
  windowSamples: {
    what: "Intervals remembered of each member, to learn its rhythm",
    effect: "Higher: one odd interval weighs less, and a new rhythm is learned more slowly.",
  },
  graceMs: {
    what: "How long a quorum must hold a silent member suspect before it is dead, in ms",
    effect: "Higher: longer freezes are spared, and silent deaths are known later by as much.",
  },
  refusalGraceMs: {
    what: "The same for a member whose host refused two observers, in ms",
    effect: "Higher: crashes are known later, and quick restarts stay unseen.",
  },
  crashGraceMs: {
    what: "The same for a process that two observers saw end, in ms",
    effect: "Higher: crashes are known later, and quick restarts stay unseen.",
  },
  unreachableGraceMs: {
    what: "The same where the member's kernel does not answer either, in ms",
    effect: "Higher: longer pauses of a machine are spared, and a lost host is known later.",
  },
  frozenGraceMs: {
    what: "The same where the kernel answers and the process does not, in ms",
    effect: "Higher: longer freezes are spared; consumers are kept away in the meantime.",
  },
  suspicionUnitMs: {
    what: "Unit of the suspicion timer without a quorum (4 to 24 x log10 n of these), in ms",
    effect: "Higher: a suspicion without a quorum takes longer to become a death.",
  },
  gossipIntervalMs: {
    what: "Time between two rounds of gossip, in ms",
    effect: "Higher: updates travel more slowly, in fewer datagrams.",
  },
  gossipFanout: {
    what: "Members that one round of gossip is sent to",
    effect: "Higher: updates travel faster, in more datagrams.",
  },
  sendsPerLog: {
    what: "Each node sends an update this many times log10 n",
    effect: "Higher: fewer members miss an update, and updates take more room.",
  },
  datagramBytesMax: {
    what: "Largest datagram, in bytes",
    effect: "Higher: more fits into one; beyond the MTU of a path, datagrams are split or lost.",
  },
  digestDiffersMs: {
    what: "How long two views must differ before they are compared in full, in ms",
    effect: "Higher: gossip has more time to settle it, and fewer comparisons run.",
  },
  tombstoneMs: {
    what: "How long departed members are remembered, in ms",
    effect: "Higher: a member that was away for longer brings back nothing old; tables are larger.",
  },
  membersMax: {
    what: "Most members present that this node holds",
    effect: "Higher: larger clusters fit, and a flood of forged members takes more memory.",
  },
  tombstonesMax: {
    what: "Most departed members that it remembers as well",
    effect: "Higher: more of a mass departure is remembered, and tables are larger.",
  },
};

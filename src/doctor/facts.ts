import type { MemberBody, MembersBody, SelfBody } from "../control/api-types.ts";
import type { MemberName, Millis } from "../core/member.ts";

/** How an attempt to reach a port ended: `silent` where nothing came back, else the system's error code. */
export type Reach = "open" | "refused" | "silent" | (string & {});

/** All that an examination found, before anything is concluded. */
export interface Facts {
  readonly self: SelfBody;
  readonly members: MembersBody;
  /** The clock of this machine when `self` was read, ms since 1970. */
  readonly nowMs: Millis;
  /** What other members say, as far as their API can be reached from here. */
  readonly peers: readonly PeerFacts[];
  /** Undefined where the node runs on another machine: nothing can be tried from its address. */
  readonly local: LocalFacts | undefined;
}

/** One other member, asked directly. */
export interface PeerFacts {
  readonly name: MemberName;
  readonly self: SelfBody;
  /** The clock of this machine when `self` was read. */
  readonly nowMs: Millis;
  /** How it sees the examined node; undefined where it does not know it. */
  readonly viewOfSelf: MemberBody | undefined;
  /** How it sees all others. */
  readonly members: readonly MemberBody[];
}

/** What was tried on the machine of the node, from its address. */
export interface LocalFacts {
  /** The largest receive buffer that the system grants (net.core.rmem_max); undefined where it does not say. */
  readonly receiveBufferMaxBytes: number | undefined;
  /** Datagrams that the kernel dropped because the node did not read them in time; undefined where it does not say. */
  readonly kernelDrops: number | undefined;
  /** A TCP connect to the gossip port of present members. */
  readonly tcp: ReadonlyMap<MemberName, Reach>;
  /** A datagram to a port of a member's host that no process should own: `refused` where ICMP gets through. */
  readonly icmp: ReadonlyMap<string, Reach>;
}

/** What was found out about one thing. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "problem" | "unknown";
  /** One sentence. */
  readonly what: string;
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null;
}

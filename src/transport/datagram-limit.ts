import { type Endpoint, formatEndpoint, type Millis } from "../core/member.ts";

/** Datagrams a second that are read of one address where no member is, after as many as a short burst has. */
const STRANGER_PER_S = 2_000;
const STRANGER_BURST = 4_000;

/** The same of one member: far more than any sends, so that only a broken one meets it. */
const MEMBER_PER_S = 20_000;
const MEMBER_BURST = 40_000;

/** Addresses that are counted at once; the one that came first makes room. */
const ADDRESSES_MAX = 4_096;

/** Where the members are is looked up while an address is above its limit, and no more often than this. */
const MEMBERS_KNOWN_MS = 5_000;

/** How a limit is kept. */
export interface DatagramLimitOptions {
  readonly nowMs: () => Millis;
  /** Where the members are now. */
  readonly members: () => Iterable<Endpoint>;
}

/**
 * How many datagrams are read of one address. The ports of a host share one limit, because a stranger has as many as it
 * likes; members beside it have each their own, so that a flood costs a loopback cluster nothing.
 */
export class DatagramLimit {
  private readonly options: DatagramLimitOptions;
  private readonly hosts = new Buckets(STRANGER_PER_S, STRANGER_BURST);
  private readonly members = new Buckets(MEMBER_PER_S, MEMBER_BURST);
  /** Ports of the members, by host: a flood is looked up so often that an address is not written as text first. */
  private known = new Map<string, Set<number>>();
  private knownAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DatagramLimitOptions) {
    this.options = options;
  }

  /** Whether a datagram from there is read. */
  readonly admits = (from: Endpoint): boolean => {
    const nowMs = this.options.nowMs();
    if (this.hosts.take(from.host, nowMs)) return true;
    return this.isMember(from, nowMs) && this.members.take(formatEndpoint(from), nowMs);
  };

  private isMember({ host, port }: Endpoint, nowMs: Millis): boolean {
    if (nowMs - this.knownAtMs >= MEMBERS_KNOWN_MS) {
      this.knownAtMs = nowMs;
      this.known = portsByHost(this.options.members());
    }
    return this.known.get(host)?.has(port) === true;
  }
}

function portsByHost(endpoints: Iterable<Endpoint>): Map<string, Set<number>> {
  const ports = new Map<string, Set<number>>();
  for (const { host, port } of endpoints) {
    const known = ports.get(host);
    if (known === undefined) ports.set(host, new Set([port]));
    else known.add(port);
  }
  return ports;
}

interface Bucket {
  tokens: number;
  atMs: Millis;
}

class Buckets {
  private readonly buckets = new Map<string, Bucket>();
  private readonly perMs: number;
  private readonly burst: number;

  constructor(perS: number, burst: number) {
    this.perMs = perS / 1000;
    this.burst = burst;
  }

  take(key: string, nowMs: Millis): boolean {
    const bucket = this.buckets.get(key) ?? this.added(key, nowMs);
    const tokens = bucket.tokens + (nowMs - bucket.atMs) * this.perMs;
    const isLeft = tokens >= 1;
    bucket.tokens = Math.min(tokens, this.burst) - (isLeft ? 1 : 0);
    bucket.atMs = nowMs;
    return isLeft;
  }

  private added(key: string, nowMs: Millis): Bucket {
    if (this.buckets.size >= ADDRESSES_MAX) {
      for (const oldest of this.buckets.keys()) {
        this.buckets.delete(oldest);
        break;
      }
    }
    const bucket = { tokens: this.burst, atMs: nowMs };
    this.buckets.set(key, bucket);
    return bucket;
  }
}

import type { Millis } from "../../core/member.ts";

/** What the advertiser needs of the node. */
export interface AdvertiserPorts {
  /** Monotonic. */
  nowMs(): Millis;
  /** Tells the cluster what this node offers now: a higher incarnation, gossiped to everybody. */
  advertise(): void;
}

/** Changes that are told at once, and how many a second are after that. */
const BURST = 8;
const PER_S = 1;

/**
 * Bounds how often a node tells the cluster of changes to its services: each one is news for every member. Those that come
 * too fast are told together, a second later at most.
 */
export class Advertiser {
  private readonly ports: AdvertiserPorts;
  private tokens = BURST;
  private tokensAtMs: Millis;
  private waiting: NodeJS.Timeout | undefined;

  constructor(ports: AdvertiserPorts) {
    this.ports = ports;
    this.tokensAtMs = ports.nowMs();
  }

  /** Something changed: tell it now, or as soon as may be. */
  request(): void {
    if (this.waiting !== undefined) return;
    this.refill();
    if (this.tokens >= 1) {
      this.tokens -= 1;
      this.ports.advertise();
      return;
    }
    const waitMs = ((1 - this.tokens) / PER_S) * 1000;
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      this.request();
    }, Math.ceil(waitMs)).unref();
  }

  close(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  private refill(): void {
    const nowMs = this.ports.nowMs();
    const earned = ((nowMs - this.tokensAtMs) / 1000) * PER_S;
    this.tokens = Math.min(BURST, this.tokens + earned);
    this.tokensAtMs = nowMs;
  }
}

import type { Millis } from "../../core/member.ts";

/** So long after a query over TCP an address is known to be its sender's own. */
const PROVEN_MS: Millis = 600_000;
/** Addresses that are kept; the one that asked over TCP longest ago makes room. */
const PROVEN_MAX = 4096;

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;

/**
 * Who is sent long answers over UDP, where anyone can write any address into a query: who asks from
 * this machine, and addresses that lately asked over TCP, which nobody can do in another's name.
 */
export class DnsAskers {
  private readonly provenAtMs = new Map<string, Millis>();
  private readonly nowMs: () => Millis;
  private readonly isHere: (address: string) => boolean;

  /** @param isHere whether datagrams from there cannot come from another machine */
  constructor(
    nowMs: () => Millis = () => performance.now(),
    isHere = (address: string) => LOOPBACK.test(address),
  ) {
    this.nowMs = nowMs;
    this.isHere = isHere;
  }

  /** A query came over TCP. */
  noteTcp(address: string): void {
    this.provenAtMs.delete(address);
    const [oldest] = this.provenAtMs.keys();
    if (this.provenAtMs.size >= PROVEN_MAX && oldest !== undefined) this.provenAtMs.delete(oldest);
    this.provenAtMs.set(address, this.nowMs());
  }

  /** Whether it is known who asks from there. */
  isProven(address: string): boolean {
    const atMs = this.provenAtMs.get(address);
    return this.isHere(address) || (atMs !== undefined && this.nowMs() - atMs < PROVEN_MS);
  }
}

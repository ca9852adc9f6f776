import type { ControlClient } from "../control/client.ts";
import type { MemberName, Millis } from "../core/member.ts";
import type { LinkRules } from "../transport/link-rules.ts";

/** A runner that vanishes leaves no link broken for longer than this. */
const TTL_MS: Millis = 30_000;
const RENEW_MS: Millis = TTL_MS / 3;

interface Kept {
  readonly client: ControlClient;
  /** It stands still and cannot be told anything. */
  isSuspended: boolean;
  /** It runs under rules. */
  hasRules: boolean;
}

/** Keeps the link rules of all daemons the same, through restarts, pauses and their time to live. */
export class FaultApplier {
  private readonly daemons = new Map<string, Kept>();
  private readonly addresses: ReadonlyMap<MemberName, string>;
  private rules: LinkRules = [];
  private renewal: NodeJS.Timeout | undefined;

  constructor(addresses: ReadonlyMap<MemberName, string>) {
    this.addresses = addresses;
  }

  /** A daemon came up: it has no rules yet. */
  async add(node: string, client: ControlClient): Promise<void> {
    const kept = { client, isSuspended: false, hasRules: false };
    this.daemons.set(node, kept);
    await this.send(kept);
  }

  remove(node: string): void {
    this.daemons.delete(node);
  }

  suspend(node: string): void {
    const kept = this.daemons.get(node);
    if (kept !== undefined) kept.isSuspended = true;
  }

  isSuspended(node: string): boolean {
    return this.daemons.get(node)?.isSuspended === true;
  }

  /** It goes on: it may have missed changes, or its rules may have run out. */
  async resume(node: string): Promise<void> {
    const kept = this.daemons.get(node);
    if (kept === undefined) return;
    kept.isSuspended = false;
    await this.send(kept);
  }

  async set(rules: LinkRules): Promise<void> {
    this.rules = rules;
    clearInterval(this.renewal);
    this.renewal = undefined;
    if (rules.length > 0) this.renewal = setInterval(() => this.renew(), RENEW_MS).unref();
    await this.sendAll();
  }

  close(): void {
    clearInterval(this.renewal);
    this.daemons.clear();
  }

  /** What fails here was told by the daemon's end, or is set right by the next renewal. */
  private renew(): void {
    this.sendAll().catch(() => {});
  }

  private async sendAll(): Promise<void> {
    await Promise.all([...this.daemons.values()].map((kept) => this.send(kept)));
  }

  private async send(kept: Kept): Promise<void> {
    if (kept.isSuspended || (this.rules.length === 0 && !kept.hasRules)) return;
    kept.hasRules = this.rules.length > 0;
    const addresses = Object.fromEntries(this.addresses);
    try {
      await kept.client.setFaults({ rules: this.rules, ttlMs: TTL_MS, addresses });
    } catch (error) {
      // One that ended in this moment needs no rules; one that runs must have them.
      if ([...this.daemons.values()].includes(kept) && !kept.isSuspended) throw error;
    }
  }
}

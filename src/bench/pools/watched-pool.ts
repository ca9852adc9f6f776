import type { Observation } from "../../cluster/cluster.ts";
import { NetnsHosts } from "../../cluster/netns/netns-hosts.ts";
import { ObservedCluster, startOrders } from "../../cluster/observe/observed-cluster.ts";
import { ObservedState, type SeenEvent } from "../../cluster/observe/observed-state.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import { QUIET_LOG } from "../../daemon/daemon-log.ts";
import { type RunningGuest, startGuest } from "../../daemon/guest/guest-daemon.ts";
import { resolveGuestSettings } from "../../daemon/guest/guest-settings.ts";
import { SerfBackend } from "../cluster/serf/serf-backend.ts";

const GUEST = "guest";
const CONFIG = { profile: "lan", settings: {} } as const;
const FORMED_WITHIN_MS: Millis = 20_000;

/** A Serf pool on hosts of its own, and a guest that looks at it from another one: one viewer more. */
export class WatchedPool extends ObservedCluster {
  private readonly agents: readonly MemberName[];
  private guest: RunningGuest | undefined;

  private constructor(agents: readonly MemberName[], hosts: NetnsHosts) {
    const backend = new SerfBackend(CONFIG.profile, hosts);
    super(backend, new ObservedState([...agents, GUEST], CONFIG));
    this.agents = agents;
  }

  /** Resolves once every agent and the guest see everybody. Only in a network namespace of this process's own. */
  static async open(names: readonly MemberName[]): Promise<WatchedPool> {
    const hosts = await NetnsHosts.open({ nodes: names, dropsIcmp: false });
    const pool = new WatchedPool(names, hosts);
    try {
      await pool.start(startOrders(names));
      await pool.watchFrom(hosts.of(names[0] ?? "").bind);
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** What the guest saw since then. */
  seen(sinceMs: Millis): readonly SeenEvent[] {
    return this.since(sinceMs).filter(({ node }) => node === GUEST);
  }

  /** What the agents wrote about each other since then. */
  said(sinceMs: Millis): readonly SeenEvent[] {
    return this.since(sinceMs).filter(({ node }) => node !== GUEST);
  }

  override async close(): Promise<void> {
    await this.guest?.stop();
    await super.close();
  }

  private since(sinceMs: Millis): readonly SeenEvent[] {
    return this.state.events.filter(({ atMs }) => atMs >= sinceMs);
  }

  private async watchFrom(address: string): Promise<void> {
    const settings = resolveGuestSettings({
      ...{ addresses: [address], pool: "serf", api: "127.0.0.1:0" },
    });
    const guest = await startGuest(settings, { log: QUIET_LOG });
    this.guest = guest;
    this.tell({ kind: "started", node: GUEST, member: GUEST, atMs: this.nowMs });
    const { events } = guest.node;
    let seen = 0;
    const take = (): void => {
      for (const event of events.after(seen, 1000)) {
        this.tell({ kind: "event", node: GUEST, event, atMs: this.nowMs });
        seen = event.index;
      }
    };
    take();
    events.subscribe(take);
    await this.allSee("alive", this.agents, [...this.agents, GUEST], FORMED_WITHIN_MS);
    await guest.firstRound();
  }

  private tell(observation: Observation): void {
    this.backend.listener(observation);
    this.backend.wake();
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { NetnsHosts } from "../../cluster/netns/netns-hosts.ts";
import { createProcessGroup } from "../../cluster/process/process-group.ts";
import type { EventBody } from "../../control/api-types.ts";
import { ConditionNotMetError } from "../../core/errors.ts";
import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { type RunningGuest, startGuest } from "../../daemon/guest/guest-daemon.ts";
import { resolveGuestSettings } from "../../daemon/guest/guest-settings.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import { SerfAgent } from "../cluster/serf/serf-agent.ts";
import type { SerfLine } from "../cluster/serf/serf-line.ts";

/** What an agent wrote into its log, and when this process read it. */
export type AgentLine = SerfLine & { readonly agent: MemberName; readonly atMs: Millis };
/** What the guest saw, and when. */
export type SeenEvent = EventBody & { readonly atMs: Millis };

const QUIET = { event: () => {}, note: () => {}, setLevel: () => {} };
const FORMED_WITHIN_MS: Millis = 20_000;
const STEP_MS: Millis = 5;

/** A Serf pool on hosts of its own, and a guest that looks at it from another one. */
export class WatchedPool {
  /** All that the agents wrote about each other. */
  readonly lines: AgentLine[] = [];
  /** All that the guest saw. */
  readonly events: SeenEvent[] = [];
  private readonly hosts: NetnsHosts;
  private readonly group = createProcessGroup();
  private readonly agents = new Map<MemberName, SerfAgent>();
  private guest: RunningGuest | undefined;

  private constructor(hosts: NetnsHosts) {
    this.hosts = hosts;
  }

  /** Resolves once every agent and the guest see everybody. Only in a network namespace of this process's own. */
  static async open(names: readonly MemberName[]): Promise<WatchedPool> {
    const pool = new WatchedPool(await NetnsHosts.open({ nodes: names, dropsIcmp: false }));
    try {
      await pool.form(names);
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  agent(name: MemberName): SerfAgent {
    const agent = this.agents.get(name);
    if (agent === undefined) throw new Error(`there is no agent called ${name}`);
    return agent;
  }

  /** The kernels of the hosts drop what the rules say. */
  async setFaults(rules: LinkRules): Promise<void> {
    await this.hosts.setFaults(rules);
  }

  snapshot(): NodeSnapshot {
    if (this.guest === undefined) throw new Error("there is no guest yet");
    return this.guest.node.snapshot();
  }

  /** When `holds` came true first, looked at every 5 ms; null where it did not within `ms`. */
  async until(holds: () => boolean, ms: Millis): Promise<Millis | null> {
    const endMs = performance.now() + ms;
    for (;;) {
      if (holds()) return performance.now();
      if (performance.now() > endMs) return null;
      await pause(STEP_MS);
    }
  }

  async close(): Promise<void> {
    await this.guest?.stop();
    await this.group.endAll();
    await this.hosts.close();
  }

  private async form(names: readonly MemberName[]): Promise<void> {
    const [first = ""] = names;
    for (const name of names) {
      const { prefix, bind } = this.hosts.of(name);
      const join = name === first ? [] : [this.hosts.of(first).bind];
      const spec = { name, bind, join, prefix, profile: "lan" } as const;
      const agent = new SerfAgent(spec, (line) => {
        this.lines.push({ ...line, agent: name, atMs: performance.now() });
      });
      this.group.add(agent);
      this.agents.set(name, agent);
      await agent.ready;
    }
    const addresses = [this.hosts.of(first).bind];
    const settings = resolveGuestSettings({ addresses, pool: "serf", api: "127.0.0.1:0" });
    const guest = await startGuest(settings, { log: QUIET });
    this.guest = guest;
    const { events } = guest.node;
    let seen = 0;
    const take = (): void => {
      for (const event of events.after(seen, 1000)) {
        this.events.push({ ...event, atMs: performance.now() });
        seen = event.index;
      }
    };
    take();
    events.subscribe(take);
    const areAllMeasured = () => {
      const present = this.snapshot().members.filter(({ state }) => isPresent(state));
      return present.length === names.length && present.every(({ phi }) => phi !== null);
    };
    if ((await this.until(areAllMeasured, FORMED_WITHIN_MS)) === null) {
      throw new ConditionNotMetError("the guest does not see the whole pool within 20 s");
    }
  }
}

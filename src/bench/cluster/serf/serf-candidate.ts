import type { SeenBelief } from "../../../../cli/children/beliefs.ts";
import { WatchedCluster } from "../../../../cli/children/watched-cluster.ts";
import type { ProfileName } from "../../../core/config.ts";
import {
  AS_IT_COMES,
  type BenchCluster,
  type Candidate,
  type Traffic,
  type Verdict,
} from "../candidate.ts";
import { reserveAddress } from "./free-address.ts";
import { type OrphanGuard, startOrphanGuard } from "./orphan-guard.ts";
import { SerfAgent } from "./serf-agent.ts";
import type { SerfLine } from "./serf-line.ts";
import { trafficOf } from "./serf-metrics.ts";

/** HashiCorp Serf in the profile of the same name. */
export function serfCandidate(profile: ProfileName): Candidate {
  return {
    name: "serf",
    variants: [AS_IT_COMES],
    open: () => new SerfCluster(profile),
  };
}

class SerfCluster extends WatchedCluster<SerfAgent, SeenBelief> implements BenchCluster {
  readonly #profile: ProfileName;
  readonly #addresses = new Map<string, string>();
  readonly #verdictListeners = new Set<(verdict: Verdict) => void>();
  readonly #guard: OrphanGuard = startOrphanGuard();

  constructor(profile: ProfileName) {
    super();
    this.#profile = profile;
  }

  override async start(name: string): Promise<SerfAgent> {
    if (!this.#addresses.has(name)) this.#addresses.set(name, await reserveAddress());
    return super.start(name);
  }

  protected launch(name: string): SerfAgent {
    const bind = this.#addresses.get(name) ?? "";
    const join = this.viewers([name]).flatMap((other) => this.#addresses.get(other) ?? []);
    const spec = { name, bind, join: join.slice(0, 1), profile: this.#profile };
    const agent = new SerfAgent(spec, (line, { name: viewer }) => this.#note(viewer, line));
    this.#guard.watch(agent);
    return agent;
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.#verdictListeners.add(listener);
    return () => this.#verdictListeners.delete(listener);
  }

  async watchTraffic(): Promise<() => Promise<readonly Traffic[]>> {
    const sinceMs = Date.now();
    return async () => {
      const running = this.daemons.filter((agent) => agent.end === undefined);
      const sent = await Promise.all(running.map((agent) => agent.readSent()));
      return sent.flatMap((intervals) => trafficOf(intervals, sinceMs) ?? []);
    };
  }

  override async endAll(): Promise<void> {
    await super.endAll();
    this.#guard.close();
  }

  /** A suspicion is a verdict but no belief: Serf does not say when it takes one back. */
  #note(viewer: string, line: SerfLine): void {
    if (line.kind === "ready") return;
    const { member } = line;
    if (line.kind === "changed") this.beliefs.note({ viewer, change: { member, to: line.to } });
    const state = line.kind === "changed" ? line.to : "suspect";
    for (const listener of [...this.#verdictListeners]) listener({ viewer, member, state });
  }
}

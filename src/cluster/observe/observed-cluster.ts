import { ConditionNotMetError } from "../../core/errors.ts";
import type { MemberName, MemberState, Millis } from "../../core/member.ts";
import { formatSpan } from "../../text/quantities.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { Cluster, EndOrder, Observation, StartOrder } from "../cluster.ts";
import type { BeliefChange } from "./beliefs.ts";
import { DetectionTimes } from "./detection-times.ts";
import type { KnownProcess, ObservedState } from "./observed-state.ts";

/** Receives everything that happens to a cluster, after the state and the times have taken it in. */
export interface ClusterObserver {
  onObservation(observation: Observation, changes: readonly BeliefChange[]): void;
  /** A process stands still, or goes on. */
  onStand?(node: string, is: Exclude<KnownProcess["is"], "down">, atMs: Millis): void;
}

/** Viewers that a failed wait names. */
const NAMED = 3;

/**
 * A cluster with all that is known of it: the table of beliefs and the history of faults (`state`),
 * and the stopwatch (`times`). Whatever is done to the cluster goes through here, so that the history
 * of faults is whole. Scenarios, the demo and benchmarks stand on this.
 *
 * ```ts
 * const names = ["n1", "n2", "n3"];
 * const config: ClusterConfig = { profile: "lan", settings: {} };
 * const cluster = new ObservedCluster(
 *   new ProcessBackend({ entry: ENTRY, env: process.env, config }),
 *   new ObservedState(names, config),
 * );
 * await cluster.start(startOrders(names));
 * await cluster.allSee("alive", names, names, 30_000);
 * await cluster.end(["n3"], "kill");
 * await cluster.allSee("dead", ["n3"], cluster.viewers(["n3"]), 30_000);
 * cluster.times.took("detect"); // milliseconds from the kill, one a viewer
 * await cluster.close();
 * ```
 */
export class ObservedCluster<S extends ObservedState = ObservedState> {
  readonly backend: Cluster;
  readonly state: S;
  readonly times: DetectionTimes;
  private readonly observers = new Set<ClusterObserver>();

  constructor(backend: Cluster, state: S) {
    this.backend = backend;
    this.state = state;
    this.times = new DetectionTimes(state);
    backend.listener = (observation) => this.handle(observation);
  }

  /** Since the backend was opened. */
  get nowMs(): Millis {
    return this.backend.nowMs;
  }

  /** Adds an observer, until the returned function is called. */
  observe(observer: ClusterObserver): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /** Processes that run and do not stand still: those whose opinion counts. */
  viewers(except: readonly string[] = []): readonly string[] {
    return this.state.viewers.filter((node) => !except.includes(node));
  }

  /** Resolves when all are ready. */
  async start(orders: readonly StartOrder[]): Promise<void> {
    const isReturn = orders.some(({ node }) => this.state.process(node).end !== undefined);
    await this.backend.start(orders);
    // To form a cluster is not to heal it.
    if (isReturn) this.times.restored(this.nowMs);
  }

  /** Resolves when the processes are gone. */
  async end(nodes: readonly string[], how: EndOrder): Promise<void> {
    this.times.disturbed();
    const atMs = this.nowMs;
    for (const node of nodes) {
      // A killed process is gone with the signal, whenever the system says so.
      if (how === "kill") this.state.faults.beginAt(node, atMs);
      else this.times.leaving(node, atMs);
    }
    await Promise.all(nodes.map((node) => this.backend.end(node, how)));
  }

  async pause(nodes: readonly string[]): Promise<void> {
    this.times.disturbed();
    for (const node of nodes) {
      this.stand(node, "paused");
      await this.backend.pause(node);
    }
  }

  /** Their machines stand still, kernels included. */
  async suspend(nodes: readonly string[]): Promise<void> {
    this.times.disturbed();
    for (const node of nodes) {
      this.stand(node, "paused");
      await this.backend.suspend(node);
    }
  }

  async resume(nodes: readonly string[]): Promise<void> {
    for (const node of nodes) {
      await this.backend.resume(node);
      this.stand(node, "running");
      this.times.restored(this.nowMs);
    }
  }

  /** Blocks their event loops; `goOn` says when that is over. */
  async stall(nodes: readonly string[], forMs: Millis): Promise<void> {
    this.times.disturbed();
    for (const node of nodes) this.stand(node, "stalled");
    await Promise.all(nodes.map((node) => this.backend.stall(node, forMs)));
  }

  /** The time of a `stall` is over. */
  goOn(nodes: readonly string[]): void {
    for (const node of nodes) {
      if (this.state.process(node).is === "stalled") this.stand(node, "running");
    }
    this.times.restored(this.nowMs);
  }

  /** Something is wrong with links from now on: the rules of all links. */
  async breakLinks(rules: LinkRules): Promise<void> {
    this.times.disturbed();
    await this.setFaults(rules);
  }

  /** A fault of links is over: the rules of all links that are left. */
  async healLinks(rules: LinkRules = []): Promise<void> {
    const healedMs = this.nowMs;
    await this.setFaults(rules);
    this.times.restored(healedMs);
  }

  /** Waits for `isMet`, which is asked after each observation. @returns whether it was met in time */
  async until(isMet: () => boolean, withinMs: Millis): Promise<boolean> {
    const deadlineMs = this.nowMs + withinMs;
    while (!isMet()) {
      if (this.nowMs >= deadlineMs) return false;
      await this.backend.advance(deadlineMs);
    }
    return true;
  }

  /**
   * Waits until each viewer believes each member to be in this state.
   *
   * @throws ConditionNotMetError naming the first viewers that still believe otherwise
   */
  async allSee(
    state: MemberState,
    members: readonly MemberName[],
    viewers: readonly string[],
    withinMs: Millis,
  ): Promise<void> {
    // Kept up to date by each change: looking at all pairs each time costs n⁴ while n nodes meet.
    const missing = new Map<string, readonly [viewer: string, member: string]>();
    const wanted = { viewers: new Set(viewers), members: new Set(members) };
    const look = (viewer: string, member: MemberName) => {
      const pair = `${viewer}\n${member}`;
      if (this.state.belief(viewer, member)?.state === state) missing.delete(pair);
      else missing.set(pair, [viewer, member]);
    };
    for (const viewer of viewers) for (const member of members) look(viewer, member);
    const stop = this.observe({
      onObservation: (_, changes) => {
        for (const { viewer, member } of changes) {
          if (wanted.viewers.has(viewer) && wanted.members.has(member)) look(viewer, member);
        }
      },
    });
    const isMet = await this.until(() => missing.size === 0, withinMs).finally(stop);
    if (isMet) return;
    const others = [...missing.values()].slice(0, NAMED).map((pair) => this.describe(...pair));
    const should = `${members.join(", ")} should be ${state}, but ${others.join(", ")}`;
    throw new ConditionNotMetError(`not within ${formatSpan(withinMs)}: ${should}`);
  }

  /** Ends everything that the backend started, and waits for that. */
  close(): Promise<void> {
    return this.backend.close();
  }

  private handle(observation: Observation): void {
    const changes = this.state.observe(observation);
    this.times.observed(changes, observation.atMs);
    for (const observer of [...this.observers]) observer.onObservation(observation, changes);
  }

  private stand(node: string, is: Exclude<KnownProcess["is"], "down">): void {
    const atMs = this.nowMs;
    this.state.stand(node, is, atMs);
    for (const observer of [...this.observers]) observer.onStand?.(node, is, atMs);
  }

  private async setFaults(rules: LinkRules): Promise<void> {
    this.state.setLinks(rules, this.nowMs);
    await this.backend.setFaults(rules);
  }

  private describe(viewer: string, member: MemberName): string {
    return `${viewer} sees ${member} ${this.state.belief(viewer, member)?.state ?? "not at all"}`;
  }
}

/** Orders for nodes that each claim their own name: all of them dial the first. */
export function startOrders(nodes: readonly string[]): StartOrder[] {
  const [first = ""] = nodes;
  return nodes.map((node) => ({ node, member: node, join: node === first ? [] : [first] }));
}

import type { Cluster, Observation, StartOrder } from "../../cluster/cluster.ts";
import type { BeliefChange } from "../../cluster/observe/beliefs.ts";
import type { DetectionTimes } from "../../cluster/observe/detection-times.ts";
import { ObservedCluster } from "../../cluster/observe/observed-cluster.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import { type LinkRules, linkFault } from "../../transport/link-rules.ts";
import type { Evaluation, EvaluationContext, SentSoFar } from "../conditions/evaluation.ts";
import { evaluate } from "../conditions/registry.ts";
import { Consuming } from "../consumers/consuming.ts";
import { offersOf, panicSharesOf } from "../consumers/offered.ts";
import { type PoolObservation, PoolPoller } from "../consumers/pool-poller.ts";
import type { Expectation, Scenario } from "../language/scenario.ts";
import { RunRecorder } from "./recorder.ts";
import { RunState } from "./run-state.ts";

/** What every expectation of a block is compared with. */
export interface Baseline {
  readonly sinceMs: Millis;
  readonly incarnations: ReadonlyMap<string, number>;
}

/** Ctrl-C, or whatever else ends a run from outside. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** The run took longer than the scenario allows. */
export class LimitError extends Error {
  override readonly name = "LimitError";
}

/**
 * The cluster of one run, what is known of it, and what is written down. Every observation goes
 * through here, and everybody who waits for something looks at each: a state of any length is seen.
 */
export class RunContext {
  readonly cluster: ObservedCluster<RunState>;
  readonly state: RunState;
  readonly recorder: RunRecorder;
  readonly consuming: Consuming;
  private readonly scenario: Scenario;
  private readonly lookers = new Set<(atMs: Millis) => void>();
  private readonly aborted: Promise<never> | undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly poller: PoolPoller;
  private linkRules: LinkRules = [];

  constructor(scenario: Scenario, cluster: Cluster, signal: AbortSignal | undefined) {
    this.scenario = scenario;
    this.state = new RunState(scenario.nodes, scenario.config);
    this.cluster = new ObservedCluster(cluster, this.state);
    this.recorder = new RunRecorder(scenario.nodes);
    this.consuming = new Consuming(scenario.consumers, scenario.nodes);
    this.signal = signal;
    this.aborted = signal && abortionOf(signal);
    this.cluster.observe({
      onObservation: (...observed) => this.onObservation(...observed),
      onStand: (...stand) => this.recorder.stand(...stand),
    });
    const { consumers } = scenario;
    this.poller = new PoolPoller(cluster, consumers, (changed) => this.observePool(changed));
  }

  get times(): DetectionTimes {
    return this.cluster.times;
  }

  get nowMs(): Millis {
    return this.cluster.nowMs;
  }

  get rules(): LinkRules {
    return this.linkRules;
  }

  /** What a node offers, whenever it starts. */
  offersOf(node: string): Pick<StartOrder, "services" | "panic"> {
    const { services } = this.scenario;
    return { services: offersOf(node, services), panic: panicSharesOf(services) };
  }

  /** Lets time pass until then, or until something was observed. */
  async advance(untilMs: Millis): Promise<void> {
    if (this.nowMs >= this.scenario.limitMs) {
      const limit = `${this.scenario.limitMs / 1000} s`;
      throw new LimitError(`the run took longer than its limit of ${limit}`);
    }
    this.stopIfAborted();
    await this.unlessAborted(
      this.cluster.backend.advance(Math.min(untilMs, this.scenario.limitMs)),
    );
    this.look(this.nowMs);
  }

  async passUntil(untilMs: Millis): Promise<void> {
    while (this.nowMs < untilMs) await this.advance(untilMs);
  }

  /** What the cluster does, or the interruption, whichever comes first. */
  async unlessAborted<T>(work: Promise<T>): Promise<T> {
    this.stopIfAborted();
    return await (this.aborted === undefined ? work : Promise.race([work, this.aborted]));
  }

  /** Resolves when what happened up to now was told, or the run was interrupted. */
  async settle(): Promise<void> {
    try {
      await this.unlessAborted(this.cluster.backend.settle());
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
    }
  }

  /** Calls it at once, and after each observation until the returned function is called. */
  watch(look: (atMs: Millis) => void): () => void {
    this.lookers.add(look);
    look(this.nowMs);
    return () => this.lookers.delete(look);
  }

  async breakLinks(rules: LinkRules): Promise<void> {
    this.noteLinks(rules);
    await this.unlessAborted(this.cluster.breakLinks(rules));
  }

  async healLinks(rules: LinkRules): Promise<void> {
    this.noteLinks(rules);
    await this.unlessAborted(this.cluster.healLinks(rules));
  }

  private noteLinks(rules: LinkRules): void {
    this.linkRules = rules;
    this.consuming.setLinks(rules, this.nowMs);
  }

  isCut(a: string, b: string): boolean {
    return (
      linkFault(this.linkRules, a, b)?.drop === 1 || linkFault(this.linkRules, b, a)?.drop === 1
    );
  }

  baseline(): Baseline {
    const incarnations = new Map<string, number>();
    for (const viewer of this.state.viewers) {
      for (const [member, { incarnation }] of this.state.beliefs.of(viewer)) {
        incarnations.set(keyOf(viewer, member), incarnation);
      }
    }
    return { sinceMs: this.nowMs, incarnations };
  }

  async readTraffic(): Promise<ReadonlyMap<string, SentSoFar>> {
    this.state.traffic = await this.unlessAborted(this.cluster.backend.traffic());
    this.state.nowMs = Math.max(this.state.nowMs, this.nowMs);
    const atMs = this.state.nowMs;
    return new Map([...this.state.traffic].map(([node, { bytes }]) => [node, { bytes, atMs }]));
  }

  judge(
    { condition, viewers }: Expectation,
    baseline: Baseline,
    sent: ReadonlyMap<string, SentSoFar>,
  ): Evaluation {
    const context: EvaluationContext = {
      viewers: viewers ?? this.state.viewers,
      ...baseline,
      sent,
    };
    return evaluate(condition, this.state, context);
  }

  private stopIfAborted(): void {
    if (this.signal?.aborted) throw new InterruptedError("interrupted");
  }

  private onObservation(observation: Observation, changes: readonly BeliefChange[]): void {
    if (observation.kind === "started") this.poller.onStarted(observation.node);
    this.recorder.observe(observation, changes);
    this.consuming.observe(observation);
    this.look(observation.atMs);
  }

  private observePool(observation: PoolObservation): void {
    this.state.onPool(observation);
    this.consuming.onPool(observation);
    this.times.observed([], observation.atMs);
    this.look(observation.atMs);
  }

  private look(atMs: Millis): void {
    this.state.nowMs = Math.max(this.state.nowMs, atMs);
    for (const look of [...this.lookers]) look(atMs);
  }
}

/** For conditions that are not about traffic. */
export const NOTHING_SENT: ReadonlyMap<string, SentSoFar> = new Map();

function keyOf(viewer: string, member: MemberName): string {
  return `${viewer} ${member}`;
}

function abortionOf(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(new InterruptedError("interrupted"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  // Nobody may be waiting when it comes.
  aborted.catch(() => {});
  return aborted;
}

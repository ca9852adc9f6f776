import type { Observation } from "../../cluster/cluster.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type {
  BeliefChange,
  ExpectationRecord,
  FaultSpan,
  NodeRecord,
  NodeSpan,
  RunRecord,
  StepRecord,
} from "../run-record.ts";
import type { Step } from "../steps/registry.ts";

type Open<T, K extends keyof T> = {
  -readonly [P in keyof T]: P extends K ? T[P] | undefined : T[P];
};
type OpenSpan = Open<NodeSpan, "untilMs" | "endedBy">;
/** A step that is not over yet. */
export type OpenStep = Open<StepRecord, "untilMs" | "outcome">;
/** A fault that is in force. */
export type OpenFault = Open<FaultSpan, "untilMs">;

/** Writes down what happens in a run, and gives it as the lists of its record. */
export class RunRecorder {
  readonly expectations: ExpectationRecord[] = [];
  private readonly beliefs: BeliefChange[] = [];
  private readonly faults: OpenFault[] = [];
  private readonly marks: { readonly atMs: Millis; readonly text: string }[] = [];
  private readonly steps: OpenStep[] = [];
  private readonly spans = new Map<string, OpenSpan[]>();
  private readonly members = new Map<string, MemberName>();
  private readonly nodes: readonly string[];

  constructor(nodes: readonly string[]) {
    this.nodes = nodes;
    for (const node of nodes) this.spans.set(node, []);
  }

  observe(observation: Observation, changes: readonly BeliefChange[]): void {
    this.beliefs.push(...changes);
    const { node, atMs } = observation;
    if (observation.kind === "started") {
      this.members.set(node, observation.member);
      this.begin(node, "running", atMs);
    } else if (observation.kind === "ended") this.end(node, observation.end, atMs);
  }

  /** The process stands still, or goes on. */
  stand(node: string, state: NodeSpan["state"], atMs: Millis): void {
    const last = this.spans.get(node)?.at(-1);
    if (last === undefined || last.untilMs !== undefined || last.state === state) return;
    this.end(node, state === "running" ? "resumed" : state, atMs);
    this.begin(node, state, atMs);
  }

  mark(atMs: Millis, text: string): void {
    this.marks.push({ atMs, text });
  }

  beginStep({ id, line, verb, label }: Step, depth: number, fromMs: Millis): OpenStep {
    const step = { id, line, depth, verb, label, fromMs, untilMs: undefined, outcome: undefined };
    this.steps.push(step);
    return step;
  }

  beginFault(fault: Omit<FaultSpan, "untilMs">): OpenFault {
    const span = { ...fault, untilMs: undefined };
    this.faults.push(span);
    return span;
  }

  /** Closes what is open, and gives everything. */
  finish(
    nowMs: Millis,
  ): Pick<RunRecord, "nodes" | "beliefs" | "faults" | "marks" | "steps" | "expectations"> {
    return {
      nodes: this.nodes.map((node) => this.nodeRecord(node, nowMs)),
      // Streams of several nodes may be told a little apart.
      beliefs: [...this.beliefs].sort((a, b) => a.atMs - b.atMs),
      faults: this.faults.map((fault) => ({ ...fault, untilMs: fault.untilMs ?? nowMs })),
      marks: this.marks,
      steps: this.steps.map(({ untilMs = nowMs, outcome = "interrupted", ...step }) => ({
        ...step,
        untilMs,
        outcome,
      })),
      // They are taken in as they are judged: what stands, at the end of its block.
      expectations: [...this.expectations].sort((a, b) => a.fromMs - b.fromMs),
    };
  }

  private nodeRecord(name: string, nowMs: Millis): NodeRecord {
    const spans = (this.spans.get(name) ?? []).map(
      ({ untilMs = nowMs, endedBy = "run-over", ...span }) => ({ ...span, untilMs, endedBy }),
    );
    return { name, member: this.members.get(name) ?? name, spans };
  }

  private begin(node: string, state: NodeSpan["state"], fromMs: Millis): void {
    this.spans.get(node)?.push({ state, fromMs, untilMs: undefined, endedBy: undefined });
  }

  private end(node: string, endedBy: NodeSpan["endedBy"], atMs: Millis): void {
    const last = this.spans.get(node)?.at(-1);
    if (last === undefined || last.untilMs !== undefined) return;
    last.untilMs = atMs;
    last.endedBy = endedBy;
  }
}

import type { NodeReader, Observation } from "../../src/cluster/cluster.ts";
import type { ObservedCluster } from "../../src/cluster/observe/observed-cluster.ts";
import type { ProcessBackend } from "../../src/cluster/process-backend.ts";
import type { PublicEvent } from "../../src/control/api-types.ts";
import type { MemberName, Millis } from "../../src/core/member.ts";
import type { Condition } from "../../src/scenario/conditions/registry.ts";
import type { RunProgress } from "../../src/scenario/run/run-progress.ts";
import type { ExpectationRecord, StepRecord } from "../../src/scenario/run-record.ts";
import type { Step } from "../../src/scenario/steps/registry.ts";
import { formatMillis, formatPhi, formatSpan } from "../../src/text/quantities.ts";
import { formatState, paint } from "../format/text-style.ts";
import type { Output } from "../output.ts";

/** Phi grows with time, and no event says so. */
const PHI_EVERY_MS = 15;
/** Phi is printed when it has passed these, so that its climb takes a few lines only. */
const PHI_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

type MemberChanged = Extract<PublicEvent, { readonly event: "member-changed" }>;

/** Narrates the run of a story: one line an event, with the time since its beginning. */
export class Narrator implements RunProgress {
  private readonly backend: ProcessBackend;
  private readonly names: readonly string[];
  private readonly output: Output;
  private cluster: ObservedCluster | undefined;
  private stopPolling: () => void = () => {};
  /** The process of the last step, whose fate everybody is heard about. */
  private subject: string | undefined;
  /** Of the last step that did something to a process. */
  private verb = "";
  private stepMs: Millis = 0;
  private startedMs: Millis = 0;
  private cutMs: Millis | undefined;
  private healedMs: Millis | undefined;
  private phi = 0;
  private exitCode: number | null = null;
  private lastJudged: ExpectationRecord | undefined;

  constructor(backend: ProcessBackend, names: readonly string[], output: Output) {
    this.backend = backend;
    this.names = names;
    this.output = output;
  }

  /** Sees all that happens from now on. */
  follow(cluster: ObservedCluster): void {
    this.cluster = cluster;
    cluster.observe({ onObservation: (observation) => this.onObservation(observation) });
  }

  /** What happens next. */
  heading(text: string): void {
    this.output.data("");
    this.line(paint(this.output.style, "bold", text), this.backend.nowMs);
  }

  say(text: string, atMs: Millis = this.backend.nowMs): void {
    this.line(`  ${text}`, atMs);
  }

  stepBegan(step: Step, _: number, atMs: Millis): void {
    if (step.kind === "process") {
      this.stepMs = atMs;
      this.process(step.verb, step.nodes);
    } else if (step.kind === "links") this.cut(atMs);
    else if (step.kind === "heal") {
      this.heading(`The links heal, after ${formatSpan(atMs - (this.cutMs ?? atMs))}`);
      this.healedMs = atMs;
    }
  }

  stepEnded(step: Step, _: number, outcome: StepRecord["outcome"]): void {
    if (step.kind !== "expect" || outcome !== "done" || this.lastJudged === undefined) return;
    this.stopPolling();
    const said = this.outcome(step.condition, step.viewers, this.lastJudged);
    const { style } = this.output;
    const text = `${style.ascii ? "=>" : "⇒"} ${said}`;
    this.line(paint(style, "bold", text), this.backend.nowMs);
  }

  judged(record: ExpectationRecord): void {
    this.lastJudged = record;
  }

  violated(): void {}

  said(text: string, atMs: Millis): void {
    this.say(text, atMs);
  }

  private process(verb: string, nodes: readonly string[]): void {
    const [node = ""] = nodes;
    const isFirst = verb === "start" && this.subject === undefined && this.cutMs === undefined;
    if (isFirst) {
      const first = this.names[0];
      this.heading(`${nodes.length} daemons start, each knowing at most the address of ${first}`);
      return;
    }
    this.heading(`${node} ${HEADINGS[verb] ?? verb}`);
    this.subject = node;
    this.verb = verb;
    this.phi = 0;
    if (verb === "kill" || verb === "pause") this.watchPhi(node);
  }

  private cut(atMs: Millis): void {
    const sides = `${list(this.names.slice(0, -2))} and ${list(this.names.slice(-2))}`;
    this.heading(`Every link between ${sides} is cut: datagrams vanish, nothing is refused`);
    this.cutMs = atMs;
  }

  private outcome(
    condition: Condition,
    viewers: readonly string[] | null,
    { metAtMs, untilMs }: ExpectationRecord,
  ): string {
    const [first = ""] = this.names;
    const atMs = metAtMs ?? untilMs;
    const subject = this.subject ?? "";
    switch (condition.kind) {
      case "converged": {
        if (this.healedMs !== undefined) {
          return `one view again ${formatMillis(atMs - this.healedMs)} after the links healed`;
        }
        const took = formatMillis(Math.max(0, atMs - this.startedMs));
        return `${this.names.length} nodes see each other, ${took} after the last one was up`;
      }
      case "detected": {
        const times = describeTimes(this.times("detect", [subject]));
        if (this.verb === "pause") {
          const isDead = this.cluster?.state.belief(first, subject)?.state === "dead";
          const held = isDead ? `held dead ${times}` : `known to be frozen ${times}, and spared`;
          return `${subject} ${held}; ${first}'s phi for it had climbed to ${formatPhi(this.phi)}`;
        }
        return (
          `${subject} known dead ${times}; ${first}'s phi for it had reached ` +
          `${formatPhi(this.phi)} (silence alone is suspected from 8 on)`
        );
      }
      case "back": {
        const times = this.times("back", [subject]);
        if (this.verb === "resume") return `${subject} seen alive again ${describeTimes(times)}`;
        const sinceStart = `${formatMillis(Math.max(0, atMs - this.stepMs))} from its start`;
        // There is no return to be timed for one that had left.
        if (times.size === 0) return `${subject} seen alive, ${sinceStart}`;
        return `${subject} seen alive ${describeTimes(times)} from when it listened, ${sinceStart}`;
      }
      case "see": {
        const members = condition.states.map(({ member }) => member);
        if (viewers === null) {
          const times = describeTimes(this.leaveTimes(subject));
          return `${subject} known to have left ${times}, never called dead; exit code ${this.exitCode}`;
        }
        const verb = viewers.length === 1 ? "holds" : "hold";
        const times = describeTimes(this.times("detect", members, viewers));
        return `${list(viewers)} ${verb} ${list(members)} dead, ${times}`;
      }
      default:
        return condition.kind;
    }
  }

  /** How long each viewer took for the last of these members, by the stopwatch. */
  private times(
    figure: "detect" | "back",
    members: readonly MemberName[],
    viewers?: readonly string[],
  ): ReadonlyMap<string, Millis> {
    const sinceMs = this.subject === undefined ? (this.cutMs ?? 0) : this.stepMs;
    const times = new Map<string, Millis>();
    for (const sample of this.cluster?.times.samples ?? []) {
      const { viewer, member, fromMs, tookMs } = sample;
      if (sample.figure !== figure || viewer === null || member === null) continue;
      if (Math.ceil(fromMs) < Math.floor(sinceMs) || !members.includes(member)) continue;
      if (viewers !== undefined && !viewers.includes(viewer)) continue;
      times.set(viewer, Math.max(tookMs, times.get(viewer) ?? 0));
    }
    return times;
  }

  private leaveTimes(subject: MemberName): ReadonlyMap<string, Millis> {
    const leaves = (this.cluster?.times.leaves ?? []).filter(({ member }) => member === subject);
    return new Map(leaves.map(({ viewer, tookMs }) => [viewer, tookMs]));
  }

  private onObservation(observation: Observation): void {
    const { kind, node, atMs } = observation;
    if (kind === "started") this.onStarted(node, atMs);
    else if (kind === "ended") this.exitCode = observation.exitCode;
    else if (kind === "event" && observation.event.event === "member-changed") {
      if (this.subject === undefined || node === this.subject) return;
      this.change(node, observation.event, atMs);
    }
  }

  private onStarted(node: string, atMs: Millis): void {
    this.startedMs = atMs;
    const daemon = this.backend.daemon(node);
    if (daemon === undefined) return;
    const { pid, address, api } = daemon;
    if (this.subject !== undefined) this.say(`${node} listens again (pid ${pid})`, atMs);
    else this.say(`${node} listens on ${address} (pid ${pid}, API http://${api})`, atMs);
  }

  private change(
    viewer: string,
    { member, to, by, reason, phi }: MemberChanged,
    atMs: Millis,
  ): void {
    const state = to === "forgotten" ? to : formatState(this.output.style, to);
    const level = phi === null ? "" : `, phi ${formatPhi(phi)}`;
    const who = by === viewer ? "first-hand" : `reported by ${by}`;
    this.say(`${viewer} sees ${member} ${state}  (${who}: ${reason}${level})`, atMs);
  }

  /** Samples the first node's phi for a member, and prints its climb. */
  private watchPhi(member: MemberName): void {
    const [first = ""] = this.names;
    let nextStep = 0;
    const look = async (_: string, reader: NodeReader): Promise<void> => {
      const seen = (await reader.members()).find(({ name }) => name === member);
      const phi = seen?.phi ?? 0;
      if (phi <= this.phi) return;
      this.phi = phi;
      if (phi < (PHI_STEPS[nextStep] ?? Number.POSITIVE_INFINITY)) return;
      nextStep = PHI_STEPS.findIndex((step) => step > phi);
      if (nextStep < 0) nextStep = PHI_STEPS.length;
      const silent = formatSpan(seen?.lastHeardMs ?? 0);
      this.say(`${first}'s phi for ${member} climbs: ${formatPhi(phi)}, silent for ${silent}`);
    };
    this.stopPolling = this.backend.poll([first], PHI_EVERY_MS, look);
  }

  private line(text: string, atMs: Millis): void {
    const { style, data } = this.output;
    const seconds = (atMs / 1000).toFixed(2).padStart(7);
    data(`${paint(style, "gray", `${seconds} s`)}  ${text}`);
  }
}

const HEADINGS: Readonly<Record<string, string>> = {
  kill: "is killed (SIGKILL)",
  pause: "is frozen (SIGSTOP): it is silent, and its kernel still answers for its port",
  resume: "thaws (SIGCONT)",
  leave: "leaves gracefully",
  start: "starts again",
};

/** `by all 4 after 252 ms (fastest n2 181 ms, slowest n5 252 ms)`. */
export function describeTimes(times: ReadonlyMap<string, Millis>): string {
  const sorted = [...times].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  const fastest = sorted[0];
  const slowest = sorted.at(-1);
  if (fastest === undefined || slowest === undefined) return "by none";
  if (sorted.length === 1) return `by ${slowest[0]} after ${formatMillis(slowest[1])}`;
  return (
    `by all ${sorted.length} after ${formatMillis(slowest[1])} ` +
    `(fastest ${fastest[0]} ${formatMillis(fastest[1])}, slowest ${slowest[0]} ${formatMillis(slowest[1])})`
  );
}

function list(names: readonly string[]): string {
  return `{${names.join(" ")}}`;
}

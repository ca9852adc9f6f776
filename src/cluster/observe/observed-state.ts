import type { PublicEvent } from "../../control/api-types.ts";
import { PROFILES } from "../../core/config.ts";
import type { AccusationReason, MemberName, MemberState, Millis } from "../../core/member.ts";
import { suspectCause } from "../../core/membership/change-note.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { ClusterConfig, Observation, ProcessEnd, Traffic } from "../cluster.ts";
import { type Belief, type BeliefChange, type BeliefMatrix, Beliefs } from "./beliefs.ts";
import { FaultHistory } from "./fault-history.ts";
import { isDetected, Silences, silenceOf } from "./silences.ts";

/** What is known of a process, from what was done to it and what the backend reported. */
export interface KnownProcess {
  readonly node: string;
  readonly member: MemberName;
  readonly is: "running" | "paused" | "stalled" | "down";
  /** Once it has ended. */
  readonly end: { readonly how: ProcessEnd; readonly exitCode: number | null } | undefined;
}

/** An event of a node, in the cluster's own time. */
export interface SeenEvent {
  readonly atMs: Millis;
  readonly node: string;
  readonly event: PublicEvent;
}

/** Of `aftermathMs`, as in the simulator's checkers. */
const AFTERMATH_PERIODS = 3;

/**
 * What is known of a cluster at this moment: its processes, the faults between them, and what each of
 * them believes.
 */
export class ObservedState {
  nowMs: Millis = 0;
  readonly beliefs = new Beliefs();
  readonly faults: FaultHistory;
  /** Of all nodes, in the order of their times: streams may be told a little apart. */
  readonly events: SeenEvent[] = [];
  /** What each node had sent when it was last asked. */
  traffic: ReadonlyMap<string, Traffic> = new Map();
  /** So long after a fault its consequences may still show. */
  readonly aftermathMs: Millis;

  private readonly nodes: readonly string[];
  private readonly processes = new Map<string, KnownProcess>();
  private readonly isolated = new Set<string>();
  private readonly silences = new Silences();

  /** @param nodes all that will ever start, in the order of rows and columns */
  constructor(nodes: readonly string[], { profile, settings }: ClusterConfig) {
    const { probeIntervalMs } = { ...PROFILES[profile], ...settings };
    this.nodes = nodes;
    this.aftermathMs = AFTERMATH_PERIODS * probeIntervalMs;
    this.faults = new FaultHistory(nodes);
  }

  process(node: string): KnownProcess {
    return this.processes.get(node) ?? { node, member: node, is: "down", end: undefined };
  }

  /** Processes that run and do not stand still, in the order in which they were named. */
  get viewers(): readonly string[] {
    return this.nodes.filter((node) => this.process(node).is === "running");
  }

  belief(viewer: string, member: MemberName): Belief | undefined {
    return this.beliefs.get(viewer, member);
  }

  /** Whether all that run hold one view, and each other alive in it; false while nothing runs. */
  get isConverged(): boolean {
    const { viewers } = this;
    const [first] = viewers;
    if (first === undefined || !this.beliefs.areEqual(viewers)) return false;
    return viewers.every(
      (other) => this.belief(first, this.process(other).member)?.state === "alive",
    );
  }

  isIsolated(node: string): boolean {
    return this.isolated.has(node);
  }

  /** The process of a member that runs, or did last. */
  nodeOf(member: MemberName): string {
    const owner = this.ownerOf(member) ?? this.process(member);
    return owner.node;
  }

  /** The running process of a member, if any. */
  ownerOf(member: MemberName): KnownProcess | undefined {
    for (const process of this.processes.values()) {
      if (process.member === member && process.is !== "down") return process;
    }
    return undefined;
  }

  matrix(): BeliefMatrix {
    const viewers = this.viewers;
    const members = [...new Set(this.nodes.map((node) => this.process(node).member))];
    const states = viewers.map((viewer) =>
      members.map((member) => this.belief(viewer, member)?.state ?? null),
    );
    return { viewers, members, states };
  }

  /** The process stands still, or goes on. */
  stand(node: string, is: "running" | "paused" | "stalled", atMs: Millis): void {
    const process = this.process(node);
    if (process.is === "down") return;
    this.processes.set(node, { ...process, is });
    if (is === "running") this.faults.endAt(node, atMs);
    else this.faults.beginAt(node, atMs);
  }

  setLinks(rules: LinkRules, atMs: Millis): void {
    this.faults.setLinks(rules, atMs);
  }

  /** Takes in what a node told; the changes of its beliefs that are in it. */
  observe(observation: Observation): readonly BeliefChange[] {
    const { node, atMs } = observation;
    this.nowMs = Math.max(this.nowMs, atMs);
    switch (observation.kind) {
      case "started":
        this.processes.set(node, {
          node,
          member: observation.member,
          is: "running",
          end: undefined,
        });
        this.beliefs.begin(node);
        this.silences.end(node);
        this.isolated.delete(node);
        this.faults.endAt(node, atMs);
        return [];
      case "ended": {
        const { end: how, exitCode } = observation;
        this.processes.set(node, { ...this.process(node), is: "down", end: { how, exitCode } });
        this.beliefs.end(node);
        this.faults.beginAt(node, atMs);
        return [];
      }
      case "view":
        return observation.members.flatMap(({ member, state, incarnation }) => {
          const before = this.belief(node, member);
          return this.believe(node, atMs, {
            member,
            to: state,
            incarnation,
            by: node,
            cause: "view",
            // A view does not say it; what was told before holds on.
            silence: before?.state === state ? before.silence : null,
            phi: null,
          });
        });
      case "event":
        this.keep({ atMs, node, event: observation.event });
        return this.told(node, atMs, observation.event);
    }
  }

  private keep(seen: SeenEvent): void {
    let at = this.events.length;
    while (at > 0 && (this.events[at - 1]?.atMs ?? 0) > seen.atMs) at--;
    this.events.splice(at, 0, seen);
  }

  private told(viewer: string, atMs: Millis, event: PublicEvent): readonly BeliefChange[] {
    switch (event.event) {
      case "member-changed":
        this.silences.clear(viewer, event.member);
        return this.believe(viewer, atMs, { ...event, silence: silenceIn(event) });
      case "accused":
        return this.accused(viewer, atMs, event);
      case "suspicion-cleared":
        this.silences.clear(viewer, event.member);
        return [];
      case "member-updated": {
        const belief = this.beliefs.get(viewer, event.member);
        if (belief === undefined) return [];
        this.beliefs.set(viewer, event.member, { ...belief, incarnation: event.incarnation });
        return [];
      }
      case "member-reaped":
        return this.believe(viewer, atMs, { ...FORGOTTEN, member: event.member, by: viewer });
      case "isolated-changed":
        if (event.isolated) this.isolated.add(viewer);
        else this.isolated.delete(viewer);
        return [];
      default:
        return [];
    }
  }

  private believe(
    viewer: string,
    atMs: Millis,
    { member, to, incarnation, by, cause, silence, phi }: NewBelief,
  ): readonly BeliefChange[] {
    const before = this.beliefs.get(viewer, member);
    const from = before?.state ?? null;
    const state = to === "forgotten" ? null : to;
    const isUnprovoked = state === "dead" && this.isUnprovoked(viewer, member, atMs);
    const detectedSinceMs =
      state !== null && isDetected({ state, silence })
        ? (before?.detectedSinceMs ?? atMs)
        : undefined;
    const held = { incarnation, sinceMs: atMs, silence, detectedSinceMs, isUnprovoked };
    this.beliefs.set(viewer, member, state === null ? undefined : { state, ...held });
    if (from === state && (state !== "suspect" || before?.silence === silence)) return [];
    return [{ atMs, viewer, member, from, to: state, incarnation, by, cause, silence, phi }];
  }

  /** Another accuser, or another word of one: the suspicion may be of another kind now. */
  private accused(
    viewer: string,
    atMs: Millis,
    event: Extract<PublicEvent, { readonly event: "accused" }>,
  ): readonly BeliefChange[] {
    const silence = this.silences.accuse(viewer, event);
    const belief = this.beliefs.get(viewer, event.member);
    if (belief?.state !== "suspect" || belief.silence === silence) return [];
    const { member, accuser: by, phi } = event;
    const { incarnation } = belief;
    const said = { member, incarnation, by, phi, silence, cause: suspectCause(silence) };
    return this.believe(viewer, atMs, { ...said, to: "suspect" });
  }

  /** Whether a viewer takes a member for dead that runs, and that nothing keeps from it. */
  private isUnprovoked(viewer: string, member: MemberName, atMs: Millis): boolean {
    const owner = this.ownerOf(member);
    if (owner === undefined || owner.is !== "running") return false;
    const sinceMs = this.faults.clearSince(viewer, owner.node);
    return sinceMs !== undefined && atMs - sinceMs >= this.aftermathMs;
  }
}

interface NewBelief {
  readonly member: MemberName;
  readonly to: MemberState;
  readonly incarnation: number;
  readonly by: MemberName;
  readonly cause: BeliefChange["cause"];
  readonly silence: AccusationReason | null;
  readonly phi: number | null;
}

const FORGOTTEN = {
  to: "forgotten",
  incarnation: 0,
  cause: "reaped",
  silence: null,
  phi: null,
} as const;

function silenceIn({ to, cause }: Pick<NewBelief, "to" | "cause">): AccusationReason | null {
  return to === "suspect" || to === "dead" ? silenceOf(cause) : null;
}

import type { MemberName } from "../../../../core/member.ts";
import {
  lifeguardTimeoutMs,
  type SuspicionBounds,
  suspicionBounds,
} from "../../../../pool/core/pool-timer.ts";
import type { BaselineUpdate, ListedMember } from "../baseline-message.ts";
import type { BaselineNews } from "../baseline-node.ts";
import type { BaselineMember, MemberList } from "../member-list.ts";
import type { NodeTimer, NodeTimers } from "../node-timers.ts";
import type { TransmitQueue } from "../transmit-queue.ts";
import type { Awareness } from "./awareness.ts";
import type { LifeguardConfig } from "./lifeguard-config.ts";

type Accusation = Extract<BaselineUpdate, { kind: "suspect" | "dead" }>;
type AliveUpdate = Extract<BaselineUpdate, { kind: "alive" }>;

interface Suspicion {
  readonly startMs: number;
  readonly bounds: SuspicionBounds;
  /** Whoever accused; the first does not count as a confirmation. */
  readonly accusers: Set<MemberName>;
  timer: NodeTimer;
}

/** What the beliefs of a node share with its other parts. */
export interface LifeguardBeliefsParts {
  readonly config: LifeguardConfig;
  readonly self: BaselineMember;
  readonly list: MemberList;
  readonly queue: TransmitQueue;
  readonly timers: NodeTimers;
  readonly awareness: Awareness;
  readonly onNews: (news: BaselineNews) => void;
}

/** memberlist's aliveNode, suspectNode, deadNode and mergeState, without leaving and conflicts. */
export class LifeguardBeliefs {
  private readonly suspicions = new Map<MemberName, Suspicion>();
  private readonly parts: LifeguardBeliefsParts;

  constructor(parts: LifeguardBeliefsParts) {
    this.parts = parts;
  }

  take(update: BaselineUpdate): void {
    if (update.kind === "alive") this.alive(update);
    else if (update.kind === "suspect") this.suspect(update);
    else this.dead(update);
  }

  /** What a peer's whole list says; its dead are only suspected. */
  merge(members: readonly ListedMember[]): void {
    const from = this.parts.self.name;
    for (const { member, endpoint, incarnation, state } of members) {
      if (state === "alive") this.alive({ kind: "alive", member, incarnation, endpoint });
      else this.suspect({ kind: "suspect", member, incarnation, from });
    }
  }

  suspect(update: Accusation): void {
    const { list, queue, self } = this.parts;
    const member = list.get(update.member);
    if (member === undefined || update.incarnation < member.incarnation) return;
    const suspicion = this.suspicions.get(member.name);
    if (suspicion !== undefined) {
      if (this.confirm(member, suspicion, update.from)) queue.add(member.name, update);
      return;
    }
    if (member.state !== "alive") return;
    if (member === self) {
      this.refute(update.incarnation);
      return;
    }
    queue.add(member.name, update);
    this.change(member, "suspect", update.incarnation);
    this.suspicions.set(member.name, this.begin(member, update.from));
  }

  private alive(update: AliveUpdate): void {
    const { list, queue, self, timers, onNews } = this.parts;
    const { member: name, incarnation, endpoint } = update;
    const member = list.get(name);
    if (member === self) {
      if (incarnation > self.incarnation) this.refute(incarnation);
      return;
    }
    if (member === undefined) {
      list.add({ name, endpoint, incarnation, state: "alive", sinceMs: timers.nowMs });
      queue.add(name, update);
      onNews({ member: name, from: null, to: "alive", incarnation });
      return;
    }
    if (incarnation <= member.incarnation) return;
    this.drop(name);
    queue.add(name, update);
    this.change(member, "alive", incarnation);
  }

  private dead(update: Accusation): void {
    const { list, queue, self } = this.parts;
    const member = list.get(update.member);
    if (member === undefined || update.incarnation < member.incarnation) return;
    this.drop(member.name);
    if (member.state === "dead") return;
    if (member === self) {
      this.refute(update.incarnation);
      return;
    }
    queue.add(member.name, update);
    this.change(member, "dead", update.incarnation);
  }

  private refute(accused: number): void {
    const { self, queue, awareness } = this.parts;
    self.incarnation = Math.max(self.incarnation, accused) + 1;
    awareness.apply(1);
    const { name: member, incarnation, endpoint } = self;
    queue.add(`${member}, refuting`, { kind: "alive", member, incarnation, endpoint });
  }

  private begin(member: BaselineMember, accuser: MemberName): Suspicion {
    const { config, list, timers } = this.parts;
    const bounds = suspicionBounds(
      {
        mult: config.suspicionMult,
        maxTimeoutMult: config.suspicionMaxTimeoutMult,
        probeIntervalMs: config.probeIntervalMs,
      },
      list.size,
    );
    const timer = timers.after(lifeguardTimeoutMs(bounds, 0), () => this.expire(member));
    return { startMs: timers.nowMs, bounds, accusers: new Set([accuser]), timer };
  }

  /** Whether the accuser is news, which makes the suspicion shorter. */
  private confirm(member: BaselineMember, suspicion: Suspicion, accuser: MemberName): boolean {
    const { bounds, accusers, startMs } = suspicion;
    if (accusers.size - 1 >= bounds.confirmationsWanted || accusers.has(accuser)) return false;
    accusers.add(accuser);
    const endMs = startMs + lifeguardTimeoutMs(bounds, accusers.size - 1);
    suspicion.timer.cancel();
    const { timers } = this.parts;
    suspicion.timer = timers.after(endMs - timers.nowMs, () => this.expire(member));
    return true;
  }

  private expire(member: BaselineMember): void {
    const { name, incarnation, state } = member;
    if (state !== "suspect") return;
    this.dead({ kind: "dead", member: name, incarnation, from: this.parts.self.name });
  }

  private drop(name: MemberName): void {
    this.suspicions.get(name)?.timer.cancel();
    this.suspicions.delete(name);
  }

  private change(member: BaselineMember, to: ListedMember["state"], incarnation: number): void {
    const { timers, onNews } = this.parts;
    const from = member.state;
    member.incarnation = incarnation;
    if (from === to) return;
    member.state = to;
    member.sinceMs = timers.nowMs;
    onNews({ member: member.name, from, to, incarnation });
  }
}

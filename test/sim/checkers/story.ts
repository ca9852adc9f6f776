import { PROFILES } from "../../../src/core/config.ts";
import type { Effect, NodeEvent } from "../../../src/core/effect.ts";
import type { MemberState } from "../../../src/core/member.ts";
import type { NodeSnapshot } from "../../../src/core/snapshot.ts";
import { Checks } from "../../../src/sim/checkers/checks.ts";
import type { Disturbance } from "../../../src/sim/checkers/world.ts";
import { record } from "../../core/builders.ts";

export const LAN = PROFILES.lan;
/** The incarnation of each process at its first start. */
export const FIRST = 10;

/** Three processes that run, and what their nodes are made to tell. */
export class Story {
  readonly checks = new Checks({ config: LAN, members: 3 });
  nowMs = 0;

  constructor() {
    for (const name of ["a", "b", "c"]) this.start(name);
    for (const viewer of ["a", "b", "c"]) {
      for (const member of ["a", "b", "c"]) this.changes(viewer, member, null, "alive");
    }
  }

  start(name: string, incarnation = FIRST): void {
    this.checks.started(name, record(name, { incarnation }), this.nowMs);
  }

  end(name: string): void {
    this.checks.ended(name, this.nowMs);
  }

  disturb(disturbance: Partial<Disturbance> & Pick<Disturbance, "untilMs">): void {
    const nobody = () => false;
    this.checks.world.disturb({ fromMs: 0, concerns: nobody, hampers: nobody, ...disturbance });
  }

  tell(viewer: string, event: NodeEvent): void {
    this.checks.stepped(viewer, { kind: "leave" }, [{ kind: "event", event }], this.nowMs);
  }

  sends(node: string, effects: readonly Effect[]): void {
    this.checks.stepped(node, { kind: "leave" }, effects, this.nowMs);
  }

  changes(
    viewer: string,
    member: string,
    from: MemberState | null,
    to: MemberState,
    { by = member, incarnation = FIRST } = {},
  ): void {
    const change = { kind: "member-changed", member, from, to, incarnation, by } as const;
    this.tell(viewer, { ...change, cause: "reported", reason: "told", phi: null });
  }

  inspect(viewer: string, changes: Partial<NodeSnapshot>): void {
    const queues = { updatesOwed: 0, suspicions: 0, relays: 0, noticesOwed: 0 };
    const snapshot = {
      self: record(viewer),
      phase: "running",
      profile: "lan",
      viewDigest: "",
      isolated: false,
      notYet: null,
      localHealth: 0,
      phiSuspect: 8,
      stalls: { count: 0, totalMs: 0, lastMs: 0 },
      queues,
      members: [],
    } as const;
    this.checks.inspected(viewer, { ...snapshot, ...changes }, this.nowMs);
  }

  get broken(): string | undefined {
    return this.checks.broken?.rule;
  }
}

/** A member as a snapshot shows it. */
export const member = (name: string, state: MemberState, phi: number | null = null) => ({
  record: record(name),
  state,
  stateForMs: 0,
  observed: true,
  phi,
  lastHeardMs: 0,
  rttMs: null,
  reachedThrough: null,
  accusers: [],
  silence: null,
  slowness: null,
  waitingMs: null,
  refused: false,
});

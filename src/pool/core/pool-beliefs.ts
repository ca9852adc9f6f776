import type { ChangeCause } from "../../core/effect.ts";
import {
  type Endpoint,
  isPresent,
  type MemberName,
  type Millis,
  sameEndpoint,
} from "../../core/member.ts";
import { Throttle } from "../../core/primitives/throttle.ts";
import type { PoolRecord } from "../wire/messages.ts";
import { type Declarers, UNHEARD } from "./declarers.ts";
import type { DropCounts } from "./drop-counts.ts";
import type { Goodbyes } from "./goodbyes.ts";
import type { PoolAccusers, SuspicionEnding } from "./pool-accusers.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolRow, PoolState } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** In periods: a member that answered this guest within is heard. */
const HEARD_PERIODS = 2;
const NAME_LENGTH_MAX = 255;
/** A conflict of one name, or a full table, is reported once in this span. */
const TOLD_EVERY_MS: Millis = 60_000;

interface PoolBeliefsParts {
  readonly config: PoolConfig;
  readonly selfName: MemberName;
  readonly table: PoolTable;
  readonly accusers: PoolAccusers;
  readonly goodbyes: Goodbyes;
  readonly declarers: Declarers;
  readonly outbox: PoolOutbox;
  readonly drops: DropCounts;
  /** This guest's own phi of a member; null where it does not ping it. */
  readonly phi: (member: MemberName, now: Millis) => number | null;
  readonly onSuspected: (member: MemberName, now: Millis) => void;
  /** Something was said that only views can settle. */
  readonly onUnsettled: (now: Millis) => void;
}

/** A suspicion, as gossip or a view has it. */
interface HeardSuspicion {
  readonly member: MemberName;
  readonly incarnation: number;
  /** `UNHEARD` where only a view shows it. */
  readonly by: MemberName;
  /** Whose view that is, where it is known. */
  readonly viewer?: MemberName | null;
}

/** How the pool's word came. */
export interface Said {
  /** Who said it: a member's name in its message, or `UNHEARD`. */
  readonly by: MemberName;
  readonly cause: ChangeCause;
  /** One clause for people. */
  readonly reason: string;
}

/**
 * memberlist's aliveNode, suspectNode and deadNode, seen from outside: the pool's word counts, and
 * only that. Where the pool forgets its dead, so does the guest: a member that starts again begins
 * at incarnation 1.
 */
export class PoolBeliefs {
  private readonly parts: PoolBeliefsParts;
  private readonly told = new Throttle(TOLD_EVERY_MS);

  constructor(parts: PoolBeliefsParts) {
    this.parts = parts;
  }

  /** A member is alive at that incarnation, as it says itself. */
  alive(heard: PoolRecord, said: Said, now: Millis): void {
    const { table, goodbyes } = this.parts;
    const row = table.get(heard.name);
    if (row === undefined) {
      if (this.mayAdd(heard, now)) this.add(heard, "alive", said, now);
      return;
    }
    if (!isPresent(row.state)) {
      const isForgotten = table.isForgottenByPool(row, now);
      if (heard.incarnation <= row.incarnation && !isForgotten) return;
      if (this.isFull(now)) return;
      goodbyes.forget(row.name);
      const isRestart = heard.incarnation <= row.incarnation || !isSameAddress(row, heard);
      this.revive(row, heard, isRestart, now);
      return;
    }
    if (heard.incarnation <= row.incarnation) return;
    if (!isSameAddress(row, heard) && this.isHeard(row, now)) {
      this.rejectNewcomer(row, heard.endpoint, now);
      return;
    }
    this.renew(row, heard, now);
  }

  /**
   * The member itself, and not what somebody remembers of it, is at a lower incarnation than we
   * have: it has started again, and neither we nor the pool knew that it was over.
   */
  restarted(heard: PoolRecord, now: Millis): void {
    const row = this.parts.table.get(heard.name);
    if (row === undefined || !isPresent(row.state) || heard.incarnation >= row.incarnation) return;
    this.endSuspicion(row, "refuted", now);
    this.revive(row, heard, true, now);
  }

  /** The other members have it as present, and it answers: its death was the word of few. */
  aliveByViews(heard: PoolRecord, now: Millis): void {
    const row = this.parts.table.get(heard.name);
    if (row === undefined || isPresent(row.state) || this.isFull(now)) return;
    this.revive(row, heard, false, now);
  }

  /** The pool's time for the suspicion is over, and other members have it as alive. */
  clear(row: PoolRow, now: Millis): void {
    if (row.state !== "suspect" || !this.endSuspicion(row, "heard", now)) return;
    const { table, outbox } = this.parts;
    table.setState(row, "alive", row.incarnation, row.name, now);
    outbox.emit({ kind: "suspicion-cleared", member: row.name, cause: "heard" });
    const reason = "other members have it as alive";
    this.emitChange(row, "suspect", { by: UNHEARD, cause: "reported", reason }, now);
  }

  /** Somebody suspects the member. */
  suspect({ member, incarnation, by, viewer }: HeardSuspicion, now: Millis): void {
    const { table, accusers, outbox, drops, phi } = this.parts;
    const row = table.get(member);
    if (row === undefined) drops.add("unknown-member");
    if (row === undefined || !isPresent(row.state) || incarnation < row.incarnation) return;
    const ownPhi = phi(member, now);
    const isFirst = row.state === "alive";
    if (isFirst) {
      table.setState(row, "suspect", incarnation, by, now);
      accusers.begin(member, table.poolSize(now), now);
      this.parts.onSuspected(member, now);
    }
    const isNews = by !== UNHEARD && accusers.accuse(member, by, ownPhi ?? 0, now);
    if (isFirst) {
      const seen = viewer == null ? "suspect in a view" : `suspect in the view of ${viewer}`;
      const reason = by === UNHEARD ? `${seen}; the accuser was not heard` : `accused by ${by}`;
      this.emitChange(row, "alive", { by, cause: "silence", reason }, now);
    }
    if (!isNews) return;
    const phiOfAccused = { incarnation: row.incarnation, phi: ownPhi ?? 0 };
    outbox.emit({ kind: "accused", member, accuser: by, evidence: "silence", ...phiOfAccused });
  }

  /** A member was declared dead, or says goodbye. */
  dead(member: MemberName, incarnation: number, by: MemberName, now: Millis): void {
    const { table, goodbyes, drops } = this.parts;
    const row = table.get(member);
    if (row === undefined) drops.add("unknown-member");
    if (row === undefined || incarnation < row.incarnation) return;
    if (!isPresent(row.state)) {
      this.parts.declarers.learn(row, by);
      return;
    }
    if (by === member && goodbyes.mustWait(member, now)) {
      this.parts.onUnsettled(now);
      return;
    }
    if (by === member || goodbyes.isLeaving(member)) {
      this.left(member, incarnation, now);
      return;
    }
    // A member that answers this guest is not taken for dead by one word: the views decide.
    this.parts.declarers.note(row, incarnation, by);
    if (this.isHeard(row, now)) this.parts.onUnsettled(now);
    else this.end(row, "dead", incarnation, declared(by), now);
  }

  /** The other members have it as over; who declared it may have been heard before. */
  deadByViews(row: PoolRow, incarnation: number, now: Millis): void {
    const by = row.declared?.by ?? UNHEARD;
    this.end(row, "dead", Math.max(incarnation, row.incarnation), declared(by), now);
    if (by === UNHEARD) this.parts.declarers.listenFor(row, now);
  }

  /** The member has left, as the engine above memberlist, or the member itself, says. */
  left(member: MemberName, incarnation: number, now: Millis): void {
    const row = this.parts.table.get(member);
    if (row === undefined || row.state === "left" || incarnation < row.incarnation) return;
    this.parts.goodbyes.forget(member);
    this.end(row, "left", incarnation, { by: member, cause: "leave", reason: "leaves" }, now);
  }

  /** A view has a member as over of which nothing was known here. */
  addEnded(heard: PoolRecord, state: "dead" | "left", said: Said, now: Millis): void {
    if (this.mayAdd(heard, now)) this.add(heard, state, said, now);
  }

  /** The member is over, as views or this guest's own eyes have it. */
  end(row: PoolRow, state: "dead" | "left", incarnation: number, said: Said, now: Millis): void {
    const from = row.state;
    this.endSuspicion(row, state, now);
    this.parts.table.setState(row, state, incarnation, said.by, now);
    this.emitChange(row, from, said, now);
  }

  /** Whether the member answered this guest lately. */
  isHeard(row: PoolRow, now: Millis): boolean {
    const { config } = this.parts;
    return row.heardAt !== undefined && now - row.heardAt <= HEARD_PERIODS * config.probeIntervalMs;
  }

  /** Two members go by one name: the pool goes by the first, and so does the guest. */
  rejectNewcomer(row: PoolRow, newcomer: Endpoint, now: Millis): void {
    this.parts.drops.add("name-conflict");
    if (!this.told.allows(`conflict ${row.name}`, now)) return;
    const holder = row.heard.endpoint;
    this.parts.outbox.emit({ kind: "newcomer-rejected", member: row.name, holder, newcomer });
  }

  private add(heard: PoolRecord, state: PoolState, said: Said, now: Millis): void {
    const row = this.parts.table.add(heard, state, said.by, now);
    this.emitChange(row, null, said, now);
  }

  private revive(row: PoolRow, heard: PoolRecord, isRestart: boolean, now: Millis): void {
    const from = row.state;
    const { table } = this.parts;
    table.setState(row, "alive", heard.incarnation, row.name, now);
    table.setRecord(row, heard, isRestart);
    const cause = isRestart ? "restarted" : "returned";
    this.emitChange(row, from, { by: row.name, cause, reason: cause }, now);
  }

  /** A higher incarnation of a member that is present: it refutes, moves, or announces something else. */
  private renew(row: PoolRow, heard: PoolRecord, now: Millis): void {
    const { table, outbox } = this.parts;
    const { name, state } = row;
    const hasMoved = !isSameAddress(row, heard);
    const wasSuspect = this.endSuspicion(row, "refuted", now);
    table.setState(row, "alive", heard.incarnation, name, now);
    table.setRecord(row, heard, hasMoved);
    if (!wasSuspect) {
      outbox.emit({ kind: "member-updated", member: name, incarnation: heard.incarnation });
      return;
    }
    outbox.emit({ kind: "suspicion-cleared", member: name, cause: "refuted" });
    this.emitChange(row, state, { by: name, cause: "refuted", reason: "refuted" }, now);
  }

  private endSuspicion(row: PoolRow, how: SuspicionEnding, now: Millis): boolean {
    return this.parts.accusers.end(row.name, how, now);
  }

  private mayAdd(heard: PoolRecord, now: Millis): boolean {
    const { selfName, drops } = this.parts;
    const { name, endpoint } = heard;
    const isValid =
      name !== "" &&
      name !== selfName &&
      name.length <= NAME_LENGTH_MAX &&
      endpoint.port > 0 &&
      endpoint.port <= 0xffff;
    if (!isValid) drops.add("bad-record");
    return isValid && !this.isFull(now);
  }

  private isFull(now: Millis): boolean {
    const { table, config, drops, outbox } = this.parts;
    if (!table.isFull) return false;
    drops.add("members-max");
    if (this.told.allows("membersMax", now)) {
      outbox.emit({ kind: "limit-met", limit: "membersMax", max: config.membersMax });
    }
    return true;
  }

  private emitChange(row: PoolRow, from: PoolState | null, said: Said, now: Millis): void {
    const { name: member, state: to, incarnation } = row;
    const phi = from === null ? null : this.parts.phi(member, now);
    this.parts.outbox.emit({
      ...{ kind: "member-changed", member, from, to, incarnation, phi },
      ...said,
    });
  }
}

function isSameAddress(row: PoolRow, heard: PoolRecord): boolean {
  return sameEndpoint(row.heard.endpoint, heard.endpoint);
}

function declared(by: MemberName): Said {
  const reason = by === UNHEARD ? "declared dead, by an unknown member" : `declared dead by ${by}`;
  return { by, cause: "timeout", reason };
}

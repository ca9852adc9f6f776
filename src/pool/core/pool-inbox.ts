import {
  type Endpoint,
  isPresent,
  type MemberName,
  type Millis,
  type NotYet,
  sameEndpoint,
} from "../../core/member.ts";
import type { PushPull } from "../wire/messages.ts";
import type { PoolComponents } from "./pool-components.ts";
import type { PoolInput } from "./pool-input.ts";
import { viewEntries } from "./pool-snapshot.ts";

type MessageInput = Extract<PoolInput, { readonly kind: "message" }>;
type ViewInput = Extract<PoolInput, { readonly kind: "push-pull" }>;

/** What comes from the pool: packets and views. */
export class PoolInbox {
  /** Why the table may lack members that the pool has. */
  notYet: NotYet | null = "joining";
  private notYetSince: Millis = 0;
  /** Whose packet is being read: the ack at its beginning told. */
  private speaker: { readonly name: MemberName; readonly from: Endpoint } | undefined;
  private readonly parts: PoolComponents;

  constructor(parts: PoolComponents) {
    this.parts = parts;
  }

  /** The clocks start. */
  start(now: Millis): void {
    this.notYetSince = now;
  }

  /** `mayLearn`: this guest ran all the while, so that the time of an answer means something. */
  receive({ from, message }: MessageInput, mayLearn: boolean, now: Millis): void {
    const { beliefs, drops, goodbyes } = this.parts;
    const isAnswer = message.kind === "ack" || message.kind === "nack";
    const isSamePacket = this.speaker !== undefined && sameEndpoint(this.speaker.from, from);
    if (isAnswer || !isSamePacket) this.speaker = undefined;
    switch (message.kind) {
      case "ack":
      case "nack":
        this.onAnswer(message.seq, message.kind === "ack", from, mayLearn, now);
        return;
      case "alive": {
        const { record } = message;
        beliefs.alive(record, { by: record.name, cause: "joined", reason: "joined" }, now);
        return;
      }
      case "suspect":
        beliefs.suspect(message, now);
        return;
      case "dead":
        this.onDead(message.member, message.incarnation, message.by, now);
        return;
      case "user": {
        const leaving = this.parts.options.reader.leaving?.inMessage(message.bytes) ?? [];
        goodbyes.note(leaving, now);
        this.parts.settleLeaving(leaving, now);
        return;
      }
      default:
        drops.add("not-ours");
    }
  }

  /** A whole view. One that does not hold whom we asked comes from somebody else's pool. */
  onView({ member, from, view }: ViewInput, now: Millis): void {
    const { pulls, outbox, drops, views, table } = this.parts;
    const { config } = this.parts.options;
    const asked = view.members.find(({ record }) => record.name === member);
    if (view.members.length === 0 || (member !== null && asked === undefined)) {
      drops.add("stranger");
      pulls.onFailure(member, from, "garbled");
      return;
    }
    const { at: askedAt, isWanted } = pulls.onView(member, from, now);
    this.hear(now);
    const onMerged = (mergedAt: Millis): void => {
      if (this.notYet !== null) this.becomeWhole(mergedAt);
      if (!isWanted || member === null) return;
      const members = view.members.slice(0, config.membersMax + config.endedMax);
      const digest = table.digestOf(members.filter(({ state }) => isPresent(state)));
      outbox.emit({ kind: "view-fetched", member, digest, entries: viewEntries(members) });
    };
    views.merge({ viewer: member ?? viewerAt(from, view), view, askedAt, onMerged }, now);
  }

  private onAnswer(
    seq: number,
    isAck: boolean,
    from: Endpoint,
    mayLearn: boolean,
    now: Millis,
  ): void {
    const { requests, drops, table, prober, pathProber, pulls, outbox } = this.parts;
    const asked = requests.get(seq);
    if (asked === undefined) {
      drops.add("unasked");
      return;
    }
    const { question } = asked;
    if (question.kind !== "path" && !isAck) {
      drops.add("unasked");
      return;
    }
    requests.close(seq);
    this.speaker = { name: question.kind === "path" ? question.from : question.member, from };
    this.hear(now);
    if (question.kind === "path") {
      const change = isAck ? pathProber.onAck(seq, now) : pathProber.onNack(seq, now);
      if (change !== undefined) outbox.emit({ kind: "path-changed", ...change });
      return;
    }
    const row = table.get(question.member);
    if (row === undefined) return;
    pathProber.recordHeard(row.name, now);
    const isOfThisRun = question.kind !== "knock" && question.run === row.run;
    if (isOfThisRun) prober.onAck(row, seq, mayLearn, now);
    else if (question.kind === "knock") {
      row.heardAt = now;
      pulls.hurry(now);
    }
  }

  private onDead(member: MemberName, incarnation: number, by: MemberName, now: Millis): void {
    const { beliefs, table, views } = this.parts;
    beliefs.dead(member, incarnation, by, now);
    const row = table.get(member);
    const speaker = this.speaker?.name;
    if (row === undefined || by === member || incarnation < row.incarnation) return;
    for (const viewer of speaker === undefined ? [by] : [by, speaker]) {
      if (isPresent(row.state)) views.hearOpinion(viewer, row, incarnation, now);
    }
  }

  private hear(now: Millis): void {
    const { cutOff, pulls } = this.parts;
    if (!cutOff.recordHeard(now) || this.notYet !== null) return;
    this.notYet = "returning";
    this.notYetSince = now;
    this.parts.outbox.emit({ kind: "readiness-changed", notYet: "returning", forMs: 0 });
    pulls.hurry(now);
  }

  private becomeWhole(now: Millis): void {
    this.notYet = null;
    const forMs = now - this.notYetSince;
    this.parts.outbox.emit({ kind: "readiness-changed", notYet: null, forMs });
  }
}

/** Who answers at that address, as its own view says. */
function viewerAt(from: Endpoint, { members }: PushPull): MemberName | null {
  const there = members.find(
    ({ record, state }) => isPresent(state) && sameEndpoint(record.endpoint, from),
  );
  return there?.record.name ?? null;
}

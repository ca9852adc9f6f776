import type { Speaker } from "../exchange/record-repair.ts";
import type { Input } from "../input.ts";
import {
  type BeliefUpdate,
  type Endpoint,
  type MemberName,
  type Millis,
  sameEndpoint,
} from "../member.ts";
import type { Header, Message, MessageBody } from "../message.ts";
import type { News } from "../user-message.ts";
import type { Parts } from "./components.ts";

type Body<K extends MessageBody["kind"]> = Extract<MessageBody, { kind: K }>;

/** Sizes are upper bounds, by so much at most. */
const SIZE_ERROR_BYTES = 4;

/** What comes with a message beside its body. */
interface Arrival {
  readonly header: Header;
  readonly speaker: Speaker;
  readonly now: Millis;
  /** False when this node or the sender just stood still: then times mean nothing. */
  readonly mayLearn: boolean;
}

/**
 * The way of one datagram through the node: first evidence, then updates, then gaps, then what it
 * asks or answers.
 */
export class Reception {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** `isPunctual` is false when a wakeup is overdue: this process may have stood still. */
  receive(
    { message, from }: Extract<Input, { kind: "message" }>,
    now: Millis,
    isPunctual: boolean,
  ): void {
    const { header, body, updates } = message;
    const speaker = this.speakerOf(header, body, from);
    const arrival = { header, speaker, now, mayLearn: isPunctual && header.stalledMs === 0 };
    if (header.sender === this.parts.self.name) {
      this.receiveUnderOwnName(body, arrival);
      return;
    }
    if (this.isOfAnotherProfile(body)) {
      this.handle(body, message, arrival);
      return;
    }
    const wasKnownStart = this.isHeldStart(header);
    let isEvidence = wasKnownStart && this.hearFrom(header, speaker, now);
    const bytesMax = this.answerBytesMax(message, isEvidence ? speaker : undefined);
    if (isEvidence) this.noteHolders(updates, speaker);
    for (const update of updates) this.parts.beliefs.take(update, speaker, now);
    if (!wasKnownStart && this.isHeldStart(header)) {
      isEvidence = this.hearFrom(header, speaker, now);
    }
    if (isEvidence && message.news !== undefined) this.parts.notices.take(message.news, now);
    this.closeGap(header, speaker, now);
    this.handle(body, message, { ...arrival, speaker: { ...speaker, bytesMax } });
  }

  /** The kernel, or whoever has the port now, says that the member asked there is gone. */
  refused(member: MemberName, seq: number, now: Millis): void {
    const { prober, relays, conflicts, deathChecks } = this.parts;
    prober.refused(member, seq, now);
    deathChecks.refused(member, seq, now);
    relays.refused(member, seq);
    conflicts.refused(member, now);
  }

  /**
   * How long an answer may be. An address may be forged unless a member that lives there was
   * heard from it before: then no answer is longer than what came (docs/protocol.md §12, rule 25). Whoever pads
   * its request says how long an answer may be that reaches it.
   */
  private answerBytesMax({ header, body, updates }: Message, heard: Speaker | undefined): number {
    const wanted = this.paddedBytes(header, body);
    if (heard !== undefined && wanted === undefined && this.isAtHome(heard)) {
      return Number.POSITIVE_INFINITY;
    }
    const { sizer } = this.parts;
    const base = (wanted ?? sizer.baseBytes(header, body)) - SIZE_ERROR_BYTES;
    return updates.reduce((sum, update) => sum + sizer.updateBytes(update), base);
  }

  private paddedBytes(header: Header, body: MessageBody): number | undefined {
    const isPage = body.kind === "sync-request" || body.kind === "view-request";
    if (!isPage || body.padding === undefined) return undefined;
    return this.parts.sizer.baseBytes(header, { ...body, padding: 0 }) + body.padding;
  }

  private isAtHome({ name, endpoint }: Speaker): boolean {
    const member = this.parts.table.get(name);
    return member !== undefined && sameEndpoint(member.record.endpoint, endpoint);
  }

  private speakerOf({ sender: name }: Header, body: MessageBody, endpoint: Endpoint): Speaker {
    const isIntroducing = body.kind === "sync-page" && this.parts.sync.isIntroduction(body);
    return { name, endpoint, isIntroducing };
  }

  /** Clusters of different profiles must not learn of each other's members, not even by refusing. */
  private isOfAnotherProfile(body: MessageBody): boolean {
    if (body.kind === "join-refused") return true;
    return body.kind === "sync-request" && body.profile !== this.parts.config.profile;
  }

  private receiveUnderOwnName(body: MessageBody, { header, speaker, now }: Arrival): void {
    const { self, ownName, beliefs } = this.parts;
    if (header.startId === self.startId) return;
    if (body.kind === "ack") {
      ownName.acked(header, body.seq, speaker.endpoint, now);
      return;
    }
    if (body.kind === "ping") this.answerPing(body, { ...speaker, bytesMax: 0 });
    if (body.kind === "conflict") ownName.challenge(body.holder, now);
    beliefs.hearOwnName(header, speaker, now);
  }

  /** What a member holds of this node's own name. */
  private noteHolders(updates: Message["updates"], speaker: Speaker): void {
    const { self, ownName } = this.parts;
    for (const update of updates) {
      if (isBelief(update) && update.record.name === self.name) ownName.told(speaker, update);
    }
  }

  private endIsolation(now: Millis): void {
    const { connectivity, suspicions, prober } = this.parts;
    const gapMs = connectivity.heardSomebody(now);
    if (connectivity.isIsolated) prober.lookAround(now);
    if (gapMs === 0) return;
    this.parts.shift(gapMs, now);
    suspicions.withdrawOwn();
    this.parts.localHealth.reconnected();
    this.parts.readiness.returned(now);
  }

  private isHeldStart({ sender, startId }: Header): boolean {
    return this.parts.table.get(sender)?.record.startId === startId;
  }

  /** Direct evidence that a member we know lives, unless it is a replay; whether it was any. */
  private hearFrom(header: Header, speaker: Speaker, now: Millis): boolean {
    const { name } = speaker;
    const { evidence, prober, suspicions, deathChecks, conflicts, digestWatch, table } = this.parts;
    if (!evidence.accepts(header)) return false;
    evidence.heard(name, now);
    this.endIsolation(now);
    prober.heard(name, now);
    deathChecks.heard(name, header.startId);
    const held = table.get(name)?.record.incarnation ?? header.incarnation;
    if (header.incarnation === held) suspicions.heard(name, now);
    conflicts.holderHeard(header, now);
    if (table.get(name)?.state === "dead") digestWatch.syncWith(speaker, now);
    return true;
  }

  /**
   * A header above our record clears what was said against the older incarnation, and makes us ask.
   */
  private closeGap(header: Header, speaker: Speaker, now: Millis): void {
    const { table, suspicions, beliefs } = this.parts;
    const held = table.get(header.sender)?.record.incarnation ?? header.incarnation;
    if (header.incarnation > held) suspicions.clear(header.sender, "refuted");
    beliefs.hear(header, speaker, now);
  }

  private handle(body: MessageBody, message: Message, arrival: Arrival): void {
    const { speaker, now } = arrival;
    const { relays, prober, ownName, sync, views, queries, self } = this.parts;
    switch (body.kind) {
      case "ping":
        this.answerPing(body, speaker, message.news);
        this.compareDigest(body, arrival);
        break;
      case "ack":
        this.takeAck(body, arrival);
        this.compareDigest(body, arrival, body.isPartial !== true);
        break;
      case "not-me":
        this.refused(body.target, body.seq, now);
        break;
      case "ping-req":
        relays.asked(body, speaker, now);
        break;
      case "relayed-ack":
        this.takeRelayedAck(body, arrival);
        break;
      case "nack":
        prober.nacked(body.target, speaker.name, body.seq);
        break;
      case "record-request":
        this.answerRecordRequest(body, arrival);
        break;
      case "sync-request":
        sync.answer(body, speaker, now);
        break;
      case "sync-page":
        if (speaker.isIntroducing && body.next !== null) this.parts.readiness.introduced(now);
        sync.paged(body, message.updates.filter(isBelief), speaker, now);
        break;
      case "join-refused":
        this.takeJoinRefused(body, arrival);
        break;
      case "conflict":
        if (body.name === self.name) ownName.challenge(body.holder, now);
        break;
      case "view-request":
        views.answer(body, speaker, now);
        break;
      case "view-page":
        views.paged(body, speaker.name, now);
        break;
      case "answer":
        queries.answered(body, speaker);
        break;
      case "answer-ack":
        queries.acked(body.seq, speaker.name);
        break;
      case "gossip":
      case "sync-push":
        break;
    }
  }

  private answerPing({ seq, target }: Body<"ping">, speaker: Speaker, news?: News): void {
    const { self, outbox, table, board, readiness } = this.parts;
    const { name: member, endpoint, bytesMax } = speaker;
    const limit = bytesMax === undefined ? {} : { bytesMax };
    if (target !== self.name) {
      outbox.send({ endpoint, member }, { kind: "not-me", seq, target }, limit);
      return;
    }
    const updates = self.phase === "running" ? [] : [self.toUpdate()];
    const partial = readiness.isPartial ? ({ isPartial: true } as const) : {};
    const body = { kind: "ack", seq, digest: table.digest, ...partial } as const;
    outbox.send({ endpoint, member }, body, { updates, notices: board.lackedBy(news), ...limit });
  }

  private takeAck({ seq }: Body<"ack">, { header, now, mayLearn }: Arrival): void {
    const { prober, relays, leaving, farClaims } = this.parts;
    prober.acked(header.sender, seq, now, mayLearn);
    relays.acked(header, seq);
    leaving.acked(header.sender, seq);
    farClaims.acked(header, seq, now);
  }

  private takeRelayedAck(body: Body<"relayed-ack">, { speaker, now }: Arrival): void {
    const { gaps, table, prober } = this.parts;
    const relation = gaps.compare(table.get(body.target)?.record, body);
    if (relation === "same") prober.relayedAck(body.target, speaker.name, body.seq, now);
    else if (relation === "newer") gaps.ask(body.target, speaker, now);
  }

  private answerRecordRequest(body: Body<"record-request">, { speaker, now }: Arrival): void {
    const asked = this.parts.table.get(body.member);
    if (asked !== undefined) this.parts.gaps.tell(asked, speaker, now);
  }

  private takeJoinRefused(
    { seq, profile: theirs }: Body<"join-refused">,
    { speaker }: Arrival,
  ): void {
    const { sync, joining } = this.parts;
    const seed = sync.refused(seq);
    if (seed !== undefined) joining.refusedBy(seed, { from: speaker.endpoint, theirs });
  }

  /** `isWhole` is what the speaker says of its own view; undefined where it says nothing of it. */
  private compareDigest(
    { digest }: Body<"ping" | "ack">,
    { speaker, now }: Arrival,
    isWhole?: boolean,
  ): void {
    const { self, table, digestWatch, readiness } = this.parts;
    if (self.phase !== "running" || table.get(speaker.name) === undefined) return;
    digestWatch.told(speaker, digest, now);
    readiness.heardDigest({ isEqual: table.isKnownDigest(digest, now), isWhole }, speaker, now);
  }
}

function isBelief(update: Message["updates"][number]): update is BeliefUpdate {
  return update.kind === "belief";
}

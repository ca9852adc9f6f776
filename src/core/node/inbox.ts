import type { Sender } from "../exchange/record-repair.ts";
import type { Input } from "../input.ts";
import {
  type BeliefUpdate,
  type Endpoint,
  type MemberName,
  type Millis,
  sameEndpoint,
} from "../member.ts";
import type { Header, Message, MessageBody } from "../message.ts";
import type { PiggybackedMessages } from "../user-message.ts";
import type { Components } from "./components.ts";

type Body<K extends MessageBody["kind"]> = Extract<MessageBody, { kind: K }>;

/** Sizes are upper bounds, by so much at most. */
const SIZE_ERROR_BYTES = 4;

/** What comes with a message beside its body. */
interface MessageContext {
  readonly header: Header;
  readonly sender: Sender;
  readonly now: Millis;
  /** False when this node or the sender just stood still: then times mean nothing. */
  readonly mayLearn: boolean;
}

/**
 * The way of one datagram through the node: first evidence, then updates, then gaps, then what it
 * asks or answers.
 */
export class Inbox {
  private readonly parts: Components;

  constructor(parts: Components) {
    this.parts = parts;
  }

  /** `isPunctual` is false when a wakeup is overdue: this process may have stood still. */
  receive(
    { message, from }: Extract<Input, { kind: "message" }>,
    now: Millis,
    isPunctual: boolean,
  ): void {
    const { header, body, updates } = message;
    const sender = this.senderOf(header, body, from);
    const arrival = { header, sender, now, mayLearn: isPunctual && header.stalledMs === 0 };
    if (header.sender === this.parts.self.name) {
      this.receiveUnderOwnName(body, arrival);
      return;
    }
    if (this.isOfAnotherProfile(body)) {
      this.handle(body, message, arrival);
      return;
    }
    const wasKnownStart = this.isHeldStart(header);
    let isEvidence = wasKnownStart && this.hearFrom(header, sender, now);
    const bytesMax = this.answerBytesMax(message, isEvidence ? sender : undefined);
    if (isEvidence) this.noteHolders(updates, sender);
    for (const update of updates) this.parts.beliefs.take(update, sender, now);
    if (!wasKnownStart && this.isHeldStart(header)) {
      isEvidence = this.hearFrom(header, sender, now);
    }
    if (isEvidence && message.news !== undefined) this.parts.userMessages.take(message.news, now);
    this.closeGap(header, sender, now);
    this.handle(body, message, { ...arrival, sender: { ...sender, bytesMax } });
  }

  /** The kernel, or whoever has the port now, says that the member asked there is gone. */
  onRefused(member: MemberName, seq: number, now: Millis): void {
    const { prober, relays, conflicts, deathChecks } = this.parts;
    prober.onRefused(member, seq, now);
    deathChecks.onRefused(member, seq, now);
    relays.onRefused(member, seq);
    conflicts.onRefused(member, now);
  }

  /**
   * How long an answer may be. An address may be forged unless a member that lives there was
   * heard from it before: then no answer is longer than what came (docs/protocol.md §12, rule 25). Whoever pads
   * its request says how long an answer may be that reaches it.
   */
  private answerBytesMax({ header, body, updates }: Message, heard: Sender | undefined): number {
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

  private isAtHome({ name, endpoint }: Sender): boolean {
    const member = this.parts.table.get(name);
    return member !== undefined && sameEndpoint(member.record.endpoint, endpoint);
  }

  private senderOf({ sender: name }: Header, body: MessageBody, endpoint: Endpoint): Sender {
    const isIntroducing = body.kind === "sync-page" && this.parts.sync.isIntroduction(body);
    return { name, endpoint, isIntroducing };
  }

  /** Clusters of different profiles must not learn of each other's members, not even by refusing. */
  private isOfAnotherProfile(body: MessageBody): boolean {
    if (body.kind === "join-refused") return true;
    return body.kind === "sync-request" && body.profile !== this.parts.config.profile;
  }

  private receiveUnderOwnName(body: MessageBody, { header, sender, now }: MessageContext): void {
    const { self, ownName, beliefs } = this.parts;
    if (header.startId === self.startId) return;
    if (body.kind === "ack") {
      ownName.onAck(header, body.seq, sender.endpoint, now);
      return;
    }
    if (body.kind === "ping") this.answerPing(body, { ...sender, bytesMax: 0 });
    if (body.kind === "conflict") ownName.challenge(body.holder, now);
    beliefs.hearOwnName(header, sender, now);
  }

  /** What a member holds of this node's own name. */
  private noteHolders(updates: Message["updates"], sender: Sender): void {
    const { self, ownName } = this.parts;
    for (const update of updates) {
      if (isBelief(update) && update.record.name === self.name) ownName.told(sender, update);
    }
  }

  private endIsolation(now: Millis): void {
    const { connectivity, suspicions, prober } = this.parts;
    const gapMs = connectivity.onHeard(now);
    if (connectivity.isIsolated) prober.pingAll(now);
    if (gapMs === 0) return;
    this.parts.shift(gapMs, now);
    suspicions.withdrawOwn();
    this.parts.localHealth.onReconnected();
    this.parts.readiness.onReturned(now);
  }

  private isHeldStart({ sender, startId }: Header): boolean {
    return this.parts.table.get(sender)?.record.startId === startId;
  }

  /** Direct evidence that a member we know lives, unless it is a replay; whether it was any. */
  private hearFrom(header: Header, sender: Sender, now: Millis): boolean {
    const { name } = sender;
    const { evidence, prober, suspicions, deathChecks, conflicts, syncStart, table } = this.parts;
    if (!evidence.accepts(header)) return false;
    evidence.recordHeard(name, now);
    this.endIsolation(now);
    prober.recordHeard(name, now);
    deathChecks.recordHeard(name, header.startId);
    const held = table.get(name)?.record.incarnation ?? header.incarnation;
    if (header.incarnation === held) suspicions.recordHeard(name, now);
    conflicts.onHolderHeard(header, now);
    if (table.get(name)?.state === "dead") syncStart.syncWith(sender, now);
    return true;
  }

  /**
   * A header above our record clears what was said against the older incarnation, and makes us ask.
   */
  private closeGap(header: Header, sender: Sender, now: Millis): void {
    const { table, suspicions, beliefs } = this.parts;
    const held = table.get(header.sender)?.record.incarnation ?? header.incarnation;
    if (header.incarnation > held) suspicions.clear(header.sender, "refuted");
    beliefs.hear(header, sender, now);
  }

  private handle(body: MessageBody, message: Message, arrival: MessageContext): void {
    const { sender, now } = arrival;
    const { relays, prober, ownName, sync, views, queries, self } = this.parts;
    switch (body.kind) {
      case "ping":
        this.answerPing(body, sender, message.news);
        this.compareDigest(body, arrival);
        break;
      case "ack":
        this.takeAck(body, arrival);
        this.compareDigest(body, arrival, body.isPartial !== true);
        break;
      case "not-me":
        this.onRefused(body.target, body.seq, now);
        break;
      case "ping-req":
        relays.asked(body, sender, now);
        break;
      case "relayed-ack":
        this.takeRelayedAck(body, arrival);
        break;
      case "nack":
        prober.onNack(body.target, sender.name, body.seq);
        break;
      case "record-request":
        this.answerRecordRequest(body, arrival);
        break;
      case "sync-request":
        sync.answer(body, sender, now);
        break;
      case "sync-page":
        if (sender.isIntroducing && body.next !== null) this.parts.readiness.onIntroduced(now);
        sync.onPage(body, message.updates.filter(isBelief), sender, now);
        break;
      case "join-refused":
        this.takeJoinRefused(body, arrival);
        break;
      case "conflict":
        if (body.name === self.name) ownName.challenge(body.holder, now);
        break;
      case "view-request":
        views.answer(body, sender, now);
        break;
      case "view-page":
        views.onPage(body, sender.name, now);
        break;
      case "answer":
        queries.onAnswer(body, sender);
        break;
      case "answer-ack":
        queries.onAck(body.seq, sender.name);
        break;
      case "gossip":
      case "sync-push":
        break;
    }
  }

  private answerPing(
    { seq, target }: Body<"ping">,
    sender: Sender,
    news?: PiggybackedMessages,
  ): void {
    const { self, outbox, table, userMessageQueue, readiness } = this.parts;
    const { name: member, endpoint, bytesMax } = sender;
    const limit = bytesMax === undefined ? {} : { bytesMax };
    if (target !== self.name) {
      outbox.send({ endpoint, member }, { kind: "not-me", seq, target }, limit);
      return;
    }
    const updates = self.phase === "running" ? [] : [self.toUpdate()];
    const partial = readiness.isPartial ? ({ isPartial: true } as const) : {};
    const body = { kind: "ack", seq, digest: table.digest, ...partial } as const;
    outbox.send({ endpoint, member }, body, {
      updates,
      userMessages: userMessageQueue.lackedBy(news),
      ...limit,
    });
  }

  private takeAck({ seq }: Body<"ack">, { header, now, mayLearn }: MessageContext): void {
    const { prober, relays, leaving, farClaims } = this.parts;
    prober.onAck(header.sender, seq, now, mayLearn);
    relays.onAck(header, seq);
    leaving.onAck(header.sender, seq);
    farClaims.onAck(header, seq, now);
  }

  private takeRelayedAck(body: Body<"relayed-ack">, { sender, now }: MessageContext): void {
    const { recordRepair, table, prober } = this.parts;
    const relation = recordRepair.compare(table.get(body.target)?.record, body);
    if (relation === "same") prober.onRelayedAck(body.target, sender.name, body.seq, now);
    else if (relation === "newer") recordRepair.ask(body.target, sender, now);
  }

  private answerRecordRequest(body: Body<"record-request">, { sender, now }: MessageContext): void {
    const asked = this.parts.table.get(body.member);
    if (asked !== undefined) this.parts.recordRepair.tell(asked, sender, now);
  }

  private takeJoinRefused(
    { seq, profile: theirs }: Body<"join-refused">,
    { sender }: MessageContext,
  ): void {
    const { sync, joining } = this.parts;
    const seed = sync.onRefused(seq);
    if (seed !== undefined) joining.onJoinRefused(seed, { from: sender.endpoint, theirs });
  }

  /** `isWhole` is what the sender says of its own view; undefined where it says nothing of it. */
  private compareDigest(
    { digest }: Body<"ping" | "ack">,
    { sender, now }: MessageContext,
    isWhole?: boolean,
  ): void {
    const { self, table, syncStart, readiness } = this.parts;
    if (self.phase !== "running" || table.get(sender.name) === undefined) return;
    syncStart.told(sender, digest, now);
    readiness.heardDigest({ isEqual: table.isKnownDigest(digest, now), isWhole }, sender, now);
  }
}

function isBelief(update: Message["updates"][number]): update is BeliefUpdate {
  return update.kind === "belief";
}

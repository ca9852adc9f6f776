import { singlesOf } from "../exchange/claims.ts";
import { updatesOnAck } from "../exchange/leaving.ts";
import { pageBytesMax } from "../exchange/page-bytes.ts";
import type { Sender } from "../exchange/record-repair.ts";
import type { Input } from "../input.ts";
import type { BeliefUpdate, Endpoint, MemberName, Millis } from "../member.ts";
import type { Member } from "../membership/table.ts";
import type { Header, Message, MessageBody } from "../message.ts";
import type { PiggybackedMessages } from "../user-message.ts";
import { isAtHome } from "./address-proof.ts";
import type { Components } from "./components.ts";

type Body<K extends MessageBody["kind"]> = Extract<MessageBody, { kind: K }>;

/** What comes with a message beside its body. */
interface MessageContext {
  readonly header: Header;
  readonly sender: Sender;
  /** The sender as this table holds it, looked up once. */
  readonly member: Member | undefined;
  readonly now: Millis;
  /** False when this node or the sender just stood still: then times mean nothing. */
  readonly mayLearn: boolean;
  /** Of a run that this table holds, and no evidence of life: said before, or to somebody else. */
  readonly isReplay: boolean;
  /** Length of the datagram. */
  readonly bytes: number;
}

/**
 * The way of one datagram through the node: first evidence, then updates, then gaps, then what it
 * asks or answers.
 */
export class Inbox {
  private readonly components: Components;

  constructor(components: Components) {
    this.components = components;
  }

  /** `isLate` when a wakeup is overdue: this process may have stood still. */
  receive(
    { message, from, bytes }: Extract<Input, { kind: "message" }>,
    now: Millis,
    isLate: boolean,
  ): void {
    const { header, body } = message;
    const isAnswer = this.components.addressProof.limit(body, from, bytes);
    const sender = { ...this.senderOf(header, body, from), isProven: isAnswer };
    const member = this.components.table.get(header.sender);
    const mayLearn = !isLate && header.stalledMs === 0;
    const context = { header, sender, member, now, mayLearn, isReplay: false, bytes };
    if (header.sender === this.components.self.name) this.receiveUnderOwnName(body, context);
    else if (this.isOfAnotherProfile(body)) this.handle(body, message, context);
    else this.receiveFromPeer(message, context);
  }

  private receiveFromPeer(message: Message, context: MessageContext): void {
    const { beliefs, table, userMessages, addressProof } = this.components;
    const { header, now } = context;
    let { member } = context;
    const isOfHeldStart = (): boolean => member?.record.startId === header.startId;
    const wasKnownStart = isOfHeldStart();
    let isEvidence = wasKnownStart && this.isFresh(header);
    const sender = addressProof.prove({ ...context, body: message.body, isEvidence });
    if (isEvidence) {
      this.hearFrom({ ...context, sender });
      this.noteHolders(message.updates, sender);
    }
    const updates = message.updates.flatMap((each) => singlesOf(each, table, sender.name));
    for (const update of updates) beliefs.take(update, sender, now);
    member ??= table.get(header.sender);
    if (!wasKnownStart && isOfHeldStart() && this.isFresh(header)) {
      this.hearFrom({ ...context, sender, member });
      isEvidence = true;
    }
    const known = { ...context, sender, member, isReplay: isOfHeldStart() && !isEvidence };
    // Who repeats it from elsewhere would collect answers that the member never gets.
    if (known.isReplay && !isAtHome(member, sender.endpoint)) return;
    if (isEvidence && message.news !== undefined) userMessages.take(message.news, now);
    this.closeGap(known);
    this.handle(message.body, message, known);
  }

  /** The kernel, or the process that has the port now, says that the member is gone. */
  onRefused(member: MemberName, seq: number, now: Millis): void {
    const { kernels, relays, rivalClaims, deathChecks } = this.components;
    kernels.onRefused(member, seq, now);
    deathChecks.onRefused(member, seq, now);
    relays.onRefused(member, seq);
    rivalClaims.onRefused(member, now);
  }

  /** The member's kernel answered a spy: one of a death check, or of the prober. */
  onDialled({ member, seq, answer }: Extract<Input, { kind: "dialled" }>, now: Millis): void {
    const { kernels, deathChecks } = this.components;
    kernels.onDialled(member, seq, answer, now);
    if (answer === "refused") deathChecks.onDialRefused(member, seq, now);
  }

  private senderOf({ sender: name }: Header, body: MessageBody, endpoint: Endpoint): Sender {
    const isIntroducing = body.kind === "sync-page" && this.components.sync.isIntroduction(body);
    return { name, endpoint, isIntroducing };
  }

  /**
   * Clusters of different profiles must not learn of each other's members, not even by refusing.
   */
  private isOfAnotherProfile(body: MessageBody): boolean {
    if (body.kind === "join-refused") return true;
    return body.kind === "sync-request" && body.profile !== this.components.config.profile;
  }

  private receiveUnderOwnName(body: MessageBody, { header, sender, now }: MessageContext): void {
    const { self, ownNameClaims, beliefs } = this.components;
    if (header.startId === self.startId) return;
    if (body.kind === "ack") {
      ownNameClaims.onAck(header, body.seq, sender.endpoint, now);
      return;
    }
    if (body.kind === "ping") this.answerPing(body, sender, now);
    if (body.kind === "conflict") ownNameClaims.challenge(body.holder, now);
    beliefs.hearOwnName(header, sender, now);
  }

  /** What a member holds of this node's own name. */
  private noteHolders(updates: Message["updates"], sender: Sender): void {
    const { self, ownNameClaims } = this.components;
    for (const update of updates) {
      if (isBelief(update) && update.record.name === self.name)
        ownNameClaims.onHolding(sender, update);
    }
  }

  private endIsolation(now: Millis): void {
    const { isolation, suspicions, prober, stalls, localHealth, readiness } = this.components;
    const gapMs = isolation.onHeard(now);
    if (isolation.isIsolated) prober.pingAll(now);
    if (gapMs === 0) return;
    stalls.shift(gapMs, now);
    suspicions.withdrawOwn();
    localHealth.onReconnected();
    readiness.onReturned(now);
  }

  /** Of a run that we know: whether it is direct evidence that it lives, and not a replay. */
  private isFresh(header: Header): boolean {
    const { self, lastHeard } = this.components;
    return self.isMeant(header) && lastHeard.accepts(header);
  }

  /** Direct evidence that a member we know lives. */
  private hearFrom({ header, sender, member, now }: MessageContext): void {
    const { name } = sender;
    const { lastHeard, prober, suspicions, deathChecks, rivalClaims, syncStart } = this.components;
    lastHeard.record(name, now);
    this.endIsolation(now);
    prober.recordHeard(name, now);
    deathChecks.recordHeard(name, header.startId);
    const held = member?.record.incarnation ?? header.incarnation;
    if (header.incarnation === held) suspicions.recordHeard(name, now);
    rivalClaims.onHolderHeard(header, now);
    if (member?.state === "dead") syncStart.syncWith(sender, now);
  }

  /**
   * A header above our record clears what was said against the older incarnation, and makes us ask.
   */
  private closeGap({ header, sender, member, now }: MessageContext): void {
    const { suspicions, beliefs } = this.components;
    const held = member?.record.incarnation ?? header.incarnation;
    if (header.incarnation > held) suspicions.clear(header.sender, "refuted");
    beliefs.hear(header, member, sender, now);
  }

  private handle(body: MessageBody, message: Message, context: MessageContext): void {
    const { sender, now } = context;
    const { relays, prober, ownNameClaims, sync, views, queries, self } = this.components;
    switch (body.kind) {
      case "ping":
        this.answerPing(body, sender, now, message.news);
        this.compareDigest(body, context);
        break;
      case "ack":
        this.takeAck(body, context);
        this.compareDigest(body, context, body.isPartial !== true);
        break;
      case "not-me":
        this.onRefused(body.target, body.seq, now);
        break;
      case "ping-req":
        relays.onPingRequest(body, sender, now);
        break;
      case "relayed-ack":
        this.takeRelayedAck(body, context);
        break;
      case "nack":
        prober.onNack(body.target, sender.name, body.seq);
        break;
      case "record-request":
        this.answerRecordRequest(body, context);
        break;
      case "sync-request":
        sync.answer(body, sender, pageBytesMax(body, context.bytes), now);
        break;
      case "sync-page":
        if (sender.isIntroducing && body.next !== null) this.components.readiness.onIntroduced(now);
        sync.onPage(body, message.updates.filter(isBelief), sender, now);
        break;
      case "join-refused":
        this.takeJoinRefused(body, context);
        break;
      case "conflict":
        if (body.name === self.name) ownNameClaims.challenge(body.holder, now);
        break;
      case "view-request":
        views.answer(body, sender, pageBytesMax(body, context.bytes), now);
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
    now: Millis,
    news?: PiggybackedMessages,
  ): void {
    const { self, outbox, table, userMessageQueue, readiness, turns } = this.components;
    const { name: member, endpoint, isProven } = sender;
    if (target !== self.name) {
      outbox.send({ endpoint, member }, { kind: "not-me", seq, target });
      return;
    }
    const partial = readiness.isPartial ? ({ isPartial: true } as const) : {};
    // Nobody else has turns: so one says that the address is proven, and need not pad its pings.
    const turn = isProven === true ? { turnMs: turns.next(member, now) } : {};
    const body = { kind: "ack", seq, digest: table.digest, ...partial, ...turn } as const;
    outbox.send({ endpoint, member }, body, {
      updates: updatesOnAck(self),
      userMessages: userMessageQueue.lackedBy(news),
    });
  }

  private takeAck(body: Body<"ack">, { header, now, mayLearn }: MessageContext): void {
    const { prober, relays, leaving, farClaims } = this.components;
    prober.onAck(header.sender, body, now, mayLearn);
    relays.onAck(header, body.seq);
    leaving.onAck(header.sender, body.seq);
    farClaims.onAck(header, body.seq, now);
  }

  private takeRelayedAck(body: Body<"relayed-ack">, { sender, now }: MessageContext): void {
    const { recordRepair, table, prober } = this.components;
    const relation = recordRepair.compare(table.get(body.target)?.record, body);
    if (relation === "same") prober.onRelayedAck(body.target, sender.name, body.seq, now);
    else if (relation === "newer") recordRepair.ask(body.target, sender, now);
  }

  private answerRecordRequest(body: Body<"record-request">, { sender, now }: MessageContext): void {
    const asked = this.components.table.get(body.member);
    if (asked !== undefined) this.components.recordRepair.sendRecord(asked, sender, now);
  }

  private takeJoinRefused(body: Body<"join-refused">, { sender }: MessageContext): void {
    const { sync, joining } = this.components;
    const seed = sync.onRefused(body.seq);
    const refusal = { from: sender.endpoint, theirs: body.profile };
    if (seed !== undefined) joining.onJoinRefused(seed, refusal);
  }

  /** `isWhole` is what the sender says of its own view; undefined where it does not say. */
  private compareDigest(
    { digest }: Body<"ping" | "ack">,
    { sender, member, now, isReplay }: MessageContext,
    isWhole?: boolean,
  ): void {
    const { self, table, syncStart, readiness, calm } = this.components;
    if (self.phase !== "running" || member === undefined || isReplay) return;
    const isEqual = table.isKnownDigest(digest, now);
    if (!isEqual) calm.alarm(now);
    syncStart.onDigest(sender, digest, now);
    readiness.onDigest({ isEqual, isWhole }, sender, now);
  }
}

function isBelief(update: Message["updates"][number]): update is BeliefUpdate {
  return update.kind === "belief";
}

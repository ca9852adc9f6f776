import type { NodeConfig } from "../config.ts";
import { Connectivity } from "../detection/connectivity.ts";
import { LocalHealth } from "../detection/local-health.ts";
import { Prober } from "../detection/prober.ts";
import { Redial } from "../detection/redial.ts";
import { Relays } from "../detection/relays.ts";
import { Beliefs, verdictUpdate } from "../exchange/beliefs.ts";
import { Joining } from "../exchange/joining.ts";
import { Leaving } from "../exchange/leaving.ts";
import { Readiness } from "../exchange/readiness.ts";
import { RecordRepair } from "../exchange/record-repair.ts";
import { Sync, type SyncEnd } from "../exchange/sync.ts";
import { SyncStart } from "../exchange/sync-start.ts";
import { ViewExchange } from "../exchange/view-exchange.ts";
import { FarClaims } from "../identity/far-claims.ts";
import { NameConflicts } from "../identity/name-conflicts.ts";
import { OwnName } from "../identity/own-name.ts";
import {
  type Endpoint,
  isPresent,
  type MemberName,
  type MemberRecord,
  type Millis,
} from "../member.ts";
import { type ChangeNote, reasonOf } from "../membership/change-note.ts";
import { Self } from "../membership/self.ts";
import { type Member, MembershipTable, type Transition } from "../membership/table.ts";
import type { MessageSizer } from "../message.ts";
import { Queries } from "../messaging/queries.ts";
import { UserMessages } from "../messaging/user-messages.ts";
import { Evidence } from "../observing/last-heard.ts";
import { Observers } from "../observing/observers.ts";
import type { Timed } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import { Sequence } from "../primitives/sequence.ts";
import { Dissemination } from "../sending/dissemination.ts";
import { Gossip } from "../sending/gossip.ts";
import { Outbox } from "../sending/outbox.ts";
import { UserMessageQueue } from "../sending/user-message-queue.ts";
import { DeathChecks } from "../suspicion/death-checks.ts";
import type { SuspicionContext, Verdict } from "../suspicion/quorum.ts";
import { Suspicions } from "../suspicion/suspicions.ts";

/** What a node is made of. */
export interface NodeOptions {
  /** The node's own record as it starts. */
  readonly self: MemberRecord;
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly sizer: MessageSizer;
  /**
   * Whether seeds were given: then the node asks for them (`seeds-wanted`) until it knows who
   * answers there.
   */
  readonly hasSeeds: boolean;
  /** Where members were known before this start: dialled as seeds are. */
  readonly remembered?: readonly Endpoint[];
  /** Members taken as alive from the start, as if nothing had happened since: this tells nobody. */
  readonly known?: readonly MemberRecord[];
}

/**
 * In periods: somebody heard within this is not taken for suspect or dead on hearsay from a sync.
 */
const HEARD_LATELY_PERIODS = 1.5;
/** In periods: a death so long ago has spread by gossip wherever gossip could bring it. */
const OLD_NEWS_PERIODS = 10;

/**
 * The sub-protocols of one node, and who may ask whom: each is given only what it needs. What a
 * change of belief means to all of them is told in one place, `changed`.
 */
export class Components {
  readonly config: NodeConfig;
  readonly sizer: MessageSizer;
  readonly self: Self;
  readonly sequence: Sequence;
  readonly evidence = new Evidence();
  readonly table: MembershipTable;
  readonly dissemination: Dissemination;
  readonly userMessageQueue: UserMessageQueue;
  readonly outbox: Outbox;
  readonly recordRepair: RecordRepair;
  readonly beliefs: Beliefs;
  readonly localHealth: LocalHealth;
  readonly observers: Observers;
  readonly connectivity: Connectivity;
  readonly prober: Prober;
  readonly relays: Relays;
  readonly context: SuspicionContext;
  readonly suspicions: Suspicions;
  readonly deathChecks: DeathChecks;
  readonly conflicts: NameConflicts;
  readonly farClaims: FarClaims;
  readonly ownName: OwnName;
  readonly sync: Sync;
  readonly syncStart: SyncStart;
  readonly joining: Joining;
  readonly readiness: Readiness;
  readonly leaving: Leaving;
  readonly gossip: Gossip;
  readonly redial: Redial;
  readonly views: ViewExchange;
  readonly userMessages: UserMessages;
  readonly queries: Queries;
  /** Those that wait for time to pass, in the order in which they are woken. */
  readonly timed: readonly Timed[];
  /** The set of subjects may have changed since the prober was told. */
  subjectsChanged = true;

  constructor({ self, config, rng, sizer, hasSeeds, remembered = [] }: NodeOptions) {
    this.config = config;
    this.sizer = sizer;
    this.self = new Self(self);
    this.sequence = new Sequence(rng);
    this.table = new MembershipTable(config);
    this.dissemination = new Dissemination(config, sizer, () => this.table.presentCount);
    this.userMessageQueue = new UserMessageQueue({
      config,
      sizer,
      memberCount: () => this.table.presentCount,
    });
    this.outbox = new Outbox(this);
    this.recordRepair = new RecordRepair({ ...this.shared(), pauseMs: config.gossipIntervalMs });
    this.localHealth = new LocalHealth(this.outbox);
    this.observers = new Observers({ ...this.shared(), rng, evidence: this.evidence });
    this.connectivity = new Connectivity({
      ...this.shared(),
      evidence: this.evidence,
      refusedCount: (now) => this.prober.refusedCount(now),
    });
    this.context = this.makeJury();
    this.suspicions = this.makeSuspicions();
    this.deathChecks = new DeathChecks({
      ...this.shared(),
      suspicionOf: (subject) => this.suspicions.get(subject),
      isIsolated: () => this.connectivity.isIsolated,
      doubtsRefusals: (now) => this.prober.doubtsRefusals(now),
    });
    this.prober = this.makeProber(rng);
    this.beliefs = this.makeBeliefs();
    this.relays = new Relays(this.shared());
    this.conflicts = new NameConflicts({
      ...this.shared(),
      moved: (claim, now) => this.beliefs.acceptMove(claim, now),
    });
    this.farClaims = new FarClaims({
      ...this.shared(),
      take: (claim, sender, now) => this.beliefs.take(claim, sender, now),
    });
    this.ownName = new OwnName({
      ...this.shared(),
      isSeed: (endpoint) => this.joining.isDialled(endpoint),
    });
    this.sync = new Sync({
      ...this.shared(),
      isPartial: () => this.readiness.isPartial,
      ended: (end, now) => this.syncEnded(end, now),
    });
    this.syncStart = new SyncStart({ ...this.shared(), sync: this.sync });
    this.joining = new Joining({ ...this.shared(), sync: this.sync, hasSeeds, remembered });
    const { syncStart, joining } = this;
    const isLooking = hasSeeds || remembered.length > 0;
    this.readiness = new Readiness({ ...this.shared(), syncStart, joining, isLooking });
    this.leaving = new Leaving({ ...this.shared(), observers: this.observers });
    this.gossip = new Gossip({ ...this.shared(), rng, isSilent: this.isSilent });
    this.redial = new Redial({ ...this.shared(), rng, observers: this.observers });
    this.views = new ViewExchange({
      ...this.shared(),
      entryOf: ({ name, state, record }, now) => ({
        name,
        state,
        incarnation: record.incarnation,
        heardAgoMs: this.heardAgoMs(name, now),
        phi: this.prober.phi(name, now),
      }),
    });
    const { connectivity, prober, relays, suspicions, deathChecks } = this;
    const { conflicts, ownName, farClaims } = this;
    this.userMessages = new UserMessages(this.shared());
    this.queries = new Queries({ ...this.shared(), userMessages: this.userMessages });
    const { sync, readiness, leaving, redial, views, gossip, queries } = this;
    const judging = [connectivity, prober, relays, suspicions, deathChecks];
    const detecting = [...judging, conflicts, ownName, farClaims];
    const joined = [sync, joining, readiness, leaving];
    this.timed = [...detecting, ...joined, redial, views, queries, gossip];
  }

  readonly isSilent = (member: MemberName, now: Millis): boolean =>
    this.prober.get(member)?.detector.isSilent(now) ?? false;

  heardAgoMs(name: MemberName, now: Millis): Millis | null {
    const at = this.evidence.heardAt(name);
    return at === undefined ? null : now - at;
  }

  /**
   * Takes a span in which this node could not hear out of every silence and every clock that runs
   * against a member.
   */
  shift(byMs: Millis, now: Millis): void {
    this.evidence.shift(byMs, now);
    this.prober.shift(byMs, now);
    this.suspicions.shift(byMs, now);
    this.deathChecks.shift(byMs, now);
  }

  /** Takes members as alive that were known before this start. */
  recall(known: readonly MemberRecord[], now: Millis): void {
    const others = known.filter(({ name }) => name !== this.self.name);
    this.readiness.start(others.length > 0, now);
    this.observers.begin(this.table.fill(others, now));
    this.subjectsChanged = true;
  }

  /** Nothing is known of the member any more. */
  forgetMember(member: Member, now: Millis): void {
    const { name } = member;
    this.redial.onReaped(member, now);
    this.evidence.forget(name);
    this.prober.forget(name);
    this.suspicions.forget(name);
    this.deathChecks.forget(name);
    this.syncStart.forget(name);
    this.userMessages.forget(name);
  }

  private shared() {
    const { config, self, table, outbox, sequence, dissemination, userMessageQueue, sizer } = this;
    const selfName = self.name;
    return {
      config,
      self,
      selfName,
      table,
      outbox,
      sequence,
      dissemination,
      userMessageQueue,
      sizer,
    };
  }

  private makeJury(): SuspicionContext {
    const { observers, evidence, isSilent } = this;
    const isIsolated = (): boolean => this.connectivity.isIsolated;
    return {
      ...this.shared(),
      observers,
      evidence,
      isIsolated,
      isSilent,
      isAccusedByOthers: (name) => this.suspicions.isAccusedByOthers(name),
      isRefused: (name, now) => this.prober.isRefused(name, now),
      doubtsRefusals: (now) => this.prober.doubtsRefusals(now),
    };
  }

  private makeSuspicions(): Suspicions {
    const { observers, context, isSilent } = this;
    return new Suspicions({
      ...this.shared(),
      observers,
      context,
      isSilent,
      becomeSuspect: (subject, first, now) => {
        const cause = first.evidence === "refused" ? "refusal" : "silence";
        this.beliefs.becomeSuspect(subject, { by: first.accuser, cause }, now);
      },
      declareDead: (subject, verdict, now) => this.declareDead(subject, verdict, now),
      confirmRefusal: (subject, now) => this.prober.confirmRefusal(subject, now),
    });
  }

  /** A verdict on the word of others alone is this node's own only after it has looked itself. */
  private declareDead(subject: Member, verdict: Verdict, now: Millis): void {
    const { selfName } = this.shared();
    const believe = (at: Millis): void => this.beliefs.declare(subject, "dead", verdict, at);
    if (this.suspicions.isAccusedByUs(subject.name)) believe(now);
    else {
      const told = verdictUpdate(subject, "dead", selfName, verdict.cause);
      this.deathChecks.check(subject, { by: selfName, told, believe }, now);
    }
  }

  private makeProber(rng: Rng): Prober {
    const { suspicions, evidence, localHealth } = this;
    return new Prober({
      ...this.shared(),
      rng,
      evidence,
      localHealth,
      buddyUpdates: (subject) => suspicions.buddyUpdates(subject),
      isAccusedByUs: (subject) => suspicions.isAccusedByUs(subject),
      isIsolated: () => this.connectivity.isIsolated,
      accuse: (subject, kind, phi, now) => suspicions.accuse(subject, kind, phi, now),
    });
  }

  private makeBeliefs(): Beliefs {
    const heardLatelyMs = HEARD_LATELY_PERIODS * this.config.probeIntervalMs;
    return new Beliefs({
      ...this.shared(),
      recordRepair: this.recordRepair,
      announceAgainMs: this.config.probeIntervalMs,
      oldNewsMs: OLD_NEWS_PERIODS * this.config.probeIntervalMs,
      onSaidAlive: (member, now) => this.redial.onSaidAlive(member, now),
      takeAccusation: (update, now) => void this.suspicions.take(update, now),
      wasHeardLately: (name, now) => this.evidence.heardWithin(name, heardLatelyMs, now),
      considerDeath: (member, claim, now) => this.deathChecks.consider(member, claim, now),
      parks: (claim, holder, now) => this.conflicts.parks(claim, holder, now),
      ownNameClaimed: (claim, now) => this.ownName.onClaim(claim, now),
      doubts: (...claim) => this.farClaims.doubts(...claim),
      mayOutrank: (...claim) => this.farClaims.mayOutrank(...claim),
      refuted: () => this.localHealth.onRefutedAccusation(),
      changed: (transition, note, now) => this.changed(transition, note, now),
    });
  }

  /** A belief changed: every part that keeps something about the member learns it here. */
  private changed(transition: Transition, note: ChangeNote, now: Millis): void {
    const { member, from, previous } = transition;
    this.muteIfWronglyRefused(transition, now);
    this.observers.noteTransition(transition);
    this.suspicions.noteTransition(transition, now);
    this.redial.noteTransition(transition, now);
    this.queries.noteTransition();
    if (movesRings(transition) && !this.goesElsewhere(member)) this.subjectsChanged = true;
    const { incarnation, name } = member.record;
    if (from === member.state) {
      if (previous !== member.record)
        this.outbox.event({ kind: "member-updated", member: name, incarnation });
      return;
    }
    if (from === null && member.state === "forgotten") return;
    if (member.state === "dead") this.gossip.hurry();
    const phi = this.prober.phi(name, now);
    const change = {
      kind: "member-changed",
      member: name,
      from,
      to: member.state,
      incarnation,
    } as const;
    const { by, cause } = note;
    this.outbox.event({ ...change, by, cause, reason: reasonOf(note), phi });
  }

  /** Who goes from the rings of a large cluster leaves the subjects of those who did not watch it. */
  private goesElsewhere({ name, state }: Member): boolean {
    if (isPresent(state) || this.observers.mayWiden) return false;
    return this.prober.get(name) === undefined;
  }

  /**
   * A member that was refused, and lives on under the same start: something on the way refuses in
   * its name.
   */
  private muteIfWronglyRefused({ member, previous }: Transition, now: Millis): void {
    const { name, record, state } = member;
    if (!isPresent(state) || previous?.startId !== record.startId) return;
    if (previous.incarnation === record.incarnation) return;
    if (this.suspicions.wasRefused(name)) this.prober.muteRefusals(name, record.startId, now);
  }

  private syncEnded(end: SyncEnd, now: Millis): void {
    const { peer, isDone, received, pushed } = end;
    const outcome = isDone ? "done" : "failed";
    this.outbox.event({ kind: "sync-finished", peer: peer.name, outcome, received, pushed });
    this.syncStart.onSyncEnded(peer.name, isDone);
    this.joining.onSyncEnded(end, now);
    this.readiness.onSyncEnded(end, now);
  }
}

/** Whether another set of members is to be watched, or another run of one of them. */
function movesRings({ member, from, previous }: Transition): boolean {
  const wasPresent = from !== null && isPresent(from);
  return wasPresent !== isPresent(member.state) || previous?.startId !== member.record.startId;
}

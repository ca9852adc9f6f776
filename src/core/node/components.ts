import type { NodeConfig } from "../config.ts";
import { Calm } from "../detection/calm.ts";
import { Isolation } from "../detection/isolation.ts";
import { Kernels } from "../detection/kernels.ts";
import { LocalHealth } from "../detection/local-health.ts";
import { Prober } from "../detection/prober.ts";
import { Redial } from "../detection/redial.ts";
import { Relays } from "../detection/relays.ts";
import { Spies } from "../detection/spies.ts";
import { Stalls } from "../detection/stalls.ts";
import { Turns } from "../detection/turns.ts";
import { Beliefs } from "../exchange/beliefs.ts";
import { Joining } from "../exchange/joining.ts";
import { Leaving } from "../exchange/leaving.ts";
import { ManyDeaths } from "../exchange/many-deaths.ts";
import { Readiness } from "../exchange/readiness.ts";
import { RecordRepair } from "../exchange/record-repair.ts";
import { Refutation } from "../exchange/refutation.ts";
import { Sync, type SyncEnd } from "../exchange/sync.ts";
import { SyncStart } from "../exchange/sync-start.ts";
import { ViewExchange } from "../exchange/view-exchange.ts";
import { FarClaims } from "../identity/far-claims.ts";
import { OwnNameClaims } from "../identity/own-name-claims.ts";
import { RivalClaims } from "../identity/rival-claims.ts";
import type { AccusationReason, Endpoint, MemberName, MemberRecord, Millis } from "../member.ts";
import { type ChangeNote, changeEvent, suspectCause } from "../membership/change-note.ts";
import { Self } from "../membership/self.ts";
import { type Member, MembershipTable, type Transition } from "../membership/table.ts";
import type { MessageSizer } from "../message.ts";
import { Queries } from "../messaging/queries.ts";
import { UserMessages } from "../messaging/user-messages.ts";
import { LastHeard } from "../observing/last-heard.ts";
import { Observers } from "../observing/observers.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { Sequence } from "../primitives/sequence.ts";
import { Dissemination } from "../sending/dissemination.ts";
import { Gossip } from "../sending/gossip.ts";
import { Outbox } from "../sending/outbox.ts";
import { ProvenAddresses } from "../sending/proven-addresses.ts";
import { UserMessageQueue } from "../sending/user-message-queue.ts";
import { Buddy } from "../suspicion/buddy.ts";
import { DeathChecks } from "../suspicion/death-checks.ts";
import type { SuspicionContext } from "../suspicion/suspicion-context.ts";
import { Suspicions } from "../suspicion/suspicions.ts";
import { AddressProof } from "./address-proof.ts";
import type { NodeOptions } from "./swim-node.ts";

/**
 * The parts of one node, and how they are wired: each is given only what it needs. There is no rule
 * here. What a change of belief means to all parts is handed on in one place, `onTransition`.
 */
export class Components {
  readonly config: NodeConfig;
  readonly sizer: MessageSizer;
  readonly self: Self;
  readonly sequence: Sequence;
  readonly lastHeard = new LastHeard();
  readonly table: MembershipTable;
  readonly dissemination: Dissemination;
  readonly userMessageQueue: UserMessageQueue;
  readonly provenAddresses = new ProvenAddresses();
  readonly outbox: Outbox;
  readonly addressProof: AddressProof;
  readonly recordRepair: RecordRepair;
  readonly beliefs: Beliefs;
  readonly refutation: Refutation;
  readonly localHealth: LocalHealth;
  readonly observers: Observers;
  readonly calm: Calm;
  readonly turns: Turns;
  readonly isolation: Isolation;
  readonly spies: Spies;
  readonly prober: Prober;
  readonly kernels: Kernels;
  readonly relays: Relays;
  readonly suspicionContext: SuspicionContext;
  readonly suspicions: Suspicions;
  readonly deathChecks: DeathChecks;
  readonly rivalClaims: RivalClaims;
  readonly farClaims: FarClaims;
  readonly ownNameClaims: OwnNameClaims;
  readonly sync: Sync;
  readonly manyDeaths: ManyDeaths;
  readonly syncStart: SyncStart;
  readonly joining: Joining;
  readonly readiness: Readiness;
  readonly leaving: Leaving;
  readonly gossip: Gossip;
  readonly redial: Redial;
  readonly views: ViewExchange;
  readonly userMessages: UserMessages;
  readonly queries: Queries;
  readonly stalls: Stalls;
  /** Those that wait for time to pass, in the order in which they are woken. */
  readonly timed: readonly Timed[];
  /** Those of them that go on while this node leaves. */
  readonly timedWhileLeaving: readonly Timed[];
  private readonly shared: ReturnType<Components["share"]>;

  constructor({ self, config, rng, secret, sizer, hasSeeds, remembered = [] }: NodeOptions) {
    this.config = config;
    this.sizer = sizer;
    this.self = new Self(self);
    this.sequence = new Sequence(rng, secret);
    this.table = new MembershipTable(config);
    const memberCount = (): number => this.table.presentCount;
    this.dissemination = new Dissemination(config, sizer, memberCount);
    this.userMessageQueue = new UserMessageQueue({ config, sizer, memberCount });
    this.outbox = new Outbox(this);
    this.addressProof = new AddressProof(this);
    this.shared = this.share();
    this.recordRepair = new RecordRepair({ ...this.shared, pauseMs: config.gossipIntervalMs });
    this.localHealth = new LocalHealth(this.outbox);
    this.observers = new Observers({ ...this.shared, rng });
    this.calm = new Calm(this.shared);
    this.turns = new Turns(config, () => this.observers.isLarge);
    this.isolation = new Isolation(this.shared);
    this.suspicionContext = { ...this.shared, observers: this.observers };
    this.suspicions = this.makeSuspicions();
    this.deathChecks = new DeathChecks(this.shared);
    this.spies = new Spies(this.shared);
    const { spies, localHealth, observers } = this;
    this.prober = new Prober({ ...this.shared, rng, spies, observers, localHealth });
    this.kernels = new Kernels({ ...this.shared, prober: this.prober, spies, observers });
    this.beliefs = this.makeBeliefs();
    this.refutation = this.makeRefutation();
    this.relays = new Relays(this.shared);
    this.rivalClaims = new RivalClaims({
      ...this.shared,
      onMoved: (claim, now) => this.beliefs.acceptMove(claim, now),
    });
    this.farClaims = new FarClaims({
      ...this.shared,
      take: (claim, sender, now) => this.beliefs.take(claim, sender, now),
    });
    this.ownNameClaims = new OwnNameClaims(this.shared);
    this.sync = new Sync({ ...this.shared, onEnd: (end, now) => this.onSyncEnd(end, now) });
    this.manyDeaths = new ManyDeaths({ ...this.shared, rng });
    const { sync, manyDeaths } = this;
    this.syncStart = new SyncStart({ ...this.shared, sync, manyDeaths });
    this.joining = new Joining({ ...this.shared, sync, hasSeeds, remembered });
    const { syncStart, joining } = this;
    const isLooking = hasSeeds || remembered.length > 0;
    this.readiness = new Readiness({ ...this.shared, syncStart, joining, isLooking });
    this.leaving = new Leaving({ ...this.shared, observers });
    this.gossip = new Gossip({ ...this.shared, rng });
    this.redial = new Redial({ ...this.shared, rng, observers });
    this.views = new ViewExchange(this.shared);
    this.userMessages = new UserMessages(this.shared);
    this.queries = new Queries({ ...this.shared, userMessages: this.userMessages });
    this.stalls = this.makeStalls();
    this.timed = [
      ...[this.isolation, this.prober, this.relays, this.suspicions, this.deathChecks],
      ...[this.rivalClaims, this.ownNameClaims, this.farClaims],
      ...[this.manyDeaths, this.sync, this.joining, this.readiness, this.leaving],
      ...[this.redial, this.views, this.queries, this.gossip],
    ];
    this.timedWhileLeaving = [this.leaving, this.gossip];
  }

  /** Takes members as alive that were known before this start. */
  recall(known: readonly MemberRecord[], now: Millis): void {
    const others = known.filter(({ name }) => name !== this.self.name);
    this.readiness.start(others.length > 0, now);
    this.observers.begin(this.table.fill(others, now));
  }

  /** Nothing is known of the member any more. */
  forgetMember(member: Member, now: Millis): void {
    const { name } = member;
    this.redial.onReaped(member, now);
    this.lastHeard.forget(name);
    this.provenAddresses.forget(name);
    this.turns.forget(name);
    this.kernels.forget(name);
    this.suspicions.forget(name);
    this.deathChecks.forget(name);
    this.syncStart.forget(name);
    this.userMessages.forget(name);
  }

  /** What most parts ask of each other. The questions are asked later, when all parts are there. */
  private share() {
    const { config, self, table, outbox, sequence, dissemination, sizer } = this;
    const { userMessageQueue, lastHeard } = this;
    return {
      ...{ config, self, selfName: self.name, table, outbox, sequence, dissemination, sizer },
      ...{ userMessageQueue, lastHeard },
      isIsolated: () => this.isolation.isIsolated,
      isPartial: () => this.readiness.isPartial,
      isSeed: (endpoint: Endpoint) => this.joining.isDialled(endpoint),
      isCalm: (now: Millis) => this.calm.isCalm(now),
      alarm: (now: Millis) => this.calm.alarm(now),
      hastenAll: (now: Millis) => this.prober.hastenAll(now),
      pingObservers: () => this.prober.pingObservers(),
      suspicionCount: () => this.suspicions.count,
      isSilent: (name: MemberName, now: Millis) => this.prober.isSilent(name, now),
      phiOf: (name: MemberName, now: Millis) => this.prober.phi(name, now),
      isRefused: (name: MemberName, now: Millis) => this.kernels.isRefused(name, now),
      lookNow: (subject: MemberName, evidence: AccusationReason, now: Millis) =>
        this.prober.lookNow(subject, evidence, now),
      sawItEnd: (name: MemberName, now: Millis) => this.kernels.sawItEnd(name, now),
      hasDoubts: () => this.kernels.hasDoubts(),
      refusedCount: (now: Millis) => this.kernels.refusedCount(now),
      doubtsRefusals: (now: Millis) => this.kernels.doubtsRefusals(now),
      isDoorKnown: (name: MemberName) => this.kernels.isDoorKnown(name),
      suspicionOf: (subject: MemberName) => this.suspicions.get(subject),
      isAccusedByOthers: (name: MemberName) => this.suspicions.isAccusedByOthers(name),
      isAccusedByUs: (subject: MemberName) => this.suspicions.isAccusedByUs(subject),
      ownEvidence: (subject: MemberName) => this.suspicions.ownEvidence(subject),
      wasRefused: (subject: MemberName) => this.suspicions.wasRefused(subject),
      accuse: (...said: Parameters<Suspicions["accuse"]>) => this.suspicions.accuse(...said),
    };
  }

  private makeSuspicions(): Suspicions {
    const { observers, suspicionContext: context } = this;
    return new Suspicions({
      ...this.shared,
      observers,
      context,
      buddy: new Buddy({ ...this.shared, observers }),
      becomeSuspect: (subject, first, now) => {
        const cause = suspectCause(first.evidence);
        this.beliefs.becomeSuspect(subject, { by: first.accuser, cause }, now);
      },
      declareDead: (subject, verdict, now) => this.beliefs.declare(subject, "dead", verdict, now),
      confirmRefusal: (subject, now) => this.prober.confirmRefusal(subject, now),
    });
  }

  private makeBeliefs(): Beliefs {
    return new Beliefs({
      ...this.shared,
      recordRepair: this.recordRepair,
      onSaidAlive: (member, now) => this.redial.onSaidAlive(member, now),
      takeAccusation: (update, now) => void this.suspicions.take(update, now),
      considerDeath: (member, claim, now) => this.deathChecks.consider(member, claim, now),
      parks: (claim, holder, now) => this.rivalClaims.parks(claim, holder, now),
      doubts: (...claim) => this.farClaims.doubts(...claim),
      hearOfSelf: (...said) => this.refutation.hearOfSelf(...said),
      onTransition: (transition, note, now) => this.onTransition(transition, note, now),
    });
  }

  private makeRefutation(): Refutation {
    return new Refutation({
      ...this.shared,
      recordRepair: this.recordRepair,
      ownNameClaimed: (claim, now) => this.ownNameClaims.onClaim(claim, now),
      mayOutrank: (...claim) => this.farClaims.mayOutrank(...claim),
      onRefuted: () => this.localHealth.onRefutedAccusation(),
      accept: (...belief) => this.beliefs.accept(...belief),
    });
  }

  private makeStalls(): Stalls {
    const { lastHeard, prober, suspicions, deathChecks, rivalClaims } = this;
    return new Stalls({
      ...this.shared,
      clocks: [lastHeard, prober, suspicions, deathChecks, rivalClaims],
      onStalled: (stalledMs, now) => {
        this.calm.alarm(now);
        this.localHealth.onStalled(stalledMs);
        this.readiness.onStalled(stalledMs, now);
      },
    });
  }

  /** A belief changed: every part that keeps something about the member learns it here. */
  private onTransition(transition: Transition, note: ChangeNote, now: Millis): void {
    const { name } = transition.member;
    this.calm.alarm(now);
    this.kernels.noteTransition(transition, now);
    this.observers.noteTransition(transition, this.prober.get(name) !== undefined);
    this.suspicions.noteTransition(transition, now);
    this.redial.noteTransition(transition, now);
    this.manyDeaths.noteTransition(transition, now);
    this.queries.noteTransition();
    this.gossip.noteTransition(transition, note, now);
    const event = changeEvent(transition, note, this.prober.phi(name, now));
    if (event !== undefined) this.outbox.emit(event);
  }

  private onSyncEnd(end: SyncEnd, now: Millis): void {
    this.syncStart.onSyncEnded(end.peer.name, end.isDone);
    this.joining.onSyncEnded(end, now);
    this.readiness.onSyncEnded(end, now);
  }
}

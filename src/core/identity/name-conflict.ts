import type { ProbeConfig } from "../config.ts";
import type { Sender } from "../exchange/record-repair.ts";
import {
  type BeliefUpdate,
  type Endpoint,
  formatEndpoint,
  isPresent,
  type MemberName,
  type MemberRecord,
  type Millis,
  type StartId,
  sameEndpoint,
} from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Header } from "../message.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { Throttle } from "../primitives/throttle.ts";
import { Inquiries } from "../sending/inquiries.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";

const TRIES = 3;
/** How often this node looks at one address that claims its own name. */
const CHALLENGE_MS = 1_000;
/** Members that are asked which start they hold; owners with equal views ask the same members. */
const VOTERS_MAX = 5;
const VOTES_MAX = 16;

/** Another owner answered: the members say which of the two they hold. */
interface Vote {
  readonly other: Endpoint;
  readonly otherStartId: StartId;
  readonly isAnnounced: boolean;
  /** Whom each of them holds; undefined until it says so. */
  readonly holds: Map<MemberName, StartId | null | undefined>;
}

interface NameConflictParts {
  readonly config: Pick<ProbeConfig, "roundWaitMs">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  /** Whether this node looks for its cluster at that address. */
  readonly isSeed: (endpoint: Endpoint) => boolean;
}

/**
 * Another process goes by this node's name, or is said to. The start that the cluster holds keeps
 * the name: an owner yields only when more than half of the members that it asks hold the other
 * one, or as many as hold it and the other started first, which the smaller start id tells
 * (docs/protocol.md §12, rule 23; own, shown by `scenarios/same-name.yaml`). Where there is nobody to
 * ask, of two that look for each other the one that started first keeps it. The daemon ends on the
 * event `name-conflict` with `mustYield` (`src/daemon/node/event-router.ts`). How the other members
 * treat the two stands in `rival-claims.ts`.
 */
export class NameConflict implements Timed {
  /** Questions to addresses: does a process of this node's name run there? */
  private readonly challenges: Inquiries<string, Endpoint>;
  private readonly votes: Inquiries<StartId, Vote>;
  private readonly throttle = new Throttle(CHALLENGE_MS);
  private readonly parts: NameConflictParts;

  constructor(parts: NameConflictParts) {
    this.parts = parts;
    const retry = { tries: TRIES, waitMs: parts.config.roundWaitMs };
    this.challenges = new Inquiries({
      ...retry,
      ask: ({ subject }) => this.ping(subject),
      onSilence: () => {},
    });
    this.votes = new Inquiries({
      ...retry,
      ask: ({ subject }) => this.poll(subject),
      onSilence: (vote) => this.decide(vote),
    });
  }

  /** Another start claims the name. Whether the members are being asked about it already. */
  onClaim({ startId, endpoint }: Pick<MemberRecord, "startId" | "endpoint">, now: Millis): boolean {
    if (this.votes.has(startId)) return true;
    this.challenge(endpoint, now);
    return false;
  }

  /** Somebody at `endpoint` goes by this node's name, or is said to: see whether it really runs. */
  challenge(endpoint: Endpoint, now: Millis): void {
    const key = formatEndpoint(endpoint);
    if (sameEndpoint(endpoint, this.parts.self.record.endpoint)) return;
    if (!this.throttle.allows(key, now)) return;
    this.challenges.begin(key, endpoint, now);
  }

  /** An ack under this node's own name, from another start: a second owner runs. */
  onAck({ startId }: Header, seq: number, other: Endpoint, now: Millis): void {
    const key = this.challenges.keyOf(seq);
    if (key === undefined) return;
    this.challenges.end(key);
    if (this.votes.has(startId) || this.votes.size >= VOTES_MAX) return;
    const isAnnounced = startId > this.parts.self.startId;
    if (isAnnounced) this.keep(other, startId);
    const voters = this.voters().map(({ name }) => [name, undefined] as const);
    if (voters.length === 0) this.decideAlone(other, startId);
    else {
      const holds = new Map(voters);
      this.votes.begin(startId, { other, otherStartId: startId, isAnnounced, holds }, now);
    }
  }

  /**
   * A member says what it holds of this node's name. Only its own word counts, from where it lives.
   */
  onHolding({ name, endpoint }: Sender, { record, state }: BeliefUpdate): void {
    const home = this.parts.table.get(name)?.record.endpoint;
    if (home === undefined || !sameEndpoint(home, endpoint)) return;
    for (const vote of this.votes.subjects) {
      if (!vote.holds.has(name)) continue;
      vote.holds.set(name, isPresent(state) ? record.startId : null);
      if ([...vote.holds.values()].every((held) => held !== undefined)) this.decide(vote);
    }
  }

  wake(now: Millis): void {
    this.challenges.wake(now);
    this.votes.wake(now);
  }

  nextDeadline(): Millis {
    return Math.min(this.challenges.nextDeadline(), this.votes.nextDeadline());
  }

  private ping(endpoint: Endpoint): number {
    const { self, outbox } = this.parts;
    return outbox.ping({ endpoint, member: self.name, probe: true }, { piggyback: false });
  }

  private poll({ holds }: Vote): undefined {
    const { self, table, outbox } = this.parts;
    for (const [name, held] of holds) {
      const voter = table.get(name);
      if (held !== undefined || voter === undefined) continue;
      outbox.send(toMember(voter), { kind: "record-request", member: self.name });
    }
  }

  /** Counts the answers. Without any, nothing is decided: another challenge will follow. */
  private decide(vote: Vote): void {
    this.votes.end(vote.otherStartId);
    const { self } = this.parts;
    const held = [...vote.holds.values()];
    const theirs = held.filter((startId) => startId === vote.otherStartId).length;
    const ours = held.filter((startId) => startId === self.startId).length;
    const isTie = theirs > 0 && theirs === ours && vote.otherStartId < self.startId;
    if (2 * theirs > held.length || isTie) this.yieldTo(vote.other, vote.otherStartId);
    else if (!vote.isAnnounced) this.keep(vote.other, vote.otherStartId);
  }

  /** There is no member to ask. Only an address that an operator named is trusted. */
  private decideAlone(other: Endpoint, otherStartId: StartId): void {
    const isOlder = otherStartId < this.parts.self.startId;
    if (!isOlder) return;
    if (this.parts.isSeed(other)) this.yieldTo(other, otherStartId);
    else this.keep(other, otherStartId);
  }

  private voters(): Member[] {
    const { table, self } = this.parts;
    const others = table.members.filter(
      ({ name, state }) => name !== self.name && isPresent(state),
    );
    return others.slice(0, VOTERS_MAX);
  }

  private keep(other: Endpoint, otherStartId: StartId): void {
    const { self, outbox } = this.parts;
    const { name, startId: holderStartId } = self;
    const holder = self.record.endpoint;
    const body = { kind: "conflict", name, holder, holderStartId } as const;
    outbox.send({ endpoint: other }, body, { piggyback: false });
    this.emitConflict(other, otherStartId, false);
  }

  private yieldTo(other: Endpoint, otherStartId: StartId): void {
    this.emitConflict(other, otherStartId, true);
  }

  private emitConflict(other: Endpoint, otherStartId: StartId, mustYield: boolean): void {
    const mine = this.parts.self.record.endpoint;
    this.parts.outbox.emit({ kind: "name-conflict", mine, other, otherStartId, mustYield });
  }
}

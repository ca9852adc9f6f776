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
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { Throttle } from "../primitives/throttle.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";

const TRIES = 3;
/** How often this node looks at one address that claims its own name. */
const CHALLENGE_MS = 1_000;
/** Members that are asked whom they hold; both owners ask the same ones, where they know the same. */
const VOTERS_MAX = 5;
const VOTES_MAX = 16;

/** A question to one address: does a process of this node's name run there? */
interface Challenge {
  readonly endpoint: Endpoint;
  triesLeft: number;
  tryAt: Millis;
  readonly seqs: Set<number>;
}

/** Another owner answered: the members say which of the two they hold. */
interface Vote {
  readonly other: Endpoint;
  readonly otherStartId: StartId;
  readonly isTold: boolean;
  /** Whom each of them holds; undefined until it says so. */
  readonly holds: Map<MemberName, StartId | null | undefined>;
  triesLeft: number;
  tryAt: Millis;
}

interface OwnNameParts {
  readonly config: Pick<ProbeConfig, "roundWaitMsMin">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
  /** Whether this node looks for its cluster at that address. */
  readonly isSeed: (endpoint: Endpoint) => boolean;
}

/**
 * Another process goes by this node's name, or is said to. Whoever the cluster holds keeps the name:
 * an owner yields only when more than half of the members that it asks hold the other one
 * (docs/protocol.md §12, rule 23). Where there is nobody to ask, of two that look for each other the
 * one that started first keeps it.
 */
export class OwnName implements Timed {
  private readonly challenges = new Map<string, Challenge>();
  private readonly votes = new Map<StartId, Vote>();
  private readonly throttle = new Throttle(CHALLENGE_MS);
  private readonly parts: OwnNameParts;

  constructor(parts: OwnNameParts) {
    this.parts = parts;
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
    this.challenges.set(key, { endpoint, triesLeft: TRIES, tryAt: now, seqs: new Set() });
  }

  /** An ack under this node's own name, from another start: a second owner runs. */
  onAck({ startId }: Header, seq: number, other: Endpoint, now: Millis): void {
    const key = [...this.challenges].find(([, check]) => check.seqs.has(seq))?.[0];
    if (key === undefined) return;
    this.challenges.delete(key);
    if (this.votes.has(startId) || this.votes.size >= VOTES_MAX) return;
    const isTold = startId > this.parts.self.startId;
    if (isTold) this.keep(other, startId);
    const voters = this.voters().map(({ name }) => [name, undefined] as const);
    if (voters.length === 0) this.decideAlone(other, startId);
    else {
      const holds = new Map(voters);
      const vote = { other, otherStartId: startId, isTold, holds, triesLeft: TRIES, tryAt: now };
      this.votes.set(startId, vote);
    }
  }

  /** A member says what it holds of this node's name. Only its own word counts, from where it lives. */
  told({ name, endpoint }: Sender, { record, state }: BeliefUpdate): void {
    const home = this.parts.table.get(name)?.record.endpoint;
    if (home === undefined || !sameEndpoint(home, endpoint)) return;
    for (const vote of this.votes.values()) {
      if (!vote.holds.has(name)) continue;
      vote.holds.set(name, isPresent(state) ? record.startId : null);
      if ([...vote.holds.values()].every((held) => held !== undefined)) this.close(vote);
    }
  }

  wake(now: Millis): void {
    for (const [key, challenge] of this.challenges) {
      if (now < challenge.tryAt) continue;
      if (challenge.triesLeft > 0) this.ping(challenge, now);
      else this.challenges.delete(key);
    }
    for (const vote of [...this.votes.values()]) {
      if (now < vote.tryAt) continue;
      if (vote.triesLeft > 0) this.poll(vote, now);
      else this.close(vote);
    }
  }

  nextDeadline(): Millis {
    return Math.min(
      earliest(this.challenges.values(), ({ tryAt }) => tryAt),
      earliest(this.votes.values(), ({ tryAt }) => tryAt),
    );
  }

  private ping(challenge: Challenge, now: Millis): void {
    const { self, table, outbox, sequence, config } = this.parts;
    const seq = sequence.next();
    challenge.seqs.add(seq);
    challenge.triesLeft--;
    challenge.tryAt = now + config.roundWaitMsMin;
    const { endpoint } = challenge;
    const body = { kind: "ping", seq, target: self.name, digest: table.digest } as const;
    outbox.send({ endpoint, member: self.name, probe: true }, body, { piggyback: false });
  }

  private poll(vote: Vote, now: Millis): void {
    const { self, table, outbox, config } = this.parts;
    vote.triesLeft--;
    vote.tryAt = now + config.roundWaitMsMin;
    for (const [name, held] of vote.holds) {
      const voter = table.get(name);
      if (held !== undefined || voter === undefined) continue;
      outbox.send(toMember(voter), { kind: "record-request", member: self.name });
    }
  }

  /** Counts what was said. Who hears from nobody decides nothing: another challenge will follow. */
  private close(vote: Vote): void {
    this.votes.delete(vote.otherStartId);
    const { self } = this.parts;
    const held = [...vote.holds.values()];
    const theirs = held.filter((startId) => startId === vote.otherStartId).length;
    const ours = held.filter((startId) => startId === self.startId).length;
    const isTie = theirs > 0 && theirs === ours && vote.otherStartId < self.startId;
    if (2 * theirs > held.length || isTie) this.yieldTo(vote.other, vote.otherStartId);
    else if (!vote.isTold) this.keep(vote.other, vote.otherStartId);
  }

  /** Nobody can be asked. An address that an operator named is trusted, and no other. */
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
    this.tell(other, otherStartId, false);
  }

  private yieldTo(other: Endpoint, otherStartId: StartId): void {
    this.tell(other, otherStartId, true);
  }

  private tell(other: Endpoint, otherStartId: StartId, mustYield: boolean): void {
    const mine = this.parts.self.record.endpoint;
    this.parts.outbox.event({ kind: "name-conflict", mine, other, otherStartId, mustYield });
  }
}

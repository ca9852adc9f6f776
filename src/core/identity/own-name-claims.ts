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
import { mustYield, mustYieldAlone, startedFirst, votersOf } from "../membership/name-conflict.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Header } from "../message.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { Throttle } from "../primitives/throttle.ts";
import { Inquiries } from "../sending/inquiries.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";

const TRIES = 3;
/** How often this node looks at one address that claims its own name. */
const CHALLENGE_MS = 1_000;
const VOTES_MAX = 16;

/** Another owner answered: the members say which of the two they hold. */
interface Vote {
  readonly other: Endpoint;
  readonly otherStartId: StartId;
  readonly isAnnounced: boolean;
  /** Whom each of them holds; undefined until it says so. */
  readonly holds: Map<MemberName, StartId | null | undefined>;
}

interface OwnNameClaimsParts {
  readonly config: Pick<ProbeConfig, "roundWaitMs">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  /** Whether this node looks for its cluster at that address. */
  readonly isSeed: (endpoint: Endpoint) => boolean;
}

/**
 * What an owner of a name does about another one, or about the word of one: it looks whether that
 * one runs, asks the members which of the two they hold, and yields or tells the other that the name
 * is taken. The rule stands in `membership/name-conflict.ts` (docs/protocol.md §12, rule 23), what
 * the other members do in `rival-claims.ts`.
 */
export class OwnNameClaims implements Timed {
  /** Questions to addresses: does a process of this node's name run there? */
  private readonly challenges: Inquiries<string, Endpoint>;
  private readonly votes: Inquiries<StartId, Vote>;
  private readonly throttle = new Throttle(CHALLENGE_MS);
  private readonly parts: OwnNameClaimsParts;

  constructor(parts: OwnNameClaimsParts) {
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
      onSilence: (vote) => this.endVote(vote),
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
    // Who named the address may be forged: then only this step bounds what goes there.
    if (this.parts.outbox.isLimited) this.challenges.askOnce(key, endpoint, now);
    else this.challenges.begin(key, endpoint, now);
  }

  /** An ack under this node's own name, from another start: a second owner runs. */
  onAck({ startId }: Header, seq: number, other: Endpoint, now: Millis): void {
    const key = this.challenges.keyOf(seq);
    if (key === undefined) return;
    this.challenges.end(key);
    if (this.votes.has(startId) || this.votes.size >= VOTES_MAX) return;
    const { self, table } = this.parts;
    const isAnnounced = startedFirst(self.startId, startId);
    if (isAnnounced) this.keep(other, startId);
    const voters = votersOf(table.members, self.name);
    const holds = new Map(voters.map(({ name }) => [name, undefined] as const));
    const vote = { other, otherStartId: startId, isAnnounced, holds };
    if (voters.length === 0) this.decide(vote);
    else this.votes.begin(startId, vote, now);
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
      if ([...vote.holds.values()].every((held) => held !== undefined)) this.endVote(vote);
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
      outbox.askRecord(toMember(voter), self.name);
    }
  }

  private endVote(vote: Vote): void {
    this.votes.end(vote.otherStartId);
    this.decide(vote);
  }

  /** Where nobody answered, nothing is decided: another challenge will follow. */
  private decide({ other, otherStartId, isAnnounced, holds }: Vote): void {
    const { self, isSeed } = this.parts;
    const yields =
      holds.size > 0
        ? mustYield([...holds.values()], self.startId, otherStartId)
        : mustYieldAlone(self.startId, otherStartId, isSeed(other));
    if (yields) this.emitConflict(other, otherStartId, true);
    else if (!isAnnounced) this.keep(other, otherStartId);
  }

  private keep(other: Endpoint, otherStartId: StartId): void {
    const { self, outbox } = this.parts;
    const { name, startId: holderStartId } = self;
    const holder = self.record.endpoint;
    const body = { kind: "conflict", name, holder, holderStartId } as const;
    outbox.send({ endpoint: other }, body, { piggyback: false });
    this.emitConflict(other, otherStartId, false);
  }

  private emitConflict(other: Endpoint, otherStartId: StartId, mustYield: boolean): void {
    const mine = this.parts.self.record.endpoint;
    this.parts.outbox.emit({ kind: "name-conflict", mine, other, otherStartId, mustYield });
  }
}

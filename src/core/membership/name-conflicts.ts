import type { ProbeConfig } from "../config.ts";
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
import type { Header } from "../message.ts";
import type { Outbox } from "../outbox.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { Throttle } from "../primitives/throttle.ts";
import type { Self } from "./self.ts";
import type { Member, MembershipTable } from "./table.ts";

const TRIES = 3;
const PARKED_MAX = 256;
/** A start that was turned away stays so for a while, however often gossip brings it again. */
const REJECTED_MS = 10_000;
/** How often this node looks at one address that claims its own name. */
const CHALLENGE_MS = 1_000;

/** A question to one address: does a process of that name run there? */
interface Check {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  triesLeft: number;
  tryAt: Millis;
  readonly seqs: Set<number>;
}

interface ParkedClaim extends Check {
  claim: BeliefUpdate;
  readonly holder: MemberRecord;
}

interface NameConflictsParts {
  readonly config: Pick<ProbeConfig, "roundWaitMsMin">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
  readonly moved: (claim: BeliefUpdate, now: Millis) => void;
}

/**
 * Two processes with one name. A claim on a living member's name from another address is parked
 * while the old address is asked: an ack rejects the claim, three silences make it a move. Of two
 * running owners the one that started first keeps the name.
 */
export class NameConflicts implements Timed {
  private readonly parked = new Map<MemberName, ParkedClaim>();
  private readonly challenges = new Map<string, Check>();
  private readonly rejected = new Map<StartId, Millis>();
  private readonly challengeThrottle = new Throttle(CHALLENGE_MS);
  private readonly parts: NameConflictsParts;

  constructor(parts: NameConflictsParts) {
    this.parts = parts;
  }

  /**
   * Whether the claim has to wait, because its name is held by a present member of another start
   * and address.
   */
  parks(claim: BeliefUpdate, holder: Member, now: Millis): boolean {
    const { record } = claim;
    const isOther =
      isPresent(holder.state) &&
      record.startId !== holder.record.startId &&
      !sameEndpoint(record.endpoint, holder.record.endpoint);
    if (!isOther) return false;
    if ((this.rejected.get(record.startId) ?? now) > now) return true;
    const parked = this.parked.get(record.name);
    if (parked !== undefined) {
      if (record.incarnation > parked.claim.record.incarnation) parked.claim = claim;
      return true;
    }
    if (this.parked.size >= PARKED_MAX) return true;
    const { name, endpoint } = holder.record;
    const check = { name, endpoint, triesLeft: TRIES, tryAt: now, seqs: new Set<number>() };
    this.parked.set(name, { ...check, claim, holder: holder.record });
    return true;
  }

  /** The member was heard as the start that holds the name: whoever claims it comes too late. */
  holderHeard({ sender, startId }: Header, now: Millis): void {
    const parked = this.parked.get(sender);
    if (parked === undefined || parked.holder.startId !== startId) return;
    this.parked.delete(sender);
    this.dropOldRejections(now);
    this.rejected.set(parked.claim.record.startId, now + REJECTED_MS);
    const newcomer = parked.claim.record.endpoint;
    const holder = parked.endpoint;
    const body = { kind: "conflict", name: sender, holder, holderStartId: startId } as const;
    this.parts.outbox.send({ endpoint: newcomer, member: sender }, body);
    this.parts.outbox.event({ kind: "newcomer-rejected", member: sender, holder, newcomer });
  }

  /** The host of the old address says that the process asked there is gone. */
  refused(name: MemberName, now: Millis): void {
    const parked = this.parked.get(name);
    if (parked !== undefined) parked.tryAt = now;
  }

  /** Somebody at `endpoint` goes by this node's name, or is said to: see whether it really runs. */
  challenge(endpoint: Endpoint, now: Millis): void {
    const key = formatEndpoint(endpoint);
    if (!this.challengeThrottle.allows(key, now)) return;
    const { name } = this.parts.self;
    this.challenges.set(key, { name, endpoint, triesLeft: TRIES, tryAt: now, seqs: new Set() });
  }

  /** An ack under this node's own name, from another start: a second owner runs. */
  ownNameAcked(header: Header, seq: number, from: Endpoint): void {
    const key = [...this.challenges].find(([, check]) => check.seqs.has(seq))?.[0];
    if (key === undefined) return;
    this.challenges.delete(key);
    const { self, outbox } = this.parts;
    const mine = self.record.endpoint;
    const mustYield = header.startId < self.startId;
    if (!mustYield) {
      const body = {
        kind: "conflict",
        name: self.name,
        holder: mine,
        holderStartId: self.startId,
      } as const;
      outbox.send({ endpoint: from }, body);
    }
    const otherStartId = header.startId;
    outbox.event({ kind: "name-conflict", mine, other: from, otherStartId, mustYield });
  }

  wake(now: Millis): void {
    for (const [name, parked] of this.parked) {
      if (now < parked.tryAt) continue;
      if (parked.triesLeft > 0) this.ask(parked, now);
      else {
        this.parked.delete(name);
        this.parts.moved(parked.claim, now);
      }
    }
    for (const [key, check] of this.challenges) {
      if (now < check.tryAt) continue;
      if (check.triesLeft > 0) this.ask(check, now);
      else this.challenges.delete(key);
    }
  }

  nextDeadline(): Millis {
    const parked = earliest(this.parked.values(), ({ tryAt }) => tryAt);
    return Math.min(
      parked,
      earliest(this.challenges.values(), ({ tryAt }) => tryAt),
    );
  }

  private ask(check: Check, now: Millis): void {
    const { table, outbox, sequence, config } = this.parts;
    const seq = sequence.next();
    check.seqs.add(seq);
    check.triesLeft--;
    check.tryAt = now + config.roundWaitMsMin;
    const body = { kind: "ping", seq, target: check.name, digest: table.digest } as const;
    outbox.send({ endpoint: check.endpoint, member: check.name, probe: true }, body);
  }

  private dropOldRejections(now: Millis): void {
    for (const [startId, until] of this.rejected) if (until <= now) this.rejected.delete(startId);
  }
}

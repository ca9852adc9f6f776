import type { ProbeConfig } from "../config.ts";
import {
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type MemberRecord,
  type Millis,
  type StartId,
  sameEndpoint,
} from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Header } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { Outbox } from "../sending/outbox.ts";

const TRIES = 3;
const PARKED_MAX = 256;
/** A start that was turned away stays so for a while, however often gossip brings it again. */
const REJECTED_MS = 10_000;

interface ParkedClaim {
  claim: BeliefUpdate;
  readonly holder: MemberRecord;
  triesLeft: number;
  tryAt: Millis;
}

interface NameConflictsParts {
  readonly config: Pick<ProbeConfig, "roundWaitMsMin">;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
  readonly moved: (claim: BeliefUpdate, now: Millis) => void;
}

/**
 * Two processes with one name, as the others see them. A claim on a living member's name from
 * another address is parked while the old address is asked: an ack rejects the claim, three silences
 * make it a move. What the two owners do is `OwnName`'s.
 */
export class NameConflicts implements Timed {
  private readonly parked = new Map<MemberName, ParkedClaim>();
  private readonly rejected = new Map<StartId, Millis>();
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
    this.parked.set(record.name, { claim, holder: holder.record, triesLeft: TRIES, tryAt: now });
    return true;
  }

  /** The member was heard as the start that holds the name: whoever claims it comes too late. */
  onHolderHeard({ sender, startId }: Header, now: Millis): void {
    const parked = this.parked.get(sender);
    if (parked === undefined || parked.holder.startId !== startId) return;
    this.parked.delete(sender);
    this.dropOldRejections(now);
    this.rejected.set(parked.claim.record.startId, now + REJECTED_MS);
    const newcomer = parked.claim.record.endpoint;
    const holder = parked.holder.endpoint;
    const body = { kind: "conflict", name: sender, holder, holderStartId: startId } as const;
    const to = { endpoint: newcomer, member: sender };
    this.parts.outbox.send(to, body, { piggyback: false });
    this.parts.outbox.event({ kind: "newcomer-rejected", member: sender, holder, newcomer });
  }

  /** The host of the old address says that the process asked there is gone. */
  onRefused(name: MemberName, now: Millis): void {
    const parked = this.parked.get(name);
    if (parked !== undefined) parked.tryAt = now;
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
  }

  nextDeadline(): Millis {
    return earliest(this.parked.values(), ({ tryAt }) => tryAt);
  }

  private ask(parked: ParkedClaim, now: Millis): void {
    const { table, outbox, sequence, config } = this.parts;
    parked.triesLeft--;
    parked.tryAt = now + config.roundWaitMsMin;
    const { name: target, endpoint } = parked.holder;
    const body = { kind: "ping", seq: sequence.next(), target, digest: table.digest } as const;
    outbox.send({ endpoint, member: target, probe: true }, body);
  }

  private dropOldRejections(now: Millis): void {
    for (const [startId, until] of this.rejected) if (until <= now) this.rejected.delete(startId);
  }
}

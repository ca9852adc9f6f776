import type { ProbeConfig } from "../config.ts";
import {
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type MemberRecord,
  type Millis,
  type StartId,
} from "../member.ts";
import { isRival } from "../membership/name-conflict.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Header } from "../message.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { Inquiries } from "../sending/inquiries.ts";
import type { Outbox } from "../sending/outbox.ts";

const TRIES = 3;
const PARKED_MAX = 256;
/**
 * A claim that was turned away stays so for a while, however often gossip brings it again. One that
 * its owner renewed asks again: the holder may have ended meanwhile.
 */
const REJECTED_MS = 10_000;

interface ParkedClaim {
  claim: BeliefUpdate;
  readonly holder: MemberRecord;
}

interface Rejection {
  readonly incarnation: number;
  readonly until: Millis;
}

interface RivalClaimsParts {
  readonly config: Pick<ProbeConfig, "roundWaitMs">;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  /** The old address does not answer: the claim is a move. */
  readonly onMoved: (claim: BeliefUpdate, now: Millis) => void;
}

/**
 * What a member does about two owners of another's name (`membership/name-conflict.ts`, docs/
 * protocol.md §12, rule 23): a claim on a living member's name from another address is parked while
 * the old address is asked. An ack rejects the claim, three silences make it a move. What the owners
 * do stands in `own-name-claims.ts`.
 */
export class RivalClaims implements Timed {
  private readonly parked: Inquiries<MemberName, ParkedClaim>;
  private readonly rejected = new Map<StartId, Rejection>();
  private readonly parts: RivalClaimsParts;

  constructor(parts: RivalClaimsParts) {
    this.parts = parts;
    this.parked = new Inquiries({
      tries: TRIES,
      waitMs: parts.config.roundWaitMs,
      ask: ({ subject }) => this.askHolder(subject),
      onSilence: ({ claim }, now) => parts.onMoved(claim, now),
    });
  }

  /**
   * Whether the claim has to wait, because its name is held by a present member of another start
   * and address.
   */
  parks(claim: BeliefUpdate, holder: Member, now: Millis): boolean {
    const { record } = claim;
    if (!isPresent(holder.state) || !isRival(record, holder.record)) return false;
    if (this.isRejected(record, now)) return true;
    const parked = this.parked.get(record.name)?.subject;
    if (parked !== undefined) {
      if (record.incarnation > parked.claim.record.incarnation) parked.claim = claim;
      return true;
    }
    if (this.parked.size >= PARKED_MAX) return true;
    this.parked.begin(record.name, { claim, holder: holder.record }, now);
    return true;
  }

  /** The member was heard as the start that holds the name: another claim comes too late. */
  onHolderHeard({ sender, startId }: Header, now: Millis): void {
    const parked = this.parked.get(sender)?.subject;
    if (parked === undefined || parked.holder.startId !== startId) return;
    this.parked.end(sender);
    this.dropOldRejections(now);
    const { startId: rejected, incarnation } = parked.claim.record;
    this.rejected.set(rejected, { incarnation, until: now + REJECTED_MS });
    const newcomer = parked.claim.record.endpoint;
    const holder = parked.holder.endpoint;
    const body = { kind: "conflict", name: sender, holder, holderStartId: startId } as const;
    const to = { endpoint: newcomer, member: sender };
    this.parts.outbox.send(to, body, { piggyback: false });
    this.parts.outbox.emit({ kind: "newcomer-rejected", member: sender, holder, newcomer });
  }

  /** The host of the old address says that the process asked there is gone. */
  onRefused(name: MemberName, now: Millis): void {
    const parked = this.parked.get(name);
    if (parked !== undefined) parked.tryAt = now;
  }

  wake(now: Millis): void {
    this.parked.wake(now);
  }

  nextDeadline(): Millis {
    return this.parked.nextDeadline();
  }

  /** Takes a span in which this node could not hear out of every wait for an ack. */
  shift(byMs: Millis, now: Millis): void {
    this.parked.shift(byMs, now);
  }

  private askHolder({ holder }: ParkedClaim): number {
    const { name: member, endpoint } = holder;
    return this.parts.outbox.ping({ endpoint, member, probe: true });
  }

  private isRejected({ startId, incarnation }: MemberRecord, now: Millis): boolean {
    const rejection = this.rejected.get(startId);
    return rejection !== undefined && rejection.until > now && incarnation <= rejection.incarnation;
  }

  private dropOldRejections(now: Millis): void {
    for (const [startId, { until }] of this.rejected)
      if (until <= now) this.rejected.delete(startId);
  }
}

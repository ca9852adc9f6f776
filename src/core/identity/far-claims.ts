import type { ProbeConfig } from "../config.ts";
import type { Sender } from "../exchange/record-repair.ts";
import {
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type Millis,
  type StartId,
  sameEndpoint,
} from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Header } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import { Inquiries } from "../sending/inquiries.ts";
import type { Outbox } from "../sending/outbox.ts";

/**
 * Two years of seconds: who starts again after longer, or after its clock was set, proves itself.
 */
const JUMP_MAX = 2 ** 26;
/** No claim above this is believed, whatever its proof: there has to be room to outrank it. */
const INCARNATION_PROVABLE_MAX = 0xfff0_0000;

const TRIES = 3;
const CHECKS_MAX = 256;
const PROVEN_MAX = 4096;
/** For so long a member's answer about this node's own incarnation is waited for. */
const CONFIRM_MS = 5_000;

/** A claim that waits for the ack of its subject. */
interface Check {
  readonly claim: BeliefUpdate;
  readonly sender: Sender;
}

interface FarClaimsParts {
  readonly config: Pick<ProbeConfig, "roundWaitMs">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly take: (claim: BeliefUpdate, sender: Sender, now: Millis) => void;
}

/**
 * No trust in one number (docs/protocol.md §12, rule 24; own, after CASSANDRA-8113; shown by
 * `hearsay sim --swarm --story clocks-far-off`). An incarnation far above what is held would
 * outrank its owner for good, were it a lie: so it is believed only once the subject itself, asked
 * at the address that the claim names, answers with it. In the same way a node outranks a far claim
 * about itself only once a member that it asks confirms it. Other claims are refused, with an
 * event.
 */
export class FarClaims implements Timed {
  private readonly checks: Inquiries<MemberName, Check>;
  /** The incarnation that a start proved. */
  private readonly proven = new Map<StartId, number>();
  /** Members that were asked what they hold of this node. */
  private readonly confirming = new Map<MemberName, Millis>();
  private readonly parts: FarClaimsParts;

  constructor(parts: FarClaimsParts) {
    this.parts = parts;
    this.checks = new Inquiries({
      tries: TRIES,
      waitMs: parts.config.roundWaitMs,
      ask: ({ subject }) => this.ping(subject),
      onSilence: ({ claim, sender }) => this.refuse(claim, sender),
    });
  }

  /** Whether the claim on another member has to wait for a proof, or is refused. */
  doubts(claim: BeliefUpdate, held: Member | undefined, sender: Sender, now: Millis): boolean {
    const { name, startId, incarnation } = claim.record;
    if (!this.isFar(incarnation, held)) return false;
    if (incarnation <= (this.proven.get(startId) ?? 0)) return false;
    const isProvable = incarnation <= INCARNATION_PROVABLE_MAX && isPresent(claim.state);
    if (!isProvable || this.checks.size >= CHECKS_MAX) this.refuse(claim, sender);
    else if (!this.checks.has(name)) this.check({ claim, sender }, now);
    return true;
  }

  /** The subject of a claim answered: with the incarnation that was claimed, or with another. */
  onAck({ sender, startId, incarnation }: Header, seq: number, now: Millis): void {
    const inquiry = this.checks.get(sender);
    if (inquiry?.seqs.has(seq) !== true) return;
    this.checks.end(sender);
    const check = inquiry.subject;
    const { record } = check.claim;
    if (startId !== record.startId || incarnation < record.incarnation) {
      this.refuse(check.claim, check.sender);
      return;
    }
    const oldest = this.proven.keys().next();
    if (this.proven.size >= PROVEN_MAX && !oldest.done) this.proven.delete(oldest.value);
    this.proven.set(startId, incarnation);
    this.parts.take(check.claim, check.sender, now);
  }

  /** Whether this node may outrank what is said of itself; if not, the sender is asked again. */
  mayOutrank(incarnation: number, { name, endpoint }: Sender, now: Millis): boolean {
    const { self, table, outbox } = this.parts;
    if (incarnation <= self.record.incarnation + JUMP_MAX) return true;
    const home = table.get(name)?.record.endpoint;
    const isHome = home !== undefined && sameEndpoint(home, endpoint);
    if (isHome && (this.confirming.get(name) ?? 0) > now) return true;
    outbox.emit({ kind: "claim-refused", member: self.name, by: name, incarnation });
    const isAskable = home !== undefined && name !== self.name;
    if (!isAskable || this.confirming.size >= CHECKS_MAX) return false;
    this.confirming.set(name, now + CONFIRM_MS);
    outbox.askRecord({ endpoint: home, member: name }, self.name);
    return false;
  }

  wake(now: Millis): void {
    for (const [name, until] of this.confirming) if (until <= now) this.confirming.delete(name);
    this.checks.wake(now);
  }

  nextDeadline(): Millis {
    return Math.min(
      this.checks.nextDeadline(),
      earliest(this.confirming.values(), (until) => until),
    );
  }

  /** Of a member that is not known, as far above everybody that is. */
  private isFar(incarnation: number, held: Member | undefined): boolean {
    const { self, table } = this.parts;
    if (held !== undefined) return incarnation > held.record.incarnation + JUMP_MAX;
    if (incarnation <= self.record.incarnation + JUMP_MAX) return false;
    const isNear = ({ record, state }: Member): boolean =>
      isPresent(state) && incarnation <= record.incarnation + JUMP_MAX;
    return !table.members.some(isNear);
  }

  private check(check: Check, now: Millis): void {
    const { name } = check.claim.record;
    // Who named the address may be forged: then only this step bounds what goes there.
    if (this.parts.outbox.isLimited) this.checks.askOnce(name, check, now);
    else this.checks.begin(name, check, now);
  }

  private ping({ claim }: Check): number {
    const { name: member, endpoint } = claim.record;
    return this.parts.outbox.ping({ endpoint, member, probe: true }, { piggyback: false });
  }

  private refuse({ record }: BeliefUpdate, { name: by }: Sender): void {
    const { name: member, incarnation } = record;
    this.parts.outbox.emit({ kind: "claim-refused", member, by, incarnation });
  }
}

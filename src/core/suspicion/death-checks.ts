import type { NodeConfig } from "../config.ts";
import type { DeathClaim } from "../exchange/claims.ts";
import type { MemberName, Millis, StartId } from "../member.ts";
import { isPresent } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Timed } from "../primitives/deadlines.ts";
import { Inquiries, type Inquiry } from "../sending/inquiries.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { Suspicion } from "./suspicion.ts";

/** Pings that one check sends, half a round wait apart. */
const TRIES = 3;
const TRY_SHARE = 0.5;
/** A suspicion that stood for this share of a grace is experience enough, and no check follows. */
const EXPERIENCE_GRACES = 0.5;
/** Checks under way at once. What finds no place is dropped: gossip and sync bring it again. */
const CHECKS_MAX = 4096;

interface Check {
  readonly member: Member;
  readonly startId: StartId;
  readonly incarnation: number;
  readonly claim: DeathClaim;
  readonly dials: Set<number>;
  /** A ping brought the claim to the member. */
  isTold: boolean;
}

type DeathChecksConfig = "probeIntervalMs" | "roundWaitMs" | "graceMs" | "refusals" | "spies";

interface DeathChecksParts {
  readonly config: Pick<NodeConfig, DeathChecksConfig>;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly selfName: MemberName;
  readonly suspicionOf: (subject: MemberName) => Suspicion | undefined;
  /** Whether the wire to the member ended as when a process ends, and it was not heard since. */
  readonly sawItEnd: (subject: MemberName, now: Millis) => boolean;
  /** Then the silence of others means nothing, and a check that ends in silence is dropped. */
  readonly isIsolated: () => boolean;
  /** So many subjects refuse that the fault may be this node's: a refusal then proves nothing. */
  readonly doubtsRefusals: (now: Millis) => boolean;
  /** Whether a refused connect says something of the member, and not of a filter for TCP alone. */
  readonly isDoorKnown: (member: MemberName) => boolean;
}

/**
 * Hearsay does not beat what this node can hear for itself. A death that others declare is believed
 * at once by a node that accuses the member itself, or that held it suspect for half a grace and
 * heard nothing. Every other node asks the member first: an answer ends the matter and makes the
 * member refute, a refusal or silence confirms the death (docs/protocol.md §12, rule 33; own, shown
 * by `scenarios/partition-heals-at-the-verdict.yaml`).
 */
export class DeathChecks implements Timed {
  private readonly checks: Inquiries<MemberName, Check>;
  private readonly parts: DeathChecksParts;

  constructor(parts: DeathChecksParts) {
    this.parts = parts;
    this.checks = new Inquiries({
      tries: TRIES,
      waitMs: TRY_SHARE * parts.config.roundWaitMs,
      ask: (inquiry) => this.ask(inquiry),
      onSilence: (check, now) => {
        if (!parts.isIsolated()) this.confirm(check, now);
      },
    });
  }

  /** Checks under way. */
  get count(): number {
    return this.checks.size;
  }

  /** Somebody else says that this member, held present here, is gone. */
  consider(member: Member, claim: DeathClaim, now: Millis): void {
    if (this.hasOwnExperience(member.name, now)) claim.believe(now);
    else this.check(member, claim, now);
  }

  /** Asks the member, whatever this node has seen of it. */
  check(member: Member, claim: DeathClaim, now: Millis): void {
    const { name, record } = member;
    const { startId, incarnation } = record;
    const known = this.checks.get(name)?.subject;
    if (known?.startId === startId && known.incarnation === incarnation) return;
    if (known === undefined && this.checks.size >= CHECKS_MAX) return;
    const check = { member, startId, incarnation, claim, dials: new Set<number>(), isTold: false };
    this.checks.askNow(name, check, now);
  }

  /** Direct evidence of that start of the member. */
  recordHeard(name: MemberName, startId: StartId): void {
    const check = this.checks.get(name)?.subject;
    if (check?.startId !== startId) return;
    this.checks.end(name);
    const { outbox } = this.parts;
    const { member, claim } = check;
    outbox.emit({ kind: "death-contradicted", member: name, by: claim.by });
    if (check.isTold) return;
    outbox.send(toMember(member), { kind: "gossip" }, { updates: [claim.forSubject] });
  }

  /** The member's host, or the process that has its port now, says that it is gone. */
  onRefused(name: MemberName, seq: number, now: Millis): void {
    const { config, doubtsRefusals } = this.parts;
    const check = this.checks.get(name);
    if (!config.refusals || !check?.seqs.has(seq) || doubtsRefusals(now)) return;
    this.checks.end(name);
    this.confirm(check.subject, now);
  }

  /** The member's kernel refused the spy that went beside a ping of a check. */
  onDialRefused(name: MemberName, seq: number, now: Millis): void {
    const { doubtsRefusals, isDoorKnown } = this.parts;
    const check = this.checks.get(name);
    if (!check?.subject.dials.has(seq) || !isDoorKnown(name) || doubtsRefusals(now)) return;
    this.checks.end(name);
    this.confirm(check.subject, now);
  }

  wake(now: Millis): void {
    this.checks.wake(now);
  }

  nextDeadline(): Millis {
    return this.checks.nextDeadline();
  }

  /**
   * Takes a span in which this node could not hear out of every check. A check that began within
   * it, on the word of one of the few that were heard, waits no longer than after a ping.
   */
  shift(byMs: Millis, now: Millis): void {
    this.checks.shift(byMs, now);
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.checks.end(name);
  }

  /**
   * Its wire ended, its own accusation stands, or the suspicion of others has stood without a sign
   * of life.
   */
  private hasOwnExperience(name: MemberName, now: Millis): boolean {
    const { config, selfName, suspicionOf, sawItEnd, isIsolated } = this.parts;
    if (isIsolated()) return false;
    if (sawItEnd(name, now)) return true;
    const suspicion = suspicionOf(name);
    if (suspicion === undefined || suspicion.isEmpty) return false;
    if (suspicion.has(selfName)) return true;
    return now - suspicion.startedAt >= EXPERIENCE_GRACES * config.graceMs;
  }

  /**
   * The first question is a spy alone where its answer counts: it costs less than a ping, and when half
   * of a cluster dies that is much. Later ones are pings with a spy beside them.
   */
  private ask({ subject, triesLeft }: Inquiry<Check>): number {
    const { config, outbox, isDoorKnown } = this.parts;
    const { member, claim, dials } = subject;
    if (config.spies) {
      const seq = outbox.dial(member.name, member.record.endpoint);
      dials.add(seq);
      if (triesLeft === TRIES - 1 && isDoorKnown(member.name)) return seq;
    }
    subject.isTold = true;
    return outbox.ping(
      { ...toMember(member), probe: true },
      { updates: [claim.forSubject], piggyback: false },
    );
  }

  private confirm(check: Check, now: Millis): void {
    const member = this.parts.table.get(check.member.name);
    if (member === undefined || !isPresent(member.state)) return;
    const { startId, incarnation } = member.record;
    if (startId !== check.startId || incarnation !== check.incarnation) return;
    check.claim.believe(now);
  }
}

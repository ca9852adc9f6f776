import type { NodeConfig } from "../config.ts";
import type { DeathClaim } from "../exchange/beliefs.ts";
import type { MemberName, Millis, StartId } from "../member.ts";
import { isPresent } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
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
  readonly name: MemberName;
  readonly startId: StartId;
  readonly incarnation: number;
  readonly claim: DeathClaim;
  readonly seqs: Set<number>;
  triesLeft: number;
  tryAt: Millis;
}

interface DeathChecksParts {
  readonly config: Pick<NodeConfig, "roundWaitMsMin" | "graceMs" | "refusals">;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
  readonly selfName: MemberName;
  readonly suspicionOf: (subject: MemberName) => Suspicion | undefined;
  /** Then the silence of others means nothing, and a check that ends in silence is dropped. */
  readonly isIsolated: () => boolean;
  /** So many subjects refuse that the fault may be this node's: a refusal then proves nothing. */
  readonly doubtsRefusals: (now: Millis) => boolean;
}

/**
 * Hearsay does not beat what this node can hear for itself. A death that others declare is believed
 * at once by a node that accuses the member itself, or that held it suspect for half a grace and
 * heard nothing. Every other node asks the member first: an answer ends the matter and makes the
 * member refute, a refusal or silence confirms the death (docs/protocol.md §12, rule 33).
 */
export class DeathChecks implements Timed {
  private readonly checks = new Map<MemberName, Check>();
  private readonly parts: DeathChecksParts;

  constructor(parts: DeathChecksParts) {
    this.parts = parts;
  }

  get count(): number {
    return this.checks.size;
  }

  /** Somebody else says that this member, held present here, is gone. */
  consider(member: Member, claim: DeathClaim, now: Millis): void {
    if (this.hasOwnExperience(member.name, now)) claim.believe(now);
    else this.check(member, claim, now);
  }

  /** Asks the member, whatever this node has seen of it. */
  check({ name, record }: Member, claim: DeathClaim, now: Millis): void {
    const { startId, incarnation } = record;
    const known = this.checks.get(name);
    if (known?.startId === startId && known.incarnation === incarnation) return;
    if (known === undefined && this.checks.size >= CHECKS_MAX) return;
    const check = { name, startId, incarnation, claim, seqs: new Set<number>() };
    const begun = { ...check, triesLeft: TRIES, tryAt: now };
    this.checks.set(name, begun);
    this.ask(begun, now);
  }

  /** Direct evidence of that start of the member. */
  recordHeard(name: MemberName, startId: StartId): void {
    const check = this.checks.get(name);
    if (check?.startId !== startId) return;
    this.checks.delete(name);
    this.parts.outbox.event({ kind: "death-contradicted", member: name, by: check.claim.by });
  }

  /** The member's host, or whoever has its port now, says that it is gone. */
  onRefused(name: MemberName, seq: number, now: Millis): void {
    const { config, doubtsRefusals } = this.parts;
    const check = this.checks.get(name);
    if (!config.refusals || !check?.seqs.has(seq) || doubtsRefusals(now)) return;
    this.confirm(check, now);
  }

  wake(now: Millis): void {
    for (const check of [...this.checks.values()]) {
      if (now < check.tryAt) continue;
      if (check.triesLeft > 0) this.ask(check, now);
      else if (this.parts.isIsolated()) this.checks.delete(check.name);
      else this.confirm(check, now);
    }
  }

  nextDeadline(): Millis {
    return earliest(this.checks.values(), ({ tryAt }) => tryAt);
  }

  /**
   * Takes a span in which this node could not hear out of every check. A check that began within it,
   * on the word of one of the few that were heard, waits no longer than after a ping.
   */
  shift(byMs: Millis, now: Millis): void {
    const latest = now + TRY_SHARE * this.parts.config.roundWaitMsMin;
    for (const check of this.checks.values()) check.tryAt = Math.min(latest, check.tryAt + byMs);
  }

  forget(name: MemberName): void {
    this.checks.delete(name);
  }

  /** Its own accusation stands, or the suspicion of others has stood without a sign of life. */
  private hasOwnExperience(name: MemberName, now: Millis): boolean {
    const { config, selfName, suspicionOf, isIsolated } = this.parts;
    const suspicion = suspicionOf(name);
    if (suspicion === undefined || suspicion.isEmpty || isIsolated()) return false;
    if (suspicion.has(selfName)) return true;
    return now - suspicion.startedAt >= EXPERIENCE_GRACES * config.graceMs;
  }

  private ask(check: Check, now: Millis): void {
    const { table, outbox, sequence, config } = this.parts;
    const member = table.get(check.name);
    if (member === undefined) return;
    const seq = sequence.next();
    check.seqs.add(seq);
    check.triesLeft--;
    check.tryAt = now + TRY_SHARE * config.roundWaitMsMin;
    const body = { kind: "ping", seq, target: check.name, digest: table.digest } as const;
    outbox.send({ ...toMember(member), probe: true }, body, { updates: [check.claim.told] });
  }

  private confirm(check: Check, now: Millis): void {
    this.checks.delete(check.name);
    const member = this.parts.table.get(check.name);
    if (member === undefined || !isPresent(member.state)) return;
    const { startId, incarnation } = member.record;
    if (startId !== check.startId || incarnation !== check.incarnation) return;
    check.claim.believe(now);
  }
}

import {
  type AccusationUpdate,
  isOfGoneProcess,
  KINDS_BY_KNOWLEDGE,
  type MemberName,
  type Millis,
} from "../member.ts";

/** One member's accusation, and when it reached us. */
export interface Accusation {
  readonly update: AccusationUpdate;
  readonly at: Millis;
}

const CLOCKS = [
  "quorumSince",
  "unfrozenSince",
  "unreachableSince",
  "refusalQuorumSince",
  "crashQuorumSince",
] as const;

/** The accusations that stand against one subject, and since when they suffice. */
export class Suspicion {
  readonly subject: MemberName;
  /** When the first of the accusations that stand now came. */
  startedAt: Millis;
  quorumSince: Millis | undefined;
  /** Since when the quorum stands and nobody heard the kernel. */
  unfrozenSince: Millis | undefined;
  /** Since when it stands and finds the host unreachable. */
  unreachableSince: Millis | undefined;
  refusalQuorumSince: Millis | undefined;
  crashQuorumSince: Millis | undefined;
  /**
   * The observers of the subject when the first of the accusations came: they are to agree. Who
   * becomes an observer only because others died has not watched yet, and counts if it accuses.
   */
  initialObservers: readonly MemberName[] = [];
  /** When this node tells its own accusation again, or asks the subject to refute an empty one. */
  retellAt: Millis = Number.POSITIVE_INFINITY;
  private readonly accusations = new Map<MemberName, Accusation>();
  private newest: AccusationUpdate;
  private refusedOnce = false;
  /** The last revision of each that ever accused. */
  private readonly revisions = new Map<MemberName, number>();

  constructor(first: AccusationUpdate, now: Millis) {
    this.subject = first.subject;
    this.startedAt = now;
    this.newest = first;
  }

  /** The revision of that accuser's next word; it goes on where an earlier one was cleared. */
  nextRevision(accuser: MemberName): number {
    return (this.revisions.get(accuser) ?? -1) + 1;
  }

  /** Whether it says something new: another accuser, or something else than it said before. */
  add(update: AccusationUpdate, now: Millis): boolean {
    const known = this.accusations.get(update.accuser);
    if (known !== undefined && !isLater(update, known.update)) return false;
    this.revisions.set(update.accuser, update.revision);
    if (known?.update.evidence === update.evidence) {
      this.accusations.set(update.accuser, { update, at: known.at });
      return false;
    }
    if (this.accusations.size === 0) this.startedAt = now;
    this.accusations.set(update.accuser, { update, at: now });
    this.newest = update;
    this.refusedOnce ||= isOfGoneProcess(update.evidence);
    return true;
  }

  /** Empties the accusations and stops the clocks. Returns whether there were any. */
  clear(): boolean {
    const hadAny = this.accusations.size > 0;
    this.accusations.clear();
    this.stopClocks();
    return hadAny;
  }

  /** Takes one accuser's word back. Returns whether it stood. */
  withdraw(accuser: MemberName): boolean {
    const stood = this.accusations.delete(accuser);
    if (stood && this.isEmpty) this.stopClocks();
    return stood;
  }

  /** Whether no accusation stands any more. */
  get isEmpty(): boolean {
    return this.accusations.size === 0;
  }

  /** Whether that member accuses the subject. */
  has(accuser: MemberName): boolean {
    return this.accusations.has(accuser);
  }

  /** That member's accusation. */
  get(accuser: MemberName): Accusation | undefined {
    return this.accusations.get(accuser);
  }

  /** The accusations that stand, in the order in which they came. */
  get all(): readonly Accusation[] {
    return [...this.accusations.values()];
  }

  /** What goes to the subject so that it refutes, also after the accusations were emptied. */
  get accusationForSubject(): AccusationUpdate {
    return this.newest;
  }

  /** Whether a refusal was ever among the accusations, cleared ones included. */
  get wasRefused(): boolean {
    return this.refusedOnce;
  }

  /** Takes a span in which this node could not hear out of the clocks. */
  shift(byMs: Millis, now: Millis): void {
    const shifted = (at: Millis): Millis => Math.min(now, at + byMs);
    this.startedAt = shifted(this.startedAt);
    for (const clock of CLOCKS) {
      const since = this[clock];
      if (since !== undefined) this[clock] = shifted(since);
    }
  }

  private stopClocks(): void {
    for (const clock of CLOCKS) this[clock] = undefined;
  }
}

/**
 * Of two words of one accuser the later one counts. A word of the same revision that says less was
 * only derived from a record, which does not say how the accuser knew.
 */
function isLater(update: AccusationUpdate, known: AccusationUpdate): boolean {
  if (update.revision !== known.revision) return update.revision > known.revision;
  const rank = ({ evidence }: AccusationUpdate): number => KINDS_BY_KNOWLEDGE.indexOf(evidence);
  return rank(update) > rank(known);
}

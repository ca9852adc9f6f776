import type { ProbeConfig } from "../config.ts";
import { FIRST_TO_LOOK } from "../detection/kernel.ts";
import { type AccusationUpdate, isOfGoneProcess, type MemberName, type Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { Throttle } from "../primitives/throttle.ts";
import type { Dissemination } from "../sending/dissemination.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { Suspicion } from "./suspicion.ts";

interface BuddyParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly dissemination: Dissemination;
  readonly observers: Observers;
  readonly isSilent: (member: MemberName, now: Millis) => boolean;
}

/**
 * Lifeguard's buddy (§IV-C; docs/protocol.md §12, rule 13): a suspect learns of its suspicion, so
 * that it can refute. Its accusers tell it when they accuse it, and each T from then on. Every node
 * with an open suspicion tells it at once when it hears it, and each T once no accusation stands any
 * more. Pings do not carry it, as Lifeguard's do: that was measured to be worth nothing.
 */
export class Buddy {
  private readonly onHeardThrottle: Throttle;
  private readonly parts: BuddyParts;

  constructor(parts: BuddyParts) {
    this.parts = parts;
    this.onHeardThrottle = new Throttle(parts.config.probeIntervalMs / 4);
  }

  /** A suspect was heard: it learns of the suspicion, four times in a period at most. */
  onHeard(suspicion: Suspicion, now: Millis): void {
    const subject = this.parts.table.get(suspicion.subject);
    if (subject === undefined || !this.onHeardThrottle.allows(subject.name, now)) return;
    this.send(subject, suspicion);
  }

  /** Every period: this node's accusation again, or the question to refute one that is empty. */
  wake(suspicion: Suspicion, now: Millis): void {
    const { config, selfName } = this.parts;
    if (suspicion.isEmpty && suspicion.retellAt === NEVER) {
      suspicion.retellAt = now + config.probeIntervalMs;
    }
    if (now < suspicion.retellAt) return;
    const own = suspicion.get(selfName);
    if (own === undefined) this.remind(suspicion, now);
    else this.spread(own.update, suspicion, now);
  }

  /**
   * This node's own accusation: to the cluster by gossip, and straight to the subject and its
   * observers. Silent observers get only a refusal, because they are to look, too. Those
   * that look first when its wire ends tell no other observers at first: the verdict follows.
   */
  spread(update: AccusationUpdate, suspicion: Suspicion, now: Millis): void {
    const { table, outbox, dissemination, observers, config, selfName, isSilent } = this.parts;
    const subject = table.get(update.subject);
    if (subject === undefined) return;
    const isFirstTime = suspicion.retellAt === NEVER;
    suspicion.retellAt = now + config.probeIntervalMs;
    dissemination.add(update);
    const isRefusal = isOfGoneProcess(update.evidence);
    const inOrder = observers.inOrder(subject);
    const first = inOrder.slice(0, FIRST_TO_LOOK);
    const isOfFirst = isFirstTime && first.some(({ name }) => name === selfName);
    const hearers = isOfFirst && update.evidence === "crashed" ? first : inOrder;
    const others = hearers.filter(
      ({ name }) => name !== selfName && (isRefusal || !isSilent(name, now)),
    );
    for (const member of [subject, ...others]) {
      outbox.send(toMember(member), { kind: "gossip" }, { updates: [update], piggyback: false });
    }
  }

  /**
   * No accusation stands any more, yet only the subject itself can end the suspicion. Every node
   * asks it every period, also one that does not observe it, or it would stay suspect here.
   */
  private remind(suspicion: Suspicion, now: Millis): void {
    const { table, config } = this.parts;
    const subject = table.get(suspicion.subject);
    suspicion.retellAt = suspicion.isEmpty ? now + config.probeIntervalMs : NEVER;
    if (subject !== undefined && suspicion.isEmpty) this.send(subject, suspicion);
  }

  private send(subject: Member, { accusationForSubject }: Suspicion): void {
    const updates = [accusationForSubject];
    this.parts.outbox.send(toMember(subject), { kind: "gossip" }, { updates });
  }
}

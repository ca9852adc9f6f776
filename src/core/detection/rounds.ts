import type { NodeConfig } from "../config.ts";
import type { AccusationReason, MemberName, Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import { NEVER } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import { chooseHelpers } from "./choose-helpers.ts";
import { isPair, mayAccuse } from "./connectivity-gate.ts";
import type { LocalHealth } from "./local-health.ts";
import { ProbeRound } from "./probe-round.ts";
import type { Spies } from "./spies.ts";
import type { Subject } from "./subject.ts";

/**
 * Of `lookPhi`: so surprising must the open pings be before their round begins. On a path that is
 * as fast as ever they come to three quarters of it then, and to all of it when the round ends.
 */
const SURPRISE_SHARE = 0.5;

interface RoundsParts {
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly lastHeard: LastHeard;
  readonly localHealth: LocalHealth;
  readonly spies: Spies;
  readonly selfName: MemberName;
  readonly isSilent: (name: MemberName, now: Millis) => boolean;
  /** A node that is cut off does not accuse. */
  readonly isIsolated: () => boolean;
  /** What this node accuses the member of; undefined where it does not. */
  readonly ownEvidence: (subject: MemberName) => AccusationReason | undefined;
  readonly accuse: (subject: Member, evidence: AccusationReason, phi: number, now: Millis) => void;
  /** Something is wrong in the cluster, or with this node. */
  readonly alarm: (now: Millis) => void;
  /** Pings the subject; the ping's number. */
  readonly ping: (subject: Subject, now: Millis) => number;
}

/**
 * Probe rounds: what follows when pings stay unanswered, and how it ends in an accusation or in
 * none (SWIM §3.1; docs/protocol.md §12, rules 6 and 41).
 */
export class Rounds {
  private readonly parts: RoundsParts;

  constructor(parts: RoundsParts) {
    this.parts = parts;
  }

  /** When the subject's round is to begin, or to end. */
  dueAt(subject: Subject): Millis {
    const { round, detector, doubtedAt, roundNotBefore } = subject;
    if (round !== undefined) return round.deadline;
    if (this.parts.ownEvidence(subject.name) !== undefined) return NEVER;
    return Math.max(Math.min(detector.suspectAt(), doubtedAt), roundNotBefore);
  }

  /** Begins a round that is due, or ends it. */
  goOn(subject: Subject, now: Millis): void {
    if (subject.round !== undefined) {
      this.end(subject, subject.round, now);
      return;
    }
    if (this.isOnlySlow(subject, now)) {
      subject.doubtedAt = now + subject.roundTrip.retryWaitMs;
      return;
    }
    this.parts.alarm(now);
    subject.round = new ProbeRound(now);
    this.askHelpers(subject, subject.round, now);
  }

  /**
   * A helper heard the subject that we could not reach: it lives, and is shown as reachable only
   * through the helper.
   */
  onRelayedAck(subject: Subject, helper: MemberName, seq: number, now: Millis): void {
    if (!subject.round?.hasAsked(seq)) return;
    subject.endRound(now + this.parts.config.probeIntervalMs);
    if (subject.reachedThrough === null) {
      this.parts.outbox.emit({ kind: "reached-through", member: subject.name, through: helper });
    }
    subject.reachedThrough = helper;
  }

  /** A helper could not reach the subject, either. */
  onNack({ round }: Subject, helper: MemberName, seq: number): void {
    if (round?.seq === seq && round.helpers.has(helper)) round.nacks.add(helper);
  }

  /** Whether its pings are open no longer than its answers usually take, and its rhythm is not broken. */
  private isOnlySlow(subject: Subject, now: Millis): boolean {
    const surprise = SURPRISE_SHARE * this.parts.config.lookPhi;
    return now < subject.detector.suspectAt() && subject.slowness(now) < surprise;
  }

  private askHelpers(subject: Subject, round: ProbeRound, now: Millis): void {
    const { config, outbox, table, spies, ping } = this.parts;
    round.begin(ping(subject, now), config.roundWaitMs, now);
    spies.sendTwo(subject, now);
    const endpoint = table.get(subject.name)?.record.endpoint;
    if (endpoint === undefined) return;
    for (const helper of chooseHelpers(subject.name, this.parts, now)) {
      round.helpers.add(helper.name);
      outbox.askHelper(toMember(helper), round.request(subject.name, endpoint));
    }
  }

  private end(subject: Subject, round: ProbeRound, now: Millis): void {
    const { table, lastHeard, outbox, localHealth, config, accuse } = this.parts;
    const heardOther = lastHeard.heardOtherThan(subject.name, round.startedAt);
    const nacks = round.nacks.size;
    const outcome = mayAccuse({
      isPair: isPair(table),
      isIsolated: this.parts.isIsolated(),
      heardOther,
      nacks,
      repeats: round.repeats,
    });
    if (nacks < round.helpers.size) localHealth.onMissedNacks(heardOther);
    const phi = subject.phi(now);
    const { name: member } = subject;
    const helpers = [...round.helpers];
    outbox.emit({ kind: "probe-round-failed", member, phi, helpers, nacks, outcome });
    if (outcome === "repeated") {
      round.repeats++;
      this.askHelpers(subject, round, now);
      return;
    }
    subject.endRound(now + config.probeIntervalMs);
    const row = table.get(subject.name);
    if (outcome === "accused" && row !== undefined) {
      accuse(row, this.parts.spies.kindOfSilence(subject, now), phi, now);
    }
  }
}

import type { NodeConfig } from "../config.ts";
import {
  type AccusationReason,
  isOfGoneProcess,
  type KindOfSilence,
  type MemberName,
  type Millis,
} from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { Subject } from "./subject.ts";

interface SpiesParts {
  readonly config: NodeConfig;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  /** What this node accuses the member of; undefined where it does not. */
  readonly ownEvidence: (subject: MemberName) => AccusationReason | undefined;
  readonly accuse: (subject: Member, evidence: AccusationReason, phi: number, now: Millis) => void;
}

/**
 * Connects beside the pings, which ask the kernels of silent subjects (docs/protocol.md §12, rule
 * 40; own, shown by `scenarios/freeze-and-return.yaml`). What they said stands in `Kernel`, and
 * what an answer means in `Kernels`.
 */
export class Spies {
  private readonly parts: SpiesParts;

  constructor(parts: SpiesParts) {
    this.parts = parts;
  }

  /**
   * Whether unanswered pings may be followed by a round at once: spies will tell a frozen process
   * from a lost host, and the subject answers pings while it lives.
   */
  canTell({ kernel, answersPings }: Subject): boolean {
    return this.parts.config.spies && kernel.isDoorSeen && answersPings;
  }

  /** What is known of the subject's silence by now. */
  kindOfSilence({ kernel, pingLoss }: Subject, now: Millis): KindOfSilence {
    const { lookPhi, roundWaitMs } = this.parts.config;
    return kernel.kindOfSilence(pingLoss.pingsToDoubt(lookPhi), roundWaitMs, now);
  }

  /** Sends a spy. */
  dial({ name, kernel }: Subject, now: Millis): void {
    const { config, table, outbox } = this.parts;
    const endpoint = table.get(name)?.record.endpoint;
    if (!config.spies || endpoint === undefined || !kernel.mayDial(now)) return;
    kernel.noteDial(outbox.dial(name, endpoint), now);
  }

  /** Two at once: a lost SYN is repeated by the kernel only after a second. */
  sendTwo(subject: Subject, now: Millis): void {
    this.dial(subject, now);
    this.dial(subject, now);
  }

  /**
   * Beside a ping: where this node accuses the subject, its kernel is asked again, and what is known
   * anew is said; without wires, a kernel that was not seen yet is asked for its door.
   */
  follow(subject: Subject, now: Millis): void {
    const { config, table, ownEvidence, accuse } = this.parts;
    const { name, kernel } = subject;
    const evidence = ownEvidence(name);
    if (evidence !== undefined || (!config.wires && !kernel.isDoorSeen)) this.dial(subject, now);
    const row = table.get(name);
    if (evidence === undefined || isOfGoneProcess(evidence) || row === undefined) return;
    const kind = this.kindOfSilence(subject, now);
    if (kind !== evidence) accuse(row, kind, subject.phi(now), now);
  }
}

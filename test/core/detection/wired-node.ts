import type { DialAnswer, WireEnd } from "../../../src/core/input.ts";
import type { AccusationReason } from "../../../src/core/member.ts";
import { startIdOf, T } from "../builders.ts";
import { ackingAndNacking, DrivenNode } from "../driven-node.ts";

/** Of b's observers it is the first to look, of c's the second, of d's the third. */
const FIRST = "y";

/** A node with wires and spies that knows b, whose wire is open unless told otherwise, and others. */
export class Wired extends DrivenNode {
  constructor(config: ConstructorParameters<typeof DrivenNode>[0] = {}, isOpen = true) {
    super({ name: FIRST, ...config, config: { wires: true, spies: true, ...config.config } });
    this.meet(["b", "c", "d"], ackingAndNacking);
    this.run(2 * T);
    if (isOpen) this.open();
  }

  open(): void {
    this.step({ kind: "wire-opened", member: "b", startId: startIdOf("b") });
  }

  close(how: WireEnd, startId = startIdOf("b")): void {
    this.step({ kind: "wire-closed", member: "b", startId, how });
  }

  /** Times of the pings to b since then, counted from there. */
  pings(since: number): number[] {
    return this.sentOf("ping", "b", since).map(({ at }) => at - since);
  }

  dials(since = 0): { at: number; seq: number }[] {
    return this.asked.flatMap(({ at, effect }) =>
      effect.kind === "dial" && effect.member === "b" && at >= since
        ? [{ at, seq: effect.seq }]
        : [],
    );
  }

  answerDial(answer: DialAnswer, seq = this.dials().at(-1)?.seq ?? 0): void {
    this.step({ kind: "dialled", member: "b", seq, answer });
  }

  /** Runs until it dials b. */
  runToDial(): void {
    this.runUntil(() => this.dials().length > 0);
  }

  /** Runs while b's kernel answers every dial. */
  runFrozen(forMs: number): void {
    this.runDials("answered", forMs);
  }

  /** Runs while every dial of b comes to that. */
  runDials(answer: DialAnswer, forMs: number): void {
    const until = this.now + forMs;
    while (this.now < until) {
      const before = this.asked.length;
      this.run(10);
      for (const { effect } of this.asked.slice(before)) {
        if (effect.kind === "dial") this.answerDial(answer, effect.seq);
      }
    }
  }

  /** Runs until the node accuses b, and returns of what. */
  runToAccusation(): AccusationReason | undefined {
    this.runUntil(() => this.own.length > 0);
    return this.own.at(-1)?.event.evidence;
  }
}

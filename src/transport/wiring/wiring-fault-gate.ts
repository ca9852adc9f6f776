import type { WireTarget } from "../../core/effect.ts";
import type { DialAnswer, WireEnd } from "../../core/input.ts";
import type { Endpoint, MemberName, Millis, StartId } from "../../core/member.ts";
import type { Rng } from "../../core/primitives/rng.ts";
import type { Wiring, WiringReceiver } from "../../host/ports.ts";
import { CONNECT_MS, isSameTarget } from "../../host/wire-rules.ts";
import { DelayLine } from "../delay-line.ts";
import {
  drawDelayMs,
  either,
  happens,
  type LinkFault,
  type LinkRules,
  linkFault,
  NO_FAULT,
} from "../link-rules.ts";

/** What the gate stands before. */
export interface WiringFaultGateOptions {
  readonly self: MemberName;
  readonly wiring: Wiring;
  readonly rng: Rng;
}

/** A wire that the node knows as open. */
interface OpenWire {
  readonly startId: StartId;
  /** How it closed, where that is on its way to the node. */
  how?: WireEnd;
  /** Under way, and due at a time; else it waits for the link to work. */
  isDue?: boolean;
}

const REJECTED_AFTER_MS: Millis = 1;

/** What a kernel waits before it repeats a SYN, and a FIN or a byte; each further time twice as long. */
const SYN_REPEAT_MS: Millis = 1000;
const DATA_REPEAT_MS: Millis = 200;

/** A FIN is hardly ever lost so often. */
const REPEATS_MAX = 8;

/**
 * Breaks the wires and dials of one node on purpose, as `FaultGate` its datagrams. TCP needs both
 * directions: a link that is cut in one lets nothing of a wire through.
 *
 * Unlike a datagram, what TCP sends is not lost: kernels repeat it. So a closed wire is heard of
 * once the link works again.
 */
export class WiringFaultGate implements Wiring {
  private readonly self: MemberName;
  private readonly wiring: Wiring;
  private readonly rng: Rng;
  private readonly delayLine = new DelayLine();
  private rules: LinkRules = [];
  private receiver: WiringReceiver | undefined;
  private readonly wanted = new Map<MemberName, WireTarget>();
  private readonly open = new Map<MemberName, OpenWire>();

  constructor({ self, wiring, rng }: WiringFaultGateOptions) {
    this.self = self;
    this.wiring = wiring;
    this.rng = rng;
  }

  /** Replaces all rules. What is held already keeps the time that it was given. */
  setRules(rules: LinkRules): void {
    this.rules = rules;
    for (const [member, wire] of this.open) {
      if (wire.how === undefined && this.rejects(member)) {
        wire.how = "reset";
        this.closeAfter(REJECTED_AFTER_MS, member, wire);
      } else if (wire.how !== undefined) this.deliver(member, wire);
    }
    this.keepUsable();
  }

  listen(receiver: WiringReceiver): void {
    this.receiver = receiver;
    this.wiring.listen({
      onWireOpened: (member, startId) => {
        this.open.set(member, { startId });
        receiver.onWireOpened(member, startId);
      },
      onWireClosed: (member, _startId, how) => this.takeClosing(member, how),
      onDialled: (member, seq, answer) => this.takeAnswer(member, seq, answer),
    });
  }

  keep(to: readonly WireTarget[]): void {
    const next = new Map(to.map((target) => [target.member, target]));
    for (const [member, before] of this.wanted) {
      const after = next.get(member);
      if (after === undefined || !isSameTarget(before, after)) this.open.delete(member);
    }
    this.wanted.clear();
    for (const [member, target] of next) this.wanted.set(member, target);
    this.keepUsable();
  }

  poke(member: MemberName): void {
    const out = this.faultTo(member);
    if (this.isCut(member)) return;
    const delayMs = drawDelayMs(out, this.rng) + this.drawRepeatsMs(out.drop, DATA_REPEAT_MS);
    if (delayMs <= 0) this.wiring.poke(member);
    else this.delayLine.hold(delayMs, () => this.wiring.poke(member));
  }

  dial(member: MemberName, endpoint: Endpoint, seq: number): void {
    const out = this.faultTo(member);
    if (out.reject && happens(out.drop, this.rng)) {
      // Not within the call: no kernel answers so soon.
      this.answerAfter(REJECTED_AFTER_MS, member, seq, "refused");
    } else if (!this.isCut(member)) this.wiring.dial(member, endpoint, seq);
  }

  /** What is held is lost. The wiring stays the caller's to close. */
  close(): void {
    this.rules = [];
    this.delayLine.clear();
  }

  /** Without those whose link is cut, and those whose closing the node has yet to hear of. */
  private keepUsable(): void {
    const usable = [...this.wanted.values()].filter(({ member }) => {
      const wire = this.open.get(member);
      return wire === undefined ? !this.isCut(member) : wire.how === undefined;
    });
    this.wiring.keep(usable);
  }

  private takeClosing(member: MemberName, how: WireEnd): void {
    const wire = this.open.get(member);
    if (wire === undefined) return;
    wire.how = how;
    // It is not opened again before the node knows that it closed.
    if (this.rules.length > 0) this.keepUsable();
    this.deliver(member, wire);
  }

  private deliver(member: MemberName, wire: OpenWire): void {
    if (wire.isDue === true || this.isCut(member)) return;
    const back = this.faultFrom(member);
    const delayMs = drawDelayMs(back, this.rng) + this.drawRepeatsMs(back.drop, DATA_REPEAT_MS);
    this.closeAfter(delayMs, member, wire);
  }

  private closeAfter(delayMs: Millis, member: MemberName, wire: OpenWire): void {
    const { how = "reset", startId } = wire;
    const close = () => {
      if (this.open.get(member) !== wire) return;
      this.open.delete(member);
      this.keepUsable();
      this.receiver?.onWireClosed(member, startId, how);
    };
    wire.isDue = true;
    if (this.rules.length === 0 && delayMs <= 0) close();
    else this.delayLine.hold(delayMs, close);
  }

  private takeAnswer(member: MemberName, seq: number, answer: DialAnswer): void {
    const [out, back] = [this.faultTo(member), this.faultFrom(member)];
    if (this.isCut(member)) return;
    const lost = either(out.drop, back.drop);
    const repeatsMs = this.drawRepeatsMs(lost, SYN_REPEAT_MS);
    if (repeatsMs >= CONNECT_MS) return;
    const delayMs = drawDelayMs(out, this.rng) + drawDelayMs(back, this.rng) + repeatsMs;
    this.answerAfter(delayMs, member, seq, answer);
  }

  private answerAfter(delayMs: Millis, member: MemberName, seq: number, answer: DialAnswer): void {
    const tell = () => this.receiver?.onDialled(member, seq, answer);
    if (delayMs <= 0) tell();
    else this.delayLine.hold(delayMs, tell);
  }

  /** How long a kernel repeats what is lost with that probability until it arrives. */
  private drawRepeatsMs(lost: number, firstMs: Millis): Millis {
    let totalMs = 0;
    let waitMs = firstMs;
    for (let i = 0; i < REPEATS_MAX && happens(lost, this.rng); i++) {
      totalMs += waitMs;
      waitMs *= 2;
    }
    return totalMs;
  }

  private isCut(member: MemberName): boolean {
    return this.faultTo(member).drop >= 1 || this.faultFrom(member).drop >= 1;
  }

  private rejects(member: MemberName): boolean {
    const { drop, reject } = this.faultTo(member);
    return reject && drop >= 1;
  }

  private faultTo(member: MemberName): LinkFault {
    return linkFault(this.rules, this.self, member) ?? NO_FAULT;
  }

  private faultFrom(member: MemberName): LinkFault {
    return linkFault(this.rules, member, this.self) ?? NO_FAULT;
  }
}

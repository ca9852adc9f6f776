import type { WireTarget } from "../core/effect.ts";
import { type MemberName, type Millis, sameEndpoint } from "../core/member.ts";

// What a daemon's wires and dials, over sockets, and the simulator's have in common.

/** A connect, and the hello after it, has so long. */
export const CONNECT_MS: Millis = 3000;

/** The first wait after a failure; each further failure doubles it. */
const RETRY_MS_MIN: Millis = 100;
const RETRY_MS_MAX: Millis = 10_000;

/** A wire that was open for less is a failure too: else something that closes each at once is asked all the time. */
const SUCCESS_MS: Millis = 1000;

/** Dials under way at once; what comes on top is not made. */
const DIALS_MAX = 64;

/** The same to one member: a frozen one accepts nothing, and its queue must never fill. */
const DIALS_TO_ONE_MAX = 8;

/** Half of a wait is `chance`, from 0 to 1, so that the observers of one member do not come all at once. */
export function spreadWait(waitMs: Millis, chance: number): Millis {
  return waitMs * (0.5 + chance / 2);
}

/** The waits between the tries of one wire. */
export class WireRetries {
  private waitMs = RETRY_MS_MIN;

  /** The wire closed after it had been open for so long. */
  wasOpenFor(openMs: Millis): void {
    if (openMs >= SUCCESS_MS) this.waitMs = RETRY_MS_MIN;
  }

  /** How long to wait now. */
  next(chance: number): Millis {
    const waitMs = spreadWait(this.waitMs, chance);
    this.waitMs = Math.min(2 * this.waitMs, RETRY_MS_MAX);
    return waitMs;
  }
}

/** The wire to one run of a member: opened again whenever it fails or closes, until `close`. */
export interface KeptWire {
  readonly target: WireTarget;
  poke(): void;
  /** Nothing is reported afterwards. */
  close(): void;
}

/** The wires that are wanted, at most one to a member. */
export class WantedWires<W extends KeptWire> {
  private readonly make: (target: WireTarget) => W;
  private readonly wires = new Map<MemberName, W>();

  constructor(make: (target: WireTarget) => W) {
    this.make = make;
  }

  get all(): Iterable<W> {
    return this.wires.values();
  }

  /** Another run, or another endpoint, is another wire. */
  keep(targets: readonly WireTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.member, target]));
    for (const [member, wire] of this.wires) {
      const next = wanted.get(member);
      if (next !== undefined && isSameTarget(wire.target, next)) continue;
      wire.close();
      this.wires.delete(member);
    }
    for (const target of wanted.values()) {
      if (!this.wires.has(target.member)) this.wires.set(target.member, this.make(target));
    }
  }

  poke(member: MemberName): void {
    this.wires.get(member)?.poke();
  }
}

/** Whether a wire to `a` is one to `b`: the same run of a member, at the same place. */
export function isSameTarget(a: WireTarget, b: WireTarget): boolean {
  return a.startId === b.startId && sameEndpoint(a.endpoint, b.endpoint);
}

/** Counts the dials under way. */
export class DialLimit {
  private open = 0;
  private readonly openTo = new Map<MemberName, number>();

  /** Whether one more to this member may be made: then it counts until `release`. */
  take(member: MemberName): boolean {
    const toOne = this.openTo.get(member) ?? 0;
    if (this.open >= DIALS_MAX || toOne >= DIALS_TO_ONE_MAX) return false;
    this.open++;
    this.openTo.set(member, toOne + 1);
    return true;
  }

  release(member: MemberName): void {
    const left = (this.openTo.get(member) ?? 0) - 1;
    this.open--;
    if (left > 0) this.openTo.set(member, left);
    else this.openTo.delete(member);
  }
}

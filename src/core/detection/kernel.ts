import type { NodeConfig } from "../config.ts";
import type { WireEnd } from "../input.ts";
import type { KindOfSilence, Millis } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";

/**
 * After a wire closed the subject is pinged at once, and again after so many ms: a dying kernel
 * closes TCP before UDP, so that the first ping may still be swallowed.
 */
const URGENT_STEPS_MS = [0, 5, 20, 50];
/**
 * All observers learn at the same moment that a process ended, and two that look are enough: the
 * first begins at once and the second after so long, so that it knows what the first found. The
 * others begin later, if nobody declared the death by then.
 */
const LOOK_AFTER_MS = [0, 5];
const OTHERS_LOOK_AFTER_MS = 50;
/** So many look first. */
export const FIRST_TO_LOOK = LOOK_AFTER_MS.length;
/** Silent dials that tell a lost host from lost segments, where none was answered before. */
const DIALS_TO_BE_UNREACHABLE = 2;
/** Dials remembered since the subject was heard last. */
const DIALS_KEPT = 64;
/**
 * In periods: the pause after the first answered dial. It doubles with each, up to the second: a
 * host that is lost meanwhile is known later by that pause.
 */
const DIAL_PAUSE_FIRST = 1;
const DIAL_PAUSE_MAX = 8;
/**
 * Within `frozenGraceMs`, where that makes the pause longer. Each dial keeps a place in the queue of
 * a process that takes no connections. Those of eleven observers must fit into 511, with all that
 * is repeated, or a frozen process would look unreachable.
 */
const DIALS_IN_A_FREEZE = 24;
/** Between two pokes of one wire. */
const POKE_MS_MIN = 100;

type KernelConfig = Pick<NodeConfig, "probeIntervalMs" | "frozenGraceMs">;

interface SentDial {
  readonly seq: number;
  readonly at: Millis;
}

/**
 * What the kernel at the other end was seen to say of one subject by TCP: by the wire to it, and to
 * the spies that connect to its port (docs/protocol.md §12, rules 39 and 40; own, shown by
 * `scenarios/crash-one.yaml` and `scenarios/freeze-and-return.yaml`). A kernel knows at once what
 * silence shows only after a while: whether its process ended, or stands still.
 */
export class Kernel {
  /** When the next ping after the closing of the wire is due, or NEVER. */
  urgentAt: Millis = NEVER;
  private urgentStep = 0;
  private urgentFrom: Millis = Number.NEGATIVE_INFINITY;
  private wire: "none" | "open" | WireEnd = "none";
  private closedAt: Millis = Number.NEGATIVE_INFINITY;
  private pokedAt: Millis = Number.NEGATIVE_INFINITY;
  /** Whether its port was seen to answer by TCP since this start: else a filter looks like death. */
  private doorSeen = false;
  private dials: SentDial[] = [];
  private answers = 0;
  private dialNotBefore: Millis = Number.NEGATIVE_INFINITY;
  private readonly dialPauseMs: Millis;
  private readonly dialPauseMsMax: Millis;

  constructor({ probeIntervalMs, frozenGraceMs }: KernelConfig) {
    this.dialPauseMs = DIAL_PAUSE_FIRST * probeIntervalMs;
    this.dialPauseMsMax = Math.max(
      DIAL_PAUSE_MAX * probeIntervalMs,
      frozenGraceMs / DIALS_IN_A_FREEZE,
    );
  }

  /** Whether the wire is open: the process exists. */
  get isWireOpen(): boolean {
    return this.wire === "open";
  }

  /** Whether the wire closed, and no ping was answered since. */
  get isInDoubt(): boolean {
    return this.urgentStep > 0 || this.urgentAt !== NEVER;
  }

  /** Whether dials can tell anything. */
  get isDoorSeen(): boolean {
    return this.doorSeen;
  }

  /** The process answered our hello. */
  onWireOpened(): void {
    this.wire = "open";
    this.doorSeen = true;
    this.urgentAt = NEVER;
    this.urgentStep = 0;
  }

  /**
   * The wire closed: that accuses nobody, but the subject is pinged, when it is this node's turn.
   *
   * @param place this node's place in the order of those that look, from 0; -1 without one
   */
  onWireClosed(how: WireEnd, place: number, now: Millis): void {
    this.wire = how;
    this.closedAt = now;
    this.urgentStep = 0;
    this.urgentFrom = now + (LOOK_AFTER_MS[place] ?? OTHERS_LOOK_AFTER_MS);
    this.urgentAt = this.urgentFrom;
  }

  /**
   * One of the urgent pings is sent. A spy goes with each: a dying kernel may have answered the one
   * before.
   */
  noteUrgent(now: Millis): void {
    this.askAgain();
    this.urgentStep++;
    const next = URGENT_STEPS_MS[this.urgentStep];
    this.urgentAt = next === undefined ? NEVER : Math.max(now, this.urgentFrom + next);
  }

  /** The process is known to be gone: no more urgent pings. */
  endUrgent(): void {
    this.urgentAt = NEVER;
  }

  /** Whether the process ended before that moment, as its kernel said by a FIN. */
  hasEndedBefore(at: Millis): boolean {
    return this.wire === "ended" && this.closedAt <= at;
  }

  /** Whether an open wire that a refusal contradicts is to be poked now. */
  mayPoke(now: Millis): boolean {
    if (now - this.pokedAt < POKE_MS_MIN) return false;
    this.pokedAt = now;
    return true;
  }

  /** Whether a spy may be sent now: seldom, once the kernel was heard. */
  mayDial(now: Millis): boolean {
    return now >= this.dialNotBefore;
  }

  /** Something may have changed: the next spy need not wait. */
  askAgain(): void {
    this.dialNotBefore = Number.NEGATIVE_INFINITY;
  }

  /** A spy was sent. */
  noteDial(seq: number, at: Millis): void {
    this.dials.push({ seq, at });
    if (this.dials.length > DIALS_KEPT) this.dials.shift();
  }

  /** Forgets one dial and says when it was sent; undefined if the subject was heard since. */
  takeDial(seq: number): Millis | undefined {
    const sentAt = this.dials.find((dial) => dial.seq === seq)?.at;
    if (sentAt !== undefined) this.dials = this.dials.filter((dial) => dial.seq !== seq);
    return sentAt;
  }

  /** The port was seen to answer, and nobody but the subject can have it. */
  noteDoor(): void {
    this.doorSeen = true;
  }

  /** The kernel answered a dial that was sent since the subject was heard last. */
  onAnswered(now: Millis): void {
    this.dials = [];
    this.answers++;
    const doubled = this.dialPauseMs * 2 ** (this.answers - 1);
    this.dialNotBefore = now + Math.min(this.dialPauseMsMax, doubled);
  }

  /**
   * The kernel refused a dial that was sent since it answered last: no process has the port any
   * more. What it answered before, maybe while the process was dying, is over.
   */
  onDialRefused(): void {
    this.answers = 0;
  }

  /**
   * What is known of a silence. A kernel that answered once falls silent itself when `doubtful`
   * dials, each sent `waitMs` ago or earlier, stayed unanswered since.
   */
  kindOfSilence(doubtful: number, waitMs: Millis, now: Millis): KindOfSilence {
    if (!this.doorSeen) return "silence";
    const silent = this.dials.filter(({ at }) => at <= now - waitMs).length;
    if (this.answers > 0) return silent < doubtful ? "frozen" : "unreachable";
    return silent >= DIALS_TO_BE_UNREACHABLE ? "unreachable" : "silence";
  }

  /** The subject was heard: what its kernel said of its silence is over. */
  recordHeard(): void {
    this.dials = [];
    this.answers = 0;
    this.dialNotBefore = Number.NEGATIVE_INFINITY;
  }

  /**
   * A ping that was sent after the wire closed was answered: the process lives, and something else
   * than its kernel closed the wire.
   */
  onAck(pingSentAt: Millis): void {
    if (pingSentAt < this.closedAt) return;
    if (this.wire === "ended") this.wire = "none";
    this.urgentAt = NEVER;
    this.urgentStep = 0;
  }
}

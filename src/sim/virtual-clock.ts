import type { Millis } from "../core/member.ts";
import type { Clock } from "../host/ports.ts";
import type { EventHeap, Scheduled } from "./event-heap.ts";

/** What libuv reads from one socket in one turn. */
const DELIVERIES_PER_TURN = 32;

/** What a 4 MiB receive buffer was seen to keep of small datagrams, rounded down. */
export const RECEIVE_QUEUE_MAX = 5000;

/** Who made a process stand still: a signal to it alone, or all of its machine does. */
export type Standstill = "process" | "machine";

/** What the host of a clock is like. */
export interface VirtualClockOptions {
  /** Datagrams kept while the process does not run. */
  readonly receiveQueueMax: number;
  /** How late the next timer fires; undefined: never late. */
  readonly latenessMs: (() => Millis) | undefined;
}

const GOOD_HOST: VirtualClockOptions = {
  receiveQueueMax: RECEIVE_QUEUE_MAX,
  latenessMs: undefined,
};

/**
 * The event loop of one simulated process, on the heap that all of them share: its one timer, its
 * turns, and the queue in which the kernel keeps what arrives while the process is frozen.
 *
 * A turn has Node's order: the due timer, then up to 32 deliveries, then the callbacks that waited
 * for the turn. A process that is not frozen takes no time, so its deliveries and wakeups happen at
 * once.
 */
export class VirtualClock implements Clock {
  private readonly heap: EventHeap;
  private readonly options: VirtualClockOptions;
  private wake: (() => void) | undefined;
  private wakeAtMs: Millis = 0;
  private timer: Scheduled | undefined;
  private timerSetForMs: Millis = 0;
  private readonly queue: (() => void)[] = [];
  /** How many of the queue are reports, which no buffer bounds. */
  private reports = 0;
  private turnCallbacks: (() => void)[] = [];
  private isTurnScheduled = false;
  private state: "running" | "frozen" | "ended" = "running";
  private readonly standstills = new Set<Standstill>();

  constructor(heap: EventHeap, options: VirtualClockOptions = GOOD_HOST) {
    this.heap = heap;
    this.options = options;
  }

  get isFrozen(): boolean {
    return this.state === "frozen";
  }

  nowMs(): Millis {
    return this.heap.nowMs;
  }

  wakeAt(atMs: Millis, wake: () => void): void {
    if (this.state === "ended") return;
    this.wakeAtMs = atMs;
    this.wake = wake;
    // An earlier timer is left to fire and to find that it is too early: most wakeups are moved to
    // later times.
    if (this.timer !== undefined && this.timerSetForMs <= atMs) return;
    this.setTimer(atMs);
  }

  cancelWake(): void {
    this.wake = undefined;
  }

  nextTurn(callback: () => void): void {
    this.turnCallbacks.push(callback);
    this.scheduleTurn();
  }

  /**
   * Gives something from outside to the process, in order of arrival. False: its queue was full.
   */
  deliver(receive: () => void): boolean {
    if (this.isReading) {
      receive();
      return true;
    }
    const queued = this.queue.length - this.reports;
    if (this.state === "ended" || queued >= this.options.receiveQueueMax) return false;
    this.queue.push(receive);
    return true;
  }

  /** The same of what the kernel knows of connections: it keeps that without a bound. */
  report(receive: () => void): void {
    if (this.isReading) receive();
    else if (this.state !== "ended") {
      this.reports++;
      this.queue.push(() => {
        this.reports--;
        receive();
      });
    }
  }

  /** As SIGSTOP: nothing runs; what arrives is queued. */
  freeze(standstill: Standstill = "process"): void {
    this.standstills.add(standstill);
    if (this.state === "running") this.state = "frozen";
  }

  /**
   * As SIGCONT: a wakeup that came due meanwhile is late and runs before the queue is read. Nothing
   * runs before all that made it stand still is over.
   */
  thaw(standstill: Standstill = "process"): void {
    this.standstills.delete(standstill);
    if (this.state !== "frozen" || this.standstills.size > 0) return;
    this.state = "running";
    this.scheduleTurn();
  }

  /** The process is gone. */
  end(): void {
    this.state = "ended";
    this.timer?.cancel();
    this.wake = undefined;
    this.queue.length = 0;
    this.turnCallbacks.length = 0;
  }

  private get isReading(): boolean {
    return this.state === "running" && this.queue.length === 0 && !this.isTurnScheduled;
  }

  private setTimer(atMs: Millis): void {
    this.timer?.cancel();
    this.timerSetForMs = atMs;
    const dueMs = atMs + (this.options.latenessMs?.() ?? 0);
    this.timer = this.heap.at(dueMs, () => {
      this.timer = undefined;
      if (this.state === "running") this.fireWake();
    });
  }

  private fireWake(): void {
    if (this.wake === undefined) return;
    if (this.wakeAtMs > this.heap.nowMs) {
      this.setTimer(this.wakeAtMs);
      return;
    }
    const wake = this.wake;
    this.wake = undefined;
    wake();
  }

  private scheduleTurn(): void {
    if (this.isTurnScheduled) return;
    this.isTurnScheduled = true;
    this.heap.at(this.heap.nowMs, () => {
      this.isTurnScheduled = false;
      if (this.state === "running") this.runTurn();
    });
  }

  private runTurn(): void {
    this.fireWake();
    for (const receive of this.queue.splice(0, DELIVERIES_PER_TURN)) receive();
    const callbacks = this.turnCallbacks;
    this.turnCallbacks = [];
    for (const callback of callbacks) callback();
    if (this.queue.length > 0 || this.turnCallbacks.length > 0) this.scheduleTurn();
  }
}

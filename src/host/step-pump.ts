import { STALL_MS_MIN } from "../core/detection/stalls.ts";
import type { Millis } from "../core/member.ts";
import type { Clock } from "./ports.ts";

/** A pure state machine that names its next deadline, and what its effects do to the world. */
export interface StepPumpOptions<Input, Effect> {
  readonly machine: {
    step(nowMs: Millis, input: Input): readonly Effect[];
    nextWakeupAt(): Millis | undefined;
  };
  readonly clock: Clock;
  /** Called in the order of the effects. May call `submit`: that input waits for the present ones. */
  readonly perform: (effect: Effect, nowMs: Millis) => void;
  readonly wakeup: (stalledMs: Millis) => Input;
  readonly counters: { wakeups: number; stalls: number };
}

/**
 * Ends a drain under a flood that never pauses; libuv reads up to 32 datagrams a socket and turn.
 */
const DRAIN_TURNS_MAX = 64;

/** Steps a state machine with its inputs, one after another, and wakes it at its deadlines. */
export class StepPump<Input, Effect> {
  private readonly options: StepPumpOptions<Input, Effect>;
  private readonly inputs: Input[] = [];
  private state: "new" | "running" | "stopped" = "new";
  private isStepping = false;
  private isDraining = false;
  private deliveredInTurn = 0;
  private armedForMs: Millis | undefined;

  constructor(options: StepPumpOptions<Input, Effect>) {
    this.options = options;
  }

  get isRunning(): boolean {
    return this.state === "running";
  }

  /** False where it was started, or stopped, before. */
  start(): boolean {
    if (this.state !== "new") return false;
    this.state = "running";
    return true;
  }

  /**
   * Steps the machine with `input`, at once or after the step that is running. Ignored once stopped.
   */
  submit(input: Input): void {
    if (this.state !== "running") return;
    this.inputs.push(input);
    if (!this.isStepping) this.stepAll();
  }

  /** Something was read from a socket: a drain goes on for as long as that happens. */
  noteDelivered(): void {
    this.deliveredInTurn++;
  }

  /** Nothing is stepped or performed after this. */
  stop(): void {
    this.state = "stopped";
    this.inputs.length = 0;
    this.armedForMs = undefined;
    this.options.clock.cancelWake();
  }

  private stepAll(): void {
    const { machine, clock, perform } = this.options;
    this.isStepping = true;
    try {
      for (let input = this.inputs.shift(); input !== undefined; input = this.inputs.shift()) {
        const nowMs = clock.nowMs();
        for (const effect of machine.step(nowMs, input)) {
          // What is performed may have stopped this pump in the middle of a batch.
          if (this.isRunning) perform(effect, nowMs);
        }
      }
    } finally {
      this.isStepping = false;
    }
    this.arm();
  }

  private arm(): void {
    if (this.state !== "running" || this.isDraining) return;
    const { machine, clock } = this.options;
    const nowMs = clock.nowMs();
    // A wakeup that is due already stays: were it late, it would be the only witness of a stall.
    if (this.armedForMs !== undefined && this.armedForMs <= nowMs) return;
    const wantedAtMs = machine.nextWakeupAt();
    if (wantedAtMs === undefined) {
      this.armedForMs = undefined;
      clock.cancelWake();
      return;
    }
    // A deadline that had passed when it was set is no stall: lateness counts from the arming.
    const atMs = Math.max(wantedAtMs, nowMs);
    if (atMs === this.armedForMs) return;
    this.armedForMs = atMs;
    clock.wakeAt(atMs, () => this.wake());
  }

  private wake(): void {
    if (this.armedForMs === undefined) return;
    const { clock, counters, wakeup } = this.options;
    const lateMs = clock.nowMs() - this.armedForMs;
    this.armedForMs = undefined;
    counters.wakeups++;
    if (lateMs <= STALL_MS_MIN) {
      this.submit(wakeup(0));
      return;
    }
    counters.stalls++;
    this.isDraining = true;
    this.drain(lateMs, DRAIN_TURNS_MAX);
  }

  /**
   * Node runs timers before it reads sockets: judging now would call members silent whose answers
   * lie in the buffer.
   */
  private drain(stalledMs: Millis, turnsLeft: number): void {
    this.deliveredInTurn = 0;
    this.options.clock.nextTurn(() => {
      if (this.state !== "running") return;
      if (this.deliveredInTurn > 0 && turnsLeft > 1) {
        this.drain(stalledMs, turnsLeft - 1);
        return;
      }
      this.isDraining = false;
      this.submit(this.options.wakeup(stalledMs));
    });
  }
}

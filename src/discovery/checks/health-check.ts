import type { Millis, ServiceHealth } from "../../core/member.ts";
import { type CheckOutcome, type CheckRun, outcomeOfError } from "./check-outcome.ts";
import { type CheckSpec, describeTarget } from "./check-spec.ts";
import { NO_RUNS, tallyRun } from "./check-tally.ts";
import { runHttpCheck } from "./http-check.ts";
import { runScriptCheck } from "./script-check.ts";
import { runTcpCheck } from "./tcp-check.ts";

/** How a check stands, for people. */
export interface CheckReport {
  /** Such as `http http://127.0.0.1:8080/health`. */
  readonly check: string;
  readonly health: ServiceHealth;
  readonly output: string;
  readonly runs: number;
  /** Since the last run ended; null before the first. */
  readonly ranAgoMs: Millis | null;
  readonly tookMs: Millis | null;
}

/** What a check is made of. */
export interface HealthCheckOptions {
  readonly spec: CheckSpec;
  /** What a script finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Called when health is another one. */
  readonly onChange: () => void;
}

/** A deadline that fires this late was kept by a process that stood still: it proves nothing. */
const LATE_MS: Millis = 250;
/** Runs of many checks are spread by this part of their interval. */
const JITTER = 0.1;

/**
 * One check of one service, run again and again, one run at a time. `starting` until its first run is over: a service
 * that has just begun gets no traffic, and is no reason for a panic.
 */
export class HealthCheck {
  readonly spec: CheckSpec;
  private readonly onChange: () => void;
  private readonly env: Readonly<Record<string, string>>;
  private tally = NO_RUNS;
  private said = "no result yet";
  private runs = 0;
  private endedAtMs: Millis | undefined;
  private tookMs: Millis | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly ending = new AbortController();

  constructor({ spec, env, onChange }: HealthCheckOptions) {
    this.spec = spec;
    this.env = env;
    this.onChange = onChange;
  }

  get health(): ServiceHealth {
    return this.tally.health ?? "starting";
  }

  get output(): string {
    return this.said;
  }

  start(): void {
    if (this.spec.target.kind === "ttl") this.expectHeartbeat();
    else void this.runOnce();
  }

  /** The service speaks for itself. */
  hear(outcome: CheckOutcome): void {
    this.note(outcome, 0);
    this.expectHeartbeat();
  }

  close(): void {
    clearTimeout(this.timer);
    this.ending.abort();
  }

  report(): CheckReport {
    return {
      check: describeTarget(this.spec.target),
      health: this.health,
      output: this.said,
      runs: this.runs,
      ranAgoMs:
        this.endedAtMs === undefined ? null : Math.round(performance.now() - this.endedAtMs),
      tookMs: this.tookMs,
    };
  }

  private async runOnce(): Promise<void> {
    const startedAtMs = performance.now();
    const outcome = await this.withinTimeout();
    if (this.ending.signal.aborted) return;
    const tookMs = performance.now() - startedAtMs;
    if (outcome !== undefined) this.note(outcome, tookMs);
    const { intervalMs } = this.spec;
    const pauseMs = intervalMs * (1 + JITTER * (Math.random() - 0.5)) - tookMs;
    this.timer = setTimeout(() => void this.runOnce(), Math.max(0, pauseMs)).unref();
  }

  /** The outcome of one run; undefined where it says nothing because this process stood still. */
  private withinTimeout(): Promise<CheckOutcome | undefined> {
    const { timeoutMs } = this.spec;
    const dueAtMs = performance.now() + timeoutMs;
    const giveUp = new AbortController();
    const signal = AbortSignal.any([giveUp.signal, this.ending.signal]);
    const run: CheckRun = { signal, isResolving: false };
    return new Promise((resolve) => {
      const settle = (outcome: CheckOutcome | undefined) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        const lateMs = performance.now() - dueAtMs;
        // Timers run before sockets are read: the answer may be here already.
        setImmediate(() => {
          settle(lateMs > LATE_MS ? undefined : outcomeOfSilence(run, timeoutMs));
          giveUp.abort();
        });
      }, timeoutMs).unref();
      this.run(run).then(settle, (error) => settle(outcomeOfError(error)));
    });
  }

  private run(run: CheckRun): Promise<CheckOutcome> {
    const { target } = this.spec;
    switch (target.kind) {
      case "http":
        return runHttpCheck(target.url, run);
      case "tcp":
        return runTcpCheck(target, run);
      case "script":
        return runScriptCheck(target.command, this.env, run.signal);
      case "ttl":
        return Promise.resolve({ result: "not-run", output: "heartbeats are not asked for" });
    }
  }

  private expectHeartbeat(): void {
    const { intervalMs } = this.spec;
    const dueAtMs = performance.now() + intervalMs;
    clearTimeout(this.timer);
    const timer = setTimeout(() => {
      const isLate = performance.now() - dueAtMs > LATE_MS;
      // A heartbeat that came while this process stood still is read in this turn, and sets a timer of its own.
      setImmediate(() => {
        if (this.ending.signal.aborted || this.timer !== timer) return;
        if (isLate) this.expectHeartbeat();
        else this.note({ result: "failed", output: `no heartbeat for ${intervalMs / 1000} s` }, 0);
      });
    }, intervalMs).unref();
    this.timer = timer;
  }

  private note({ result, output }: CheckOutcome, tookMs: Millis): void {
    const before = this.health;
    this.tally = tallyRun(this.tally, result, this.spec);
    this.said = output;
    this.runs += 1;
    this.endedAtMs = performance.now();
    this.tookMs = Math.round(tookMs);
    if (this.health !== before) this.onChange();
  }
}

/** The outcome of a run that came to nothing in its time. */
function outcomeOfSilence({ isResolving }: CheckRun, timeoutMs: Millis): CheckOutcome {
  const within = `within ${timeoutMs / 1000} s`;
  return isResolving
    ? { result: "not-run", output: `its name did not resolve ${within}` }
    : { result: "failed", output: `no result ${within}` };
}

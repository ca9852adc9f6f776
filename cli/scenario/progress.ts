import type { Millis } from "../../src/core/member.ts";
import type { Expectation } from "../../src/scenario/language/scenario.ts";
import type { RunProgress } from "../../src/scenario/run/run-progress.ts";
import type { ExpectationRecord, StepRecord } from "../../src/scenario/run-record.ts";
import type { Step } from "../../src/scenario/steps/registry.ts";
import { safeLine } from "../../src/text/safe-text.ts";
import { outcomeGlyph, paint, type TextStyle } from "../format/text-style.ts";

const REDRAW_MS = 100;
const MARK_COLORS = { done: "green", failed: "magenta", interrupted: "yellow" } as const;

/** Where the lines of a run go. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * One line a step: what is being done stays live at the bottom of a terminal, what is done scrolls
 * up. Elsewhere each line is written when it is final.
 */
export class StepLines implements RunProgress {
  private readonly stream: ProgressStream;
  private readonly style: TextStyle;
  private readonly nowMs: () => Millis;
  private readonly open: {
    readonly step: Step;
    readonly depth: number;
    readonly fromMs: Millis;
  }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isLive = false;
  /** What was the case instead, to be told below its step. */
  private got: string | undefined;

  constructor(stream: ProgressStream, style: TextStyle, nowMs: () => Millis) {
    this.stream = stream;
    this.style = style;
    this.nowMs = nowMs;
  }

  stepBegan(step: Step, depth: number, fromMs: Millis): void {
    // A block is told as it begins: what is in it follows.
    if (isBlock(step)) this.line(fromMs, depth, this.mark("open"), this.text(step));
    this.open.push({ step, depth, fromMs });
    this.live();
  }

  stepEnded(step: Step, depth: number, outcome: StepRecord["outcome"], atMs: Millis): void {
    const open = this.open.pop();
    const tookMs = atMs - (open?.fromMs ?? atMs);
    if (step.kind === "standing") {
      this.line(atMs, depth, this.mark("open"), `from here ${this.text(step)}`);
    } else if (step.verb !== "log") {
      const text = isBlock(step) ? `end of ${this.text(step)}` : this.text(step);
      this.line(atMs, depth, this.mark(outcome), `${text}${this.took(step, tookMs)}`);
    }
    if (this.got !== undefined) this.line(atMs, depth + 1, " ", this.warning(this.got));
    this.got = undefined;
    this.live();
  }

  judged({ outcome, got, verb }: ExpectationRecord): void {
    const isStanding = verb === "always" || verb === "never";
    if (outcome === "failed" && !isStanding) this.got = `got: ${got}`;
  }

  violated({ label, verb }: Expectation, got: string, atMs: Millis): void {
    const text = `${verb} ${label} is broken: ${got}`;
    this.line(atMs, this.open.length, this.mark("failed"), this.warning(text));
  }

  said(text: string, atMs: Millis): void {
    this.line(atMs, Math.max(0, this.open.length - 1), " ", paint(this.style, "bold", text));
  }

  /** Leaves the terminal as it is to be. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.erase();
  }

  private line(atMs: Millis, depth: number, mark: string, text: string): void {
    this.erase();
    // A step is one line, whatever its scenario calls it.
    const safe = safeLine(text, this.style);
    this.stream.write(`${seconds(atMs)}  ${"  ".repeat(depth)}${mark} ${safe}\n`);
  }

  private live(): void {
    if (this.stream.isTTY !== true) return;
    this.draw();
    this.timer ??= setInterval(() => this.draw(), REDRAW_MS).unref();
  }

  private draw(): void {
    this.erase();
    const open = this.open.at(-1);
    if (open === undefined) return;
    const nowMs = this.nowMs();
    const line = `${seconds(nowMs)}  ${"  ".repeat(open.depth)}${this.mark("live")} ${safeLine(this.text(open.step), this.style)} ${took(nowMs - open.fromMs)}`;
    this.stream.write(line.slice(0, (this.stream.columns ?? 80) - 1));
    this.isLive = true;
  }

  private erase(): void {
    if (this.isLive) this.stream.write("\r\u001b[K");
    this.isLive = false;
  }

  private warning(text: string): string {
    return paint(this.style, "magenta", text);
  }

  private text(step: Step): string {
    const word = step.kind === "expect" || step.kind === "standing" ? `${step.verb} ` : "";
    return `${word}${step.label}`;
  }

  private took(step: Step, tookMs: Millis): string {
    const isTimed = step.kind === "expect" || step.kind === "process";
    return isTimed && tookMs >= 1 ? paint(this.style, "gray", ` ${took(tookMs)}`) : "";
  }

  private mark(what: StepRecord["outcome"] | "open" | "live"): string {
    if (what === "open" || what === "live") return this.style.ascii ? ">" : "▸";
    return paint(this.style, MARK_COLORS[what], outcomeGlyph(this.style, what));
  }
}

function isBlock(step: Step): boolean {
  return "during" in step ? step.during.length > 0 : step.kind === "repeat";
}

function seconds(ms: Millis): string {
  return `${(ms / 1000).toFixed(2)} s`.padStart(10);
}

function took(ms: Millis): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

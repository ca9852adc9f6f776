import type { BackendName } from "../../src/cluster/cluster.ts";
import type { Millis } from "../../src/core/member.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";
import { cutTo } from "../../src/scenario/report/amounts.ts";
import { timeScale } from "../../src/scenario/report/lanes/time-scale.ts";
import type { Step } from "../../src/scenario/steps/registry.ts";
import { paint, type TextStyle } from "../format/text-style.ts";

const CHART_CELLS_MIN = 24;
const TEXT_CELLS_MAX = 58;

interface PlannedRow {
  readonly text: string;
  /** Where everything before was met at once. */
  readonly fromMs: Millis;
  /** For how long it certainly goes on. */
  readonly lastsMs: Millis;
  /** How much longer it may wait. */
  readonly patienceMs: Millis;
  readonly isFault: boolean;
}

/**
 * What a scenario would do and when, as if everything that it waits for came at once: a bar for what
 * lasts, dots for how long it would wait.
 */
export function formatPlan(style: TextStyle, scenario: Scenario, columns: number): string[] {
  const rows: PlannedRow[] = [];
  const endMs = plan(scenario.steps, 0, 0, rows);
  const textCells = Math.min(TEXT_CELLS_MAX, Math.max(...rows.map(({ text }) => text.length)));
  const chartCells = Math.max(CHART_CELLS_MIN, columns - textCells - 3);
  const wholeMs = Math.max(1, ...rows.map((row) => row.fromMs + row.lastsMs + row.patienceMs));
  const cellAt = (ms: Millis) => Math.round((ms / wholeMs) * (chartCells - 1));
  const head = `${scenario.name}: ${scenario.nodes.length} nodes, profile ${scenario.config.profile}, ${seconds(endMs)} at least`;
  return [
    paint(style, "bold", head),
    ...scenario.services.map(({ name, nodes }) => ` service ${name}: ${nodes.join(" ")}`),
    ...scenario.consumers.map(({ name, label }) => ` consumer ${name}: ${label}`),
    ` ${" ".repeat(textCells)} ${axis(wholeMs, chartCells, cellAt)}`,
    ...rows.map((row) => {
      const text = cutTo(textCells, row.text).padEnd(textCells);
      return ` ${text} ${bar(style, row, cellAt)}`.trimEnd();
    }),
    ...scenario.always.map((each) => ` all the time${only(each)}: ${each.verb} ${each.label}`),
    ...scenario.thresholds.map((each) => ` at the end${only(each)}: ${each.label}`),
  ];
}

function only({ only: backend }: { readonly only?: BackendName }): string {
  if (backend === undefined) return "";
  return backend === "sim" ? " (in virtual time)" : " (on real daemons)";
}

/** Adds a row for each step; when the last one ends. */
function plan(steps: readonly Step[], fromMs: Millis, depth: number, rows: PlannedRow[]): Millis {
  let nowMs = fromMs;
  for (const step of steps) {
    const lastsMs = lastingOf(step);
    const patienceMs = step.kind === "expect" ? (step.withinMs ?? 0) : 0;
    const isFault = "during" in step;
    const text = `${"  ".repeat(depth)}${textOf(step)}`;
    rows.push({ text, fromMs: nowMs, lastsMs, patienceMs, isFault });
    if ("during" in step) plan(step.during, nowMs, depth + 1, rows);
    nowMs += lastsMs;
    if (step.kind !== "repeat") continue;
    const onceMs = plan(step.steps, nowMs, depth + 1, rows) - nowMs;
    nowMs += step.times * onceMs;
  }
  return nowMs;
}

function lastingOf(step: Step): Millis {
  if (step.kind === "expect") return step.holdMs;
  if (step.kind === "wait" || step.kind === "stall") return step.forMs;
  if (step.kind === "process") return step.downMs + (step.forMs ?? 0);
  return step.kind === "links" ? (step.forMs ?? 0) : 0;
}

function textOf(step: Step): string {
  if (step.kind === "note") return `${step.verb} ${step.label}`;
  if (step.kind === "standing") return `from here: ${step.verb} ${step.label}`;
  if (step.kind !== "expect") return step.label;
  const within = step.withinMs === null ? "" : `, within ${seconds(step.withinMs)}`;
  const hold = step.holdMs === 0 ? "" : `, for ${seconds(step.holdMs)}`;
  return `${step.verb} ${step.label}${within}${hold}`;
}

function bar(
  style: TextStyle,
  { fromMs, lastsMs, patienceMs, isFault }: PlannedRow,
  cellAt: (ms: Millis) => number,
): string {
  const from = cellAt(fromMs);
  const solid = cellAt(fromMs + lastsMs) - from;
  const dotted = cellAt(fromMs + lastsMs + patienceMs) - from - solid;
  const [fault, hold, dot, point] = style.ascii ? ["#", "=", ".", "|"] : ["█", "━", "┄", "│"];
  const lasting = (isFault ? fault : hold)?.repeat(solid) ?? "";
  const drawn = `${paint(style, isFault ? "magenta" : "cyan", lasting)}${paint(style, "gray", dot?.repeat(dotted) ?? "")}`;
  return `${" ".repeat(from)}${solid + dotted === 0 ? point : drawn}`;
}

/** Times above the chart, as many as there is room for. */
function axis(wholeMs: Millis, cells: number, cellAt: (ms: Millis) => number): string {
  const { ticks } = timeScale(wholeMs, cells, 10);
  const fitting = ticks.filter(({ atMs, text }) => cellAt(atMs) + text.length <= cells);
  return fitting.reduce((line, { atMs, text }) => line.padEnd(cellAt(atMs)) + text, "");
}

function seconds(ms: Millis): string {
  return `${Number((ms / 1000).toFixed(2))} s`;
}

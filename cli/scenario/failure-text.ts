import type { BeliefMatrix, RunRecord } from "../../src/scenario/run-record.ts";
import { formatStateGlyph, paint, type TextStyle } from "../format/text-style.ts";

const INDENT = "  ";

/** Why a run failed: each failed expectation with what was seen, and how to run it again. */
export function formatFailures(style: TextStyle, record: RunRecord): string[] {
  const lines: string[] = [];
  for (const { id, line, label, failure } of record.expectations) {
    if (failure === null) continue;
    const place = line === null ? id : `${record.scenario.file ?? "scenario"}:${line}`;
    lines.push(
      "",
      paint(style, "bold", `${place}: ${label}`),
      `${INDENT}expected  ${failure.expected}`,
      `${INDENT}got       ${failure.got}`,
      `${INDENT}who sees what at ${(failure.atMs / 1000).toFixed(3)} s (rows look, columns are looked at):`,
      ...formatMatrix(style, failure.matrix).map((row) => `${INDENT}${INDENT}${row}`),
      `${INDENT}the last events:`,
      ...failure.lastEvents.map((event) => `${INDENT}${INDENT}${event}`),
    );
  }
  for (const { figure, limit, got, outcome } of record.thresholds) {
    if (outcome === "failed") {
      lines.push("", `threshold ${figure} ${limit}: got ${got ?? "nothing to measure"}`);
    }
  }
  return [...lines, "", `again: ${record.replay}`];
}

/** Glyphs in columns; `?`: not known to that viewer. */
export function formatMatrix(style: TextStyle, matrix: BeliefMatrix): string[] {
  const { viewers, members, states } = matrix;
  if (viewers.length === 0) return ["nobody runs"];
  const first = Math.max(...viewers.map((viewer) => viewer.length));
  const widths = members.map((member) => Math.max(2, member.length));
  const header = members.map((member, at) => member.padStart(widths[at] ?? 2)).join(" ");
  const rows = viewers.map((viewer, row) => {
    const cells = members.map((_, column) => {
      const state = states[row]?.[column] ?? null;
      const pad = " ".repeat((widths[column] ?? 2) - 1);
      const glyph = state === null || state === "forgotten" ? "." : formatStateGlyph(style, state);
      return `${pad}${glyph}`;
    });
    return `${viewer.padEnd(first)} ${cells.join(" ")}`;
  });
  return [`${" ".repeat(first)} ${header}`, ...rows];
}

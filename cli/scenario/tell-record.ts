import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../src/core/errors.ts";
import { makeDirectory } from "../../src/daemon/storage/make-directory.ts";
import type { ReportKind } from "../../src/scenario/language/scenario.ts";
import { consumersOverRuns } from "../../src/scenario/report/consumer-rows.ts";
import { type FileKind, reportFile } from "../../src/scenario/report/files/report-files.ts";
import type { Ink, ReportStyle } from "../../src/scenario/report/terminal/report-style.ts";
import { consumerLines, renderTerminal } from "../../src/scenario/report/terminal/terminal.ts";
import type { RunRecord } from "../../src/scenario/run-record.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { type Color, outcomeGlyph, paint } from "../format/text-style.ts";
import { type Output, printJson } from "../output.ts";

const COLUMNS_DEFAULT = 100;
const FILE_KINDS: readonly FileKind[] = ["svg", "html", "junit", "json"];

const COLORS: Readonly<Record<Ink, Color>> = {
  alive: "cyan",
  suspect: "yellow",
  dead: "magenta",
  left: "gray",
  unknown: "gray",
  fault: "magenta",
  process: "cyan",
  met: "green",
  failed: "magenta",
  quiet: "gray",
  strong: "bold",
};

/** Tells how a run went: the report for a terminal, or its record as a line of JSON. */
export function tellRecord(record: RunRecord, output: Output): void {
  if (printJson(output, record)) return;
  for (const line of renderTerminal(record, styleOf(output))) output.data(line);
}

/**
 * Writes the reports that a scenario asks for, or all of them where it asks for none, and tells
 * their names.
 *
 * @throws ConfigError when the directory cannot be written
 */
export function writeReports(
  record: RunRecord,
  kinds: readonly ReportKind[],
  directory: string,
  output: Output,
): void {
  const asked = FILE_KINDS.filter((kind) => kinds.includes(kind));
  for (const kind of asked.length > 0 ? asked : FILE_KINDS) {
    const { name, text } = reportFile(kind, record);
    const path = join(directory, name);
    try {
      makeDirectory(directory);
      writeFileSync(path, text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`--report ${directory}: ${why}; name a directory that can be written`);
    }
    output.talk(`wrote ${path}`);
  }
}

/** What consumers decided in all runs of a scenario together. */
export function tellOverSeeds(records: readonly RunRecord[], output: Output): void {
  for (const file of new Set(records.map(({ scenario }) => scenario.file))) {
    const runs = records.filter(({ scenario }) => scenario.file === file);
    const lines = consumerLines(consumersOverRuns(runs));
    if (lines.length === 0) continue;
    output.data("");
    output.data(`${runs[0]?.scenario.name}: ${formatCount(runs.length, "run")} together`);
    for (const line of lines) output.data(line);
  }
}

/** One line a run, for the end of many. */
export function outcomeLine(
  { outcome, scenario, durationMs, failure, world, rngSeed }: RunRecord,
  { style }: Output,
): string {
  const why = failure === null ? "" : `: ${failure}`;
  const took = `after ${(durationMs / 1000).toFixed(1)} s`;
  const seed = world === "sim" ? ` (rng seed ${rngSeed})` : "";
  return `${outcomeGlyph(style, outcome)} ${scenario.name} ${outcome} ${took}${seed}${why}`;
}

function styleOf({ style }: Output): ReportStyle {
  return {
    columns: process.stdout.columns ?? COLUMNS_DEFAULT,
    ascii: style.ascii,
    paint: (ink, text) => paint(style, COLORS[ink], text),
  };
}

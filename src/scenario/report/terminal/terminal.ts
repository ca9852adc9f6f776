import type {
  BeliefMatrix,
  ConsumerRecord,
  ExpectationRecord,
  FailureDetail,
  Figures,
  RunRecord,
  Spread,
  ThresholdRecord,
} from "../../run-record.ts";
import { cutTo, formatFigure, formatSeconds } from "../amounts.ts";
import { consumerRows } from "../consumer-rows.ts";
import { type Ink, type ReportStyle, stateGlyph } from "./report-style.ts";
import { drawLanes } from "./terminal-lanes.ts";

/** The report for a terminal, line by line. */
export function renderTerminal(record: RunRecord, style: ReportStyle): string[] {
  const { paint } = style;
  const details = record.expectations.flatMap((each) =>
    each.failure === null ? [] : failureLines(each, each.failure, style),
  );
  const judged = [
    ...record.expectations.map((each) => expectationLine(each, style)),
    ...record.thresholds.map((each) => thresholdLine(each, style)),
  ];
  return [
    paint("strong", headline(record)),
    ...(record.failure === null ? [] : [paint("failed", record.failure)]),
    "",
    ...drawLanes(record, style),
    "",
    ...spaced(judged),
    ...spaced(consumerLines(record.consumers)),
    ...figureLines(record.figures),
    ...details,
    "",
    `replay: ${record.replay}`,
  ];
}

/** With an empty line behind it, if there is anything. */
function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ""];
}

/** `split brain heals: passed in 20.6 s (simulator, profile lan, rng seed 42)`. */
export function headline({
  scenario,
  outcome,
  durationMs,
  world,
  profile,
  rngSeed,
}: RunRecord): string {
  const where = world === "sim" ? "simulator" : "real daemons";
  const duration = formatSeconds(durationMs);
  return `${scenario.name}: ${outcome} in ${duration} (${where}, profile ${profile}, rng seed ${rngSeed})`;
}

/** Who decided what, as rows of a table; none without consumers. */
export function consumerLines(consumers: readonly ConsumerRecord[]): string[] {
  const rows = consumerRows(consumers);
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  return rows.map((cells) => {
    const columns = cells.map((cell, at) => (at === 0 ? cell.padEnd(width) : cell.padStart(19)));
    return ` ${columns.join("")}`;
  });
}

/** What was measured, as rows of a table and a line of counts. */
export function figureLines(figures: Figures): string[] {
  const spreads = spreadRows(figures).map((cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(9))).join(""),
  );
  const { falseDeaths, suspicions, bytesPerNodeS, datagramsPerNodeS } = figures;
  const traffic =
    bytesPerNodeS.avg === null
      ? ""
      : `; a node sent ${Math.round(bytesPerNodeS.avg)} B/s in ${(datagramsPerNodeS.avg ?? 0).toFixed(1)} datagrams/s`;
  return [
    ...spreads.map((row) => ` ${row}`),
    ` ${suspicions} suspicions, ${falseDeaths} false deaths${traffic}`,
  ];
}

/** Title row first; figures without a sample are left out. */
export function spreadRows({ detect, back, heal }: Figures): string[][] {
  const rows: [string, Spread][] = [
    ["known in a view", detect],
    ["back in a view", back],
    ["one view again", heal],
  ];
  const measured = rows.filter(([, { count }]) => count > 0);
  if (measured.length === 0) return [];
  return [
    ["", "n", "p50", "p95", "max"],
    ...measured.map(([name, { count, p50, p95, max }]) => [
      name,
      String(count),
      ...[p50, p95, max].map((spanMs) => (spanMs === null ? "-" : formatSeconds(spanMs))),
    ]),
  ];
}

/** How an expectation came out: `after 4.4 s (within 8 s)`. */
export function outcomeOf({
  outcome,
  verb,
  withinMs,
  holdMs,
  fromMs,
  metAtMs,
  got,
}: ExpectationRecord): string {
  if (outcome === "failed") return `failed: ${got}`;
  if (outcome === "open") return "not checked: the run ended first";
  if (verb === "always" || verb === "never") return "all the time";
  const afterMs = (metAtMs ?? fromMs) - fromMs;
  const limit = withinMs === null ? "" : ` (within ${formatSeconds(withinMs)})`;
  const held = holdMs === null || holdMs === 0 ? "" : `held ${formatSeconds(holdMs)}, `;
  return `${held}${afterMs < 0.5 ? "at once" : `after ${formatSeconds(afterMs)}`}${limit}`;
}

const OUTCOMES: Readonly<Record<ExpectationRecord["outcome"], { ink: Ink; glyphs: string }>> = {
  met: { ink: "met", glyphs: "✓v" },
  failed: { ink: "failed", glyphs: "✗X" },
  open: { ink: "quiet", glyphs: "?-" },
};

function verdictGlyph(outcome: ExpectationRecord["outcome"], { ascii, paint }: ReportStyle) {
  const { ink, glyphs } = OUTCOMES[outcome];
  return paint(ink, glyphs[ascii ? 1 : 0] ?? "");
}

function expectationLine(each: ExpectationRecord, style: ReportStyle): string {
  const place = each.line === null ? each.id : `line ${each.line}`;
  const came = outcomeOf(each);
  const what = `${each.verb} ${each.label}`;
  const room = style.columns - place.length - came.length - 8;
  const text = cutTo(Math.max(30, room), what);
  return ` ${verdictGlyph(each.outcome, style)} ${place}  ${text}  ${style.paint("quiet", came)}`;
}

function thresholdLine({ figure, limit, got, outcome }: ThresholdRecord, style: ReportStyle) {
  return ` ${verdictGlyph(outcome, style)} ${figure} ${limit}: ${formatFigure(figure, got)}`;
}

function failureLines(
  { line, id, verb, label }: ExpectationRecord,
  { atMs, expected, got, matrix, lastEvents }: FailureDetail,
  style: ReportStyle,
): string[] {
  const { paint } = style;
  const place = line === null ? id : `line ${line}`;
  return [
    "",
    paint("failed", `${place} at ${formatSeconds(atMs)}: ${verb} ${label}`),
    `   expected  ${expected}`,
    `   got       ${got}`,
    ...matrixLines(matrix, style).map((row) => `   ${row}`),
    ...lastEvents.map((event) => `   ${paint("quiet", event)}`),
  ];
}

/** Who saw whom in which state: rows are viewers, columns subjects. */
export function matrixLines(
  { viewers, members, states }: BeliefMatrix,
  { ascii, paint }: Pick<ReportStyle, "ascii" | "paint">,
): string[] {
  const width = Math.max(...["viewer", ...viewers].map((name) => name.length));
  const title = ["viewer".padEnd(width), ...members].join("  ");
  const rows = viewers.map((viewer, row) => {
    const cells = members.map((member, column) => {
      const state = states[row]?.[column] ?? null;
      const shown = state === null || state === "forgotten" ? "unknown" : state;
      return paint(shown, stateGlyph(shown, ascii)) + " ".repeat(member.length - 1);
    });
    return [viewer.padEnd(width), ...cells].join("  ").trimEnd();
  });
  return [title, ...rows];
}

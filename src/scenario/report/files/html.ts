import { escapeMarkup } from "../../../text/markup.ts";
import type { ExpectationRecord, RunRecord } from "../../run-record.ts";
import { formatFigure, formatSeconds } from "../amounts.ts";
import { consumerRows } from "../consumer-rows.ts";
import { figureLines, headline, matrixLines, outcomeOf, spreadRows } from "../terminal/terminal.ts";
import { renderSvg } from "./svg.ts";
import { NARROW_PAGE } from "./svg-strip.ts";

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2127; --quiet: #5f6670; --line: #e6e8eb; --code: #f5f6f8; --bad: #c81e1e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --ink: #e3e7ec; --quiet: #9aa4af; --line: #2a3038; --code: #1e242b; --bad: #ff7b72; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2em auto; padding: 0 1em; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.5em; margin-bottom: .2em; } h2 { font-size: 1.1em; margin: 1.8em 0 .4em; }
.badge { display: inline-block; padding: .1em .7em; border-radius: 1em; color: #fff; font-weight: 600; }
.passed { background: #2a7d4f; } .failed { background: #c81e1e; } .interrupted { background: #6b7280; }
.quiet { color: var(--quiet); } .bad { color: var(--bad); font-weight: 600; }
.chart { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; } svg { display: block; width: 100%; height: auto; }
/* On a phone names and notes stand above their lanes, so that the lanes have the width. */
.narrow { display: none; } @media (max-width: 760px) { .wide { display: none; } .narrow { display: block; } body { margin-top: 1em; }
table { display: block; overflow-x: auto; font-size: 13px; } td, th { padding-right: .6em; } }
table { border-collapse: collapse; } td, th { padding: .15em .9em .15em 0; text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 500; border-bottom: 1px solid var(--line); } .number { text-align: right; }
pre { background: var(--code); padding: .8em 1em; border-radius: 6px; overflow-x: auto; font-size: 13px; }
`;

/** The report as one page that needs nothing else: picture, verdicts, figures, and what ran. */
export function renderHtml(record: RunRecord): string {
  const { scenario, outcome, failure, replay, startedAt } = record;
  const about = scenario.about === null ? [] : [`<p>${escapeMarkup(scenario.about)}</p>`];
  const origin = [scenario.file, startedAt].filter((part) => part !== null).join(", ");
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(headline(record))}</title>`,
    `<style>${STYLE}</style></head><body>`,
    `<h1>${escapeMarkup(scenario.name)} <span class="badge ${outcome}">${outcome}</span></h1>`,
    ...(origin === "" ? [] : [`<p class="quiet">${escapeMarkup(origin)}</p>`]),
    ...about,
    ...(failure === null ? [] : [`<p class="bad">${escapeMarkup(failure)}</p>`]),
    `<div class="wide chart">${renderSvg(record).trimEnd()}</div>`,
    `<div class="narrow chart">${renderSvg(record, NARROW_PAGE).trimEnd()}</div>`,
    ...expectationTable(record),
    ...consumerTable(record),
    ...figureTable(record),
    ...record.expectations.flatMap(failureBlock),
    ...stepTable(record),
    "<h2>Run it again</h2>",
    `<pre>${escapeMarkup(replay)}</pre>`,
    "</body></html>",
    "",
  ].join("\n");
}

function expectationTable({ expectations, thresholds }: RunRecord): string[] {
  const judged = expectations.map((each) => [
    verdict(each.outcome),
    escapeMarkup(each.line === null ? each.id : `line ${each.line}`),
    escapeMarkup(`${each.verb} ${each.label}`),
    escapeMarkup(outcomeOf(each)),
  ]);
  const measured = thresholds.map(({ figure, limit, got, outcome }) => [
    verdict(outcome),
    "threshold",
    escapeMarkup(`${figure} ${limit}`),
    escapeMarkup(formatFigure(figure, got)),
  ]);
  return [
    "<h2>Expectations</h2>",
    ...table(["", "where", "what", "result"], [...judged, ...measured]),
  ];
}

function verdict(outcome: ExpectationRecord["outcome"]): string {
  if (outcome === "met") return "✓";
  return outcome === "failed" ? '<span class="bad">✗</span>' : "?";
}

function consumerTable({ consumers }: RunRecord): string[] {
  const [titles = [], ...rows] = consumerRows(consumers);
  if (rows.length === 0) return [];
  const told = rows.map((cells, at) => [...cells, consumers[at]?.decides ?? ""].map(escapeMarkup));
  return ["<h2>Who decided what</h2>", ...table([...titles, "how"], told)];
}

function figureTable({ figures }: RunRecord): string[] {
  const [titles = [], ...rows] = spreadRows(figures);
  const counts = figureLines(figures).at(-1) ?? "";
  return ["<h2>Figures</h2>", ...table(titles, rows), `<p>${escapeMarkup(counts.trim())}</p>`];
}

function failureBlock({ line, id, verb, label, failure }: ExpectationRecord): string[] {
  if (failure === null) return [];
  const { atMs, expected, got, matrix, lastEvents } = failure;
  const plain = { ascii: false, paint: (_: unknown, text: string) => text };
  const said = [
    `expected  ${expected}`,
    `got       ${got}`,
    "",
    ...matrixLines(matrix, plain),
    "",
    ...lastEvents,
  ];
  const place = line === null ? id : `line ${line}`;
  return [
    `<h2 class="bad">${escapeMarkup(`${place} at ${formatSeconds(atMs)}: ${verb} ${label}`)}</h2>`,
    `<pre>${escapeMarkup(said.join("\n"))}</pre>`,
  ];
}

function stepTable({ steps }: RunRecord): string[] {
  const rows = steps.map(({ line, depth, verb, label, fromMs, untilMs, outcome }) => [
    line === null ? "" : String(line),
    formatSeconds(fromMs),
    formatSeconds(untilMs),
    `${"&ensp;".repeat(2 * depth)}${escapeMarkup(label.startsWith(verb) ? label : `${verb} ${label}`)}`,
    outcome === "done" ? "" : `<span class="bad">${outcome}</span>`,
  ]);
  return ["<h2>Steps</h2>", ...table(["line", "from", "until", "step", ""], rows)];
}

/** Cells are markup already. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['<p class="quiet">none</p>'];
  return [
    "<table>",
    `<tr>${titles.map((title) => `<th>${title}</th>`).join("")}</tr>`,
    ...rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`),
    "</table>",
  ];
}

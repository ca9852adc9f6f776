import { escapeMarkup } from "../../../text/markup.ts";
import type { ExpectationRecord, RunRecord } from "../../run-record.ts";
import { formatFigure } from "../amounts.ts";
import { matrixLines, outcomeOf } from "../terminal/terminal.ts";

interface Case {
  readonly name: string;
  readonly seconds: number;
  readonly verdict: "passed" | "failed" | "skipped" | "error";
  readonly message: string;
  readonly details: string;
}

/**
 * JUnit XML as CI servers read it: one suite a run, one case an expectation and a threshold. What
 * ended the run otherwise is a case of its own.
 */
export function renderJunit(record: RunRecord): string {
  const cases = [
    ...record.expectations.map(expectationCase),
    ...record.thresholds.map(({ figure, limit, got, outcome }): Case => {
      const message = `${figure} ${limit}: ${formatFigure(figure, got)}`;
      const verdict = outcome === "met" ? "passed" : "failed";
      return { name: `threshold ${figure} ${limit}`, seconds: 0, verdict, message, details: "" };
    }),
  ];
  const all = [...cases, ...runCase(record, cases)];
  const count = (verdict: Case["verdict"]) => all.filter((each) => each.verdict === verdict).length;
  const totals =
    `tests="${all.length}" failures="${count("failed")}" errors="${count("error")}" ` +
    `skipped="${count("skipped")}" time="${seconds(record.durationMs)}"`;
  const name = escapeMarkup(record.scenario.name);
  const started =
    record.startedAt === null ? "" : ` timestamp="${escapeMarkup(record.startedAt.slice(0, 19))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${name}" ${totals}${started}>`,
    ...properties(record),
    ...all.flatMap((each) => caseLines(each, name)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function expectationCase(each: ExpectationRecord): Case {
  const { line, id, verb, label, outcome, failure, fromMs, untilMs } = each;
  const details =
    failure === null
      ? ""
      : [
          `expected  ${failure.expected}`,
          `got       ${failure.got}`,
          ...matrixLines(failure.matrix, { ascii: true, paint: (_, text) => text }),
          ...failure.lastEvents,
        ].join("\n");
  return {
    name: `${line === null ? id : `line ${line}`}: ${verb} ${label}`,
    seconds: (untilMs - fromMs) / 1000,
    verdict: outcome === "met" ? "passed" : outcome === "failed" ? "failed" : "skipped",
    message: outcomeOf(each),
    details,
  };
}

/** Where the run did not pass although no case says why. */
function runCase({ outcome, failure, durationMs }: RunRecord, cases: readonly Case[]): Case[] {
  const isExplained = cases.some(({ verdict }) => verdict === "failed");
  if (outcome === "passed" || (outcome === "failed" && isExplained)) return [];
  const verdict = outcome === "failed" ? "failed" : "error";
  const message = failure ?? `the run was ${outcome}`;
  return [{ name: "the run", seconds: durationMs / 1000, verdict, message, details: "" }];
}

function properties({ world, profile, rngSeed, replay, scenario }: RunRecord): string[] {
  const entries = { file: scenario.file ?? "", world, profile, rngSeed: String(rngSeed), replay };
  return [
    "    <properties>",
    ...Object.entries(entries).map(
      ([name, value]) => `      <property name="${name}" value="${escapeMarkup(value)}"/>`,
    ),
    "    </properties>",
  ];
}

function caseLines({ name, seconds: took, verdict, message, details }: Case, suite: string) {
  const head = `    <testcase classname="${suite}" name="${escapeMarkup(name)}" time="${took.toFixed(3)}"`;
  if (verdict === "passed") return [`${head}/>`];
  const tag = verdict === "failed" ? "failure" : verdict;
  const text = escapeMarkup(details);
  const told = `message="${escapeMarkup(message)}"`;
  return [`${head}>`, `      <${tag} ${told}>${text}</${tag}>`, "    </testcase>"];
}

function seconds(spanMs: number): string {
  return (spanMs / 1000).toFixed(3);
}

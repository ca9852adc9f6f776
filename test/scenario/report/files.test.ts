import { expect, test } from "vitest";
import { type FileKind, reportFile } from "../../../src/scenario/report/files/report-files.ts";
import { change, expectation, failedRecord, runRecord } from "./records.ts";

const KINDS: readonly FileKind[] = ["svg", "html", "junit", "json"];

test.each(KINDS)("equal records give the same %s to the byte", (kind) => {
  const copy = JSON.parse(JSON.stringify(failedRecord()));
  expect(reportFile(kind, copy)).toEqual(reportFile(kind, failedRecord()));
});

test.each(["svg", "html"] as const)(
  "the %s needs nothing from elsewhere and runs nothing",
  (kind) => {
    const { text } = reportFile(kind, failedRecord());
    const links = text.replaceAll("http://www.w3.org/2000/svg", "");
    expect(links).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
  },
);

test.each(["svg", "html", "junit"] as const)(
  "what a scenario says is text in the %s, not markup",
  (kind) => {
    const name = 'a <b> & "c" \u0007';
    const { text } = reportFile(kind, {
      ...failedRecord(),
      scenario: { name, about: name, file: name },
    });
    expect(text).not.toContain("<b>");
    expect(text).toContain("a &lt;b&gt; &amp; &quot;c&quot; \ufffd");
  },
);

test("every change of a belief is a band that says what it is", () => {
  const { text } = reportFile("svg", runRecord({ beliefs: [change("a", "c", 3000, "dead")] }));
  expect(text).toContain("<title>a about c: alive from 0 ms to 3.0 s</title>");
  expect(text).toContain("<title>a about c: dead from 3.0 s to 10.0 s</title>");
});

test("a label that has room nowhere is cut to its band, and whole where one points at it", () => {
  const label = `partition {${"a b c d ".repeat(9)}}`;
  const faults = [
    { step: "steps[0]", verb: "partition", nodes: [], label, fromMs: 3000, untilMs: 8000 },
  ];
  const { text } = reportFile("svg", runRecord({ faults }));
  const shown = /class="band-label">([^<]*)</.exec(text)?.[1] ?? "";
  const wide = Number(/width="([\d.]+)" height="15" rx="3" class="band"/.exec(text)?.[1]);
  expect(shown).toMatch(/^partition .*…$/);
  expect(shown.length * 6.8).toBeLessThan(wide);
  expect(text).toContain(`<title>${label.slice(0, 40)}`);
});

test.each(["svg", "html"] as const)("the %s has colours of its own for the dark", (kind) => {
  const { text } = reportFile(kind, failedRecord());
  expect(text).toContain("@media (prefers-color-scheme: dark)");
  // Text and ground have no colour but that of their class.
  expect(text).not.toMatch(/<text[^>]* fill=|fill="#fff/);
});

test("JUnit has a case for each expectation and threshold, and counts those that failed", () => {
  const met = expectation({ line: 3, label: "converged" });
  const open = expectation({ line: null, id: "steps[4]", outcome: "open" });
  const failed = failedRecord();
  const { text } = reportFile("junit", {
    ...failed,
    expectations: [met, ...failed.expectations, open],
    thresholds: [{ figure: "detect.p95", limit: "< 4s", got: 4400, outcome: "failed" }],
  });
  expect(text).toContain('tests="4" failures="2" errors="0" skipped="1" time="10.000"');
  expect(text).toContain('name="line 3: await converged" time="2.000"/>');
  expect(text).toContain('<failure message="failed: a sees c alive">expected  a &amp; b see');
  expect(text).toContain('name="threshold detect.p95 &lt; 4s"');
  expect(text).toContain('<failure message="detect.p95 &lt; 4s: 4.4 s">');
});

test("what ended a run without any expectation to blame is a case of its own", () => {
  const ended = { outcome: "failed", failure: "c ended by itself" } as const;
  const { text } = reportFile("junit", runRecord(ended));
  expect(text).toContain('tests="1" failures="1"');
  expect(text).toContain('<failure message="c ended by itself">');
  const interrupted = reportFile("junit", runRecord({ outcome: "interrupted" }));
  expect(interrupted.text).toContain('<error message="the run was interrupted">');
});

test("a file is named after its scenario", () => {
  const named = (name: string) =>
    reportFile("svg", runRecord({ scenario: { name, about: null, file: null } })).name;
  expect(named("Split brain: heals!")).toBe("split-brain-heals.svg");
  expect(named("../..")).toBe("scenario.svg");
});

test("the JSON is the record", () => {
  expect(JSON.parse(reportFile("json", failedRecord()).text)).toEqual(failedRecord());
});

import { safeJson } from "../../../text/safe-text.ts";
import type { ReportKind } from "../../language/scenario.ts";
import type { RunRecord } from "../../run-record.ts";
import { renderHtml } from "./html.ts";
import { renderJunit } from "./junit.ts";
import { renderSvg } from "./svg.ts";

/** A report as a file: what it is called, and its whole text. */
export interface ReportFile {
  readonly name: string;
  readonly text: string;
}

/** Which reports are files; the one for the terminal is not. */
export type FileKind = Exclude<ReportKind, "terminal">;

const RENDERERS: Readonly<
  Record<FileKind, { readonly ending: string; readonly render: (record: RunRecord) => string }>
> = {
  svg: { ending: "svg", render: renderSvg },
  html: { ending: "html", render: renderHtml },
  junit: { ending: "junit.xml", render: renderJunit },
  json: { ending: "json", render: (record) => `${safeJson(JSON.stringify(record, null, 2))}\n` },
};

/**
 * The report of a run as a file, named after its scenario. Equal records give equal bytes: nothing
 * is in it but the record.
 */
export function reportFile(kind: FileKind, record: RunRecord): ReportFile {
  const { ending, render } = RENDERERS[kind];
  return { name: `${slugOf(record)}.${ending}`, text: render(record) };
}

function slugOf({ scenario }: RunRecord): string {
  const slug = scenario.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return slug.replaceAll(/^-|-$/g, "") || "scenario";
}

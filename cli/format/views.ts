import type { ViewBody, ViewsBody } from "../../src/control/api-types.ts";
import type { MemberState } from "../../src/core/member.ts";
import { formatNames, formatSpan } from "./quantities.ts";
import { type Column, formatTable } from "./table.ts";
import { formatStateGlyph, paint, type TextStyle } from "./text-style.ts";

/** Viewers that hold the same view. */
export interface ViewGroup {
  /** Null for viewers whose view was never fetched. */
  readonly digest: string | null;
  readonly views: readonly ViewBody[];
}

/** The views by digest, the largest group first; those without one come last. */
export function groupViews(views: readonly ViewBody[]): ViewGroup[] {
  const groups = new Map<string | null, ViewBody[]>();
  for (const view of views) {
    const group = groups.get(view.digest);
    if (group === undefined) groups.set(view.digest, [view]);
    else group.push(view);
  }
  return [...groups]
    .map(([digest, grouped]) => ({ digest, views: grouped }))
    .sort((a, b) => rank(b) - rank(a) || compareText(a.digest ?? "", b.digest ?? ""));
}

/** Who sees what: one block a digest, and the matrix of viewers (rows) and members (columns). */
export function formatViews(style: TextStyle, body: ViewsBody): string[] {
  const groups = groupViews(body.views);
  const lines = groups.map((group) => formatGroup(style, group));
  return [...lines, "", ...formatMatrix(style, body)];
}

/** `one view` or `3 different views`, as people say it. */
export function formatViewsSummary(body: ViewsBody): string {
  const groups = groupViews(body.views);
  const unknown = groups.find((group) => group.digest === null)?.views ?? [];
  const known = groups.length - (unknown.length > 0 ? 1 : 0);
  const verdict = known === 1 ? "all who answered agree" : `${known} different views`;
  if (unknown.length === 0) return verdict;
  const names = formatNames(unknown.map((view) => view.viewer));
  return `${verdict}; nothing was heard yet from ${names}, ask again in a second`;
}

function formatGroup(style: TextStyle, group: ViewGroup): string {
  const names = formatNames(group.views.map((view) => view.viewer));
  if (group.digest === null) return `${"?".padEnd(16)}  ${names}: not fetched`;
  return `${paint(style, "bold", group.digest)}  ${names}`;
}

function formatMatrix(style: TextStyle, body: ViewsBody): string[] {
  const seen = new Set(body.views.map((view) => view.viewer));
  for (const view of body.views) for (const entry of view.entries) seen.add(entry.name);
  const subjects = [...seen].sort(compareText);
  const columns: Column[] = [
    { title: `viewer ${style.ascii ? "->" : "→"} member` },
    ...subjects.map((name) => ({ title: name })),
    { title: "AGE" },
  ];
  const rows = body.views.map((view) => [
    view.viewer === body.self ? `${view.viewer} (self)` : view.viewer,
    ...subjects.map((subject) => formatCell(style, view, subject)),
    formatAge(view, body.self),
  ]);
  return formatTable(columns, rows);
}

function formatCell(style: TextStyle, view: ViewBody, subject: string): string {
  const state: MemberState | undefined = view.entries.find((e) => e.name === subject)?.state;
  if (state === undefined || state === "forgotten") return style.ascii ? "." : "·";
  return formatStateGlyph(style, state);
}

function formatAge(view: ViewBody, self: string): string {
  if (view.viewer === self) return "now";
  const age = view.ageMs === null ? "never fetched" : formatSpan(view.ageMs);
  return view.reachable ? age : `${age}, unreachable`;
}

function rank(group: ViewGroup): number {
  return group.digest === null ? -1 : group.views.length;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

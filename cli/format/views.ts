import type { ViewBody, ViewsBody } from "../../src/control/api-types.ts";
import type { MemberState } from "../../src/core/member.ts";
import { compareNames } from "../../src/core/name-order.ts";
import { formatNames, formatSpan } from "../../src/text/quantities.ts";
import { formatTable } from "../../src/text/table.ts";
import { formatStateGlyph, paint, type TextStyle } from "./text-style.ts";

/** The viewers that answered, by the digest of their view, the largest group first. */
function groupViews(views: readonly ViewBody[]): [digest: string, viewers: string[]][] {
  const groups = new Map<string, string[]>();
  for (const { viewer, digest, reachable } of views) {
    if (digest === null || !reachable) continue;
    groups.set(digest, [...(groups.get(digest) ?? []), viewer]);
  }
  return [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
}

/** Who sees what: one block a digest, who is missing and why, and the matrix of viewers (rows) and members (columns). */
export function formatViews(style: TextStyle, body: ViewsBody): string[] {
  const groups = groupViews(body.views).map(
    ([digest, viewers]) => `${paint(style, "bold", digest)}  ${formatNames(viewers)}`,
  );
  const missing = missingFrom(body).map(
    ([why, viewers]) => `${"?".padEnd(16)}  ${formatNames(viewers)}: ${why}`,
  );
  return [...groups, ...missing, "", ...formatMatrix(style, body)];
}

/** Who agrees with whom, and of whom nothing is known: `3 of 5 answered and agree; n4 and n5: dead here, not asked`. */
export function formatViewsSummary(body: ViewsBody): string {
  const groups = groupViews(body.views);
  const missing = missingFrom(body);
  const count = body.views.length;
  const answered = groups.reduce((sum, [, viewers]) => sum + viewers.length, 0);
  const rest = missing.map(([why, viewers]) => `; ${formatNames(viewers)}: ${why}`).join("");
  if (groups.length > 1) return `${groups.length} different views${rest}`;
  const who = answered === count ? `all ${count} agree` : `${answered} of ${count} answered`;
  const verdict = answered === count || answered < 2 ? who : `${who} and agree`;
  return `${verdict}${rest}`;
}

/** The viewers that nothing is known of now, by the reason. */
function missingFrom({ self, views }: ViewsBody): [why: string, viewers: string[]][] {
  const own = views.find(({ viewer }) => viewer === self)?.entries ?? [];
  const dead = new Set(own.filter(({ state }) => state === "dead").map(({ name }) => name));
  const byReason = new Map<string, string[]>();
  for (const view of views) {
    if (view.digest !== null && view.reachable) continue;
    const why = dead.has(view.viewer)
      ? "dead here, not asked"
      : view.reachable
        ? "no answer yet, ask again in a second"
        : "does not answer";
    byReason.set(why, [...(byReason.get(why) ?? []), view.viewer]);
  }
  return [...byReason];
}

function formatMatrix(style: TextStyle, body: ViewsBody): string[] {
  const seen = new Set(body.views.map((view) => view.viewer));
  for (const view of body.views) for (const entry of view.entries) seen.add(entry.name);
  const subjects = [...seen].sort(compareNames);
  const columns = [`viewer ${style.ascii ? "->" : "→"} member`, ...subjects, "AGE"];
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

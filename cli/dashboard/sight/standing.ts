import type { ViewerRow, WhoSeesWhat } from "./who-sees-what.ts";

/**
 * What the last two copies of each view say alike; everything else is unknown. One copy may be taken in the middle of a change,
 * or of a newcomer that has not heard everybody yet.
 */
export function standingOf(now: WhoSeesWhat, before: WhoSeesWhat | undefined): WhoSeesWhat {
  const placeBefore = new Map(before?.subjects.map((subject, at) => [subject, at]));
  const rowsBefore = new Map(before?.rows.map((row) => [row.viewer, row]));
  const places = now.subjects.map((subject) => placeBefore.get(subject));
  const rows = now.rows.map((row) => standingRow(row, rowsBefore.get(row.viewer), places));
  return { ...now, rows };
}

function standingRow(
  row: ViewerRow,
  before: ViewerRow | undefined,
  places: readonly (number | undefined)[],
): ViewerRow {
  const isFresh = row.isFresh && before?.isFresh === true;
  const held = <T>(now: readonly T[], then: readonly T[], unknown: T): T[] =>
    now.map((value, at) => (isFresh && value === then[places[at] ?? -1] ? value : unknown));
  return {
    ...row,
    isFresh,
    states: held(row.states, before?.states ?? [], "unknown"),
    hearings: held(row.hearings, before?.hearings ?? [], "unknown"),
    digest: isFresh && row.digest === before?.digest ? row.digest : null,
  };
}

import type { ViewBody, ViewsBody } from "../../../src/control/api-types.ts";
import type { MemberState, Millis } from "../../../src/core/member.ts";
import { compareNames } from "../model/peer-order.ts";
import type { Reading } from "../picture/picture.ts";

/** Whether a viewer heard a member directly of late; unknown where it does not watch it or its view is old. */
export type Hearing = "heard" | "not-heard" | "unknown" | "self";

export interface ViewerRow {
  readonly viewer: string;
  readonly isSelf: boolean;
  /** One a subject; undefined where the viewer does not list it. */
  readonly states: readonly (MemberState | undefined)[];
  readonly hearings: readonly Hearing[];
  /** Age of what is shown of this viewer; null when its view was never fetched. */
  readonly ageMs: Millis | null;
  /** False: the attached node got no answer the last time it asked, and shows the last view known. */
  readonly isReachable: boolean;
  /** Its view is of now, and may be compared with others. */
  readonly isFresh: boolean;
  readonly digest: string | null;
}

export interface WhoSeesWhat {
  readonly subjects: readonly string[];
  readonly rows: readonly ViewerRow[];
  /** How long ago is still "of late". */
  readonly windowMs: Millis;
  /** When the views were read (wall clock): ages are of then. */
  readonly atMs: number;
}

/** An equal view is asked for again every 5 s only. */
const FRESH_MS: Millis = 6_500;
/** The protocol's own measure of silence; a suspicion begins no earlier. */
const WINDOW_PERIODS = 1.5;
const WINDOW_MS_MIN: Millis = 400;

/** The views as a matrix, viewers and members in the order of their names, as it was when they were read. */
export function whoSeesWhat(
  { body, atMs }: Reading<ViewsBody>,
  probeIntervalMs: Millis,
  changedAtMs: number,
): WhoSeesWhat {
  const names = new Set(body.views.map((view) => view.viewer));
  for (const { entries } of body.views) {
    for (const { name, state } of entries) if (state !== "forgotten") names.add(name);
  }
  const subjects = [...names].sort(compareNames);
  const windowMs = Math.max(WINDOW_MS_MIN, WINDOW_PERIODS * probeIntervalMs);
  const byViewer = new Map(body.views.map((view) => [view.viewer, view]));
  // A view that was told before the last change of a state is no contradiction.
  const freshMs = Math.min(FRESH_MS, atMs - changedAtMs);
  const rows = subjects.map((viewer) =>
    viewerRow(byViewer.get(viewer), { viewer, self: body.self, subjects, windowMs, freshMs }),
  );
  return { subjects, rows, windowMs, atMs };
}

interface RowFacts {
  readonly viewer: string;
  readonly self: string;
  readonly subjects: readonly string[];
  readonly windowMs: Millis;
  readonly freshMs: Millis;
}

function viewerRow(view: ViewBody | undefined, facts: RowFacts): ViewerRow {
  const { viewer, self, subjects, windowMs, freshMs } = facts;
  const entries = new Map((view?.entries ?? []).map((entry) => [entry.name, entry]));
  const ageMs = view?.ageMs ?? null;
  const isReachable = view?.reachable ?? false;
  const isFresh = isReachable && ageMs !== null && (viewer === self || ageMs <= freshMs);
  return {
    viewer,
    isSelf: viewer === self,
    states: subjects.map((subject) => entries.get(subject)?.state),
    hearings: subjects.map((subject): Hearing => {
      if (subject === viewer) return "self";
      const entry = entries.get(subject);
      if (!isFresh || entry === undefined || entry.phi === null) return "unknown";
      return entry.heardAgoMs !== null && entry.heardAgoMs <= windowMs ? "heard" : "not-heard";
    }),
    ageMs,
    isReachable,
    isFresh,
    digest: view?.digest ?? null,
  };
}

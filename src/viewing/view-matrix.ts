import type { MembersBody, ViewBody, ViewsBody } from "../control/api-types.ts";
import type { MemberState, Millis } from "../core/member.ts";
import { compareNames } from "../core/name-order.ts";
import { findFindings } from "./findings.ts";
import { withPaths } from "./path-matrix.ts";
import { type ClusterReadings, phiSuspectOf, type Reading } from "./reading.ts";

/** The matrices, and what they say. */
export interface ViewMatrix extends WhoSeesWhat {
  /** By subject: whether somebody whose view is of now holds it for anything but alive. */
  readonly ofInterest: readonly boolean[];
  /** In plain words, the gravest first. */
  readonly findings: readonly string[];
  /** Whether `hearings` are what a guest found out by trying each path, the viewer's to the subject. */
  readonly isOfPaths?: true;
}

const PERIOD_MS_DEFAULT = 1000;

let last: { readonly key: readonly unknown[]; readonly matrix: ViewMatrix | undefined } = {
  key: [],
  matrix: undefined,
};

/**
 * Undefined until the views were read. The last answer is kept: it costs members squared, and most frames have nothing new.
 */
export function viewMatrixOf(readings: ClusterReadings): ViewMatrix | undefined {
  const { views, viewsBefore, self, members, changedAtMs, paths } = readings;
  if (views === undefined) return undefined;
  const probeIntervalMs = self?.body.probeIntervalMs ?? PERIOD_MS_DEFAULT;
  const phiSuspect = phiSuspectOf(readings);
  const key = [views, viewsBefore, probeIntervalMs, phiSuspect, changedAtMs, members, paths];
  if (key.every((part, at) => part === last.key[at])) return last.matrix;
  const limits = { probeIntervalMs, phiSuspect, changedAtMs };
  const seen = whoSeesWhat(views, { ...limits, copy: 1 });
  const before = viewsBefore && whoSeesWhat(viewsBefore, { ...limits, copy: 2 });
  const standing = standingOf(seen, before);
  const findings = findFindings(standing, members?.body.members ?? []);
  const shown = withOwnRow(withStandingDigests(seen, standing), members?.body);
  const matrix = { ...shown, findings, ofInterest: interestIn(shown) };
  last = { key, matrix: paths === undefined ? matrix : withPaths(matrix, paths.body.paths) };
  return last.matrix;
}

/** A digest is shown where it stands, so that those on the screen are those that are counted. */
function withStandingDigests(seen: WhoSeesWhat, standing: WhoSeesWhat): WhoSeesWhat {
  const rows = seen.rows.map((row, at) => ({ ...row, digest: standing.rows[at]?.digest ?? null }));
  return { ...seen, rows };
}

/** The attached node's own row is as new as the table. */
function withOwnRow(matrix: WhoSeesWhat, members: MembersBody | undefined): WhoSeesWhat {
  if (members === undefined) return matrix;
  const states = new Map(members.members.map(({ name, state }) => [name, state]));
  const rows = matrix.rows.map((row) =>
    row.isSelf
      ? { ...row, states: matrix.subjects.map((subject) => states.get(subject) ?? "unlisted") }
      : row,
  );
  return { ...matrix, rows };
}

function interestIn({ subjects, rows }: WhoSeesWhat): boolean[] {
  const fresh = rows.filter(({ isFresh }) => isFresh);
  return subjects.map((_, at) => fresh.some(({ states }) => states[at] !== "alive"));
}

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

/** Whether a viewer heard a member directly of late; unknown where it does not watch it, its view is old, or phi is between the two. */
export type Hearing = "heard" | "heard-in-part" | "not-heard" | "unknown" | "self";

/** What a viewer believes of a member: `unlisted` where its view does not hold it, `unknown` where there is no view. */
export type SeenState = MemberState | "unlisted" | "unknown";

export interface ViewerRow {
  readonly viewer: string;
  readonly isSelf: boolean;
  /** One a subject. */
  readonly states: readonly SeenState[];
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
  /** Up to this age a view is of now. */
  readonly freshMs: Millis;
  /** When the views were read (wall clock): ages are of then. */
  readonly atMs: number;
}

export interface MatrixLimits {
  readonly probeIntervalMs: Millis;
  /** From this phi on a silence is unusual. */
  readonly phiSuspect: number;
  /** When the attached node last changed a belief (wall clock of the reader): older views do not contradict it. */
  readonly changedAtMs: number;
  /** Of which copy of the views the rows are made: 1 the newest, 2 the one before, which is older by a round. */
  readonly copy: 1 | 2;
}

/** A view is asked for once a round; so much later its answer is here and was read. */
const ANSWERED_MS: Millis = 1000;
const ROUNDS = 1.5;
/** In a large cluster a round takes long, but what is older than this is not of now. */
const FRESH_MS_MAX: Millis = 6_500;
/** The protocol's own measure of silence; a suspicion begins no earlier. */
const WINDOW_PERIODS = 1.5;
const WINDOW_MS_MIN: Millis = 400;
/** A machine with much to do hears less often; such a silence is nothing unusual there. */
const PHI_USUAL = 1;

/** The views as a matrix, viewers and members in the order of their names, as it was when they were read. */
export function whoSeesWhat({ body, atMs }: Reading<ViewsBody>, limits: MatrixLimits): WhoSeesWhat {
  const names = new Set(body.views.map((view) => view.viewer));
  for (const { entries } of body.views) {
    for (const { name, state } of entries) if (state !== "forgotten") names.add(name);
  }
  const subjects = [...names].sort(compareNames);
  const windowMs = Math.max(WINDOW_MS_MIN, WINDOW_PERIODS * limits.probeIntervalMs);
  const byViewer = new Map(body.views.map((view) => [view.viewer, view]));
  const ageMsMax = Math.min(FRESH_MS_MAX, limits.copy * (ANSWERED_MS + ROUNDS * body.roundMs));
  const freshMs = Math.min(ageMsMax, atMs - limits.changedAtMs);
  const facts = { self: body.self, subjects, windowMs, freshMs, ...limits };
  const rows = subjects.map((viewer) => viewerRow(byViewer.get(viewer), { viewer, ...facts }));
  return { subjects, rows, freshMs: ageMsMax, atMs };
}

interface RowFacts extends MatrixLimits, Pick<WhoSeesWhat, "subjects" | "freshMs"> {
  readonly viewer: string;
  readonly self: string;
  readonly windowMs: Millis;
}

function viewerRow(view: ViewBody | undefined, facts: RowFacts): ViewerRow {
  const { viewer, self, subjects, windowMs, freshMs, copy, phiSuspect } = facts;
  const entries = new Map((view?.entries ?? []).map((entry) => [entry.name, entry]));
  const ageMs = view?.ageMs ?? null;
  const isReachable = view?.reachable ?? false;
  const isOwnNow = viewer === self && copy === 1;
  const isFresh = isReachable && ageMs !== null && (isOwnNow || ageMs <= freshMs);
  const missing = ageMs === null ? "unknown" : "unlisted";
  return {
    viewer,
    isSelf: viewer === self,
    states: subjects.map((subject) => entries.get(subject)?.state ?? missing),
    hearings: subjects.map((subject): Hearing => {
      if (subject === viewer) return "self";
      const entry = entries.get(subject);
      if (!isFresh || entry === undefined || entry.phi === null) return "unknown";
      const { heardAgoMs, phi } = entry;
      if (heardAgoMs !== null && (heardAgoMs <= windowMs || phi < PHI_USUAL)) return "heard";
      // Not heard yet is not the same as not heard: phi says which silence is unusual.
      return phi >= phiSuspect ? "not-heard" : "unknown";
    }),
    ageMs,
    isReachable,
    isFresh,
    digest: view?.digest ?? null,
  };
}

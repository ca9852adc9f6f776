import type {
  EventBody,
  ExplainBody,
  MemberBody,
  MembersBody,
  SelfBody,
  ViewBody,
  ViewsBody,
} from "../control/api-types.ts";
import type { PathsBody } from "../control/path-types.ts";
import { endsProcess } from "../core/member.ts";
import { certaintyOf, kindOfCause } from "../text/silence.ts";
import { confirmDetection, type Detection, newestDetection } from "./detection.ts";
import type { LearnedRhythm } from "./phi-curve.ts";
import { type PhiHistory, recordPhis } from "./phi-history.ts";
import type { ClusterReadings, Reading } from "./reading.ts";

/** How it stands with the attached node. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** It stopped answering; what is shown is the last that it said, at `sinceMs` (the first failure where it never did). */
  | { readonly kind: "lost"; readonly sinceMs: number; readonly why: string };

/** Datagrams a second over the last readings. */
export interface Rates {
  readonly inPerS: number;
  readonly outPerS: number;
  readonly probesPerS: number;
}

/** Everything known of the cluster through one attached node. Replaced, never changed. */
export interface DashboardState extends ClusterReadings {
  readonly url: string;
  readonly connection: Connection;
  readonly rates: Rates | undefined;
  /** Undefined where the node is not a guest in another engine's pool. */
  readonly paths: Reading<PathsBody> | undefined;
  /** Of the member whose detail is open. */
  readonly explanation: Reading<ExplainBody> | undefined;
  /** Oldest first. */
  readonly events: readonly EventBody[];
  readonly history: PhiHistory;
  /** The last rhythm that was read of each member: the node forgets that of a dead one. */
  readonly rhythms: ReadonlyMap<string, LearnedRhythm>;
  /** When the members were read first. */
  readonly sinceMs: number | undefined;
  /** The newest since then. */
  readonly detection: Detection | undefined;
}

/** The state before a node was asked. */
export function emptyState(url: string): DashboardState {
  return {
    url,
    connection: { kind: "connecting" },
    self: undefined,
    rates: undefined,
    members: undefined,
    views: undefined,
    viewsBefore: undefined,
    changedAtMs: 0,
    paths: undefined,
    explanation: undefined,
    events: [],
    history: new Map(),
    rhythms: new Map(),
    sinceMs: undefined,
    detection: undefined,
  };
}

/** Something that the feed learned. */
export type StateUpdate =
  | { readonly kind: "self"; readonly body: SelfBody }
  | { readonly kind: "members"; readonly body: MembersBody }
  | { readonly kind: "views"; readonly body: ViewsBody }
  | { readonly kind: "paths"; readonly body: PathsBody }
  | { readonly kind: "explanation"; readonly body: ExplainBody }
  /** Of another member than the one whose detail is open. */
  | { readonly kind: "rhythm"; readonly body: ExplainBody }
  /** Nobody's detail is open, or the member is not known any more. */
  | { readonly kind: "no-explanation" }
  | { readonly kind: "none" }
  /** Another run of the process answers: its events begin anew. */
  | { readonly kind: "restarted" }
  | { readonly kind: "event"; readonly event: EventBody }
  | { readonly kind: "lost"; readonly why: string };

const EVENTS_KEPT = 500;

/** The state with what was learned at `atMs` (wall clock). Any answer of the node ends a loss. */
export function updateState(
  state: DashboardState,
  update: StateUpdate,
  atMs: number,
): DashboardState {
  if (update.kind === "lost") return lose(state, update.why, atMs);
  if (update.kind === "none") return state;
  if (update.kind === "no-explanation") return { ...state, explanation: undefined };
  if (update.kind === "event") return addEvent(state, update.event, atMs);
  if (update.kind === "restarted") return { ...state, events: [] };
  const answered: DashboardState = { ...state, connection: { kind: "live" } };
  const atIt = <T>(body: T): Reading<T> => ({ body, atMs });
  switch (update.kind) {
    case "self":
      return withSelf(answered, atIt(update.body));
    case "members":
      return withMembers(answered, atIt(update.body));
    case "views":
      return withViews(answered, atIt(update.body));
    case "paths":
      return { ...answered, paths: atIt(update.body) };
    case "explanation":
      return withRhythm({ ...answered, explanation: atIt(update.body) }, update.body);
    case "rhythm":
      return withRhythm(answered, update.body);
  }
}

function lose(state: DashboardState, why: string, atMs: number): DashboardState {
  const { connection } = state;
  const sinceMs = connection.kind === "lost" ? connection.sinceMs : (lastReadMs(state) ?? atMs);
  return { ...state, connection: { kind: "lost", sinceMs, why } };
}

/** When the node last answered; a request that fails may have waited long for it. */
function lastReadMs({ self, members, views, explanation }: DashboardState): number | undefined {
  const readMs = [self, members, views, explanation].flatMap((reading) => reading?.atMs ?? []);
  return readMs.length === 0 ? undefined : Math.max(...readMs);
}

function withMembers(state: DashboardState, members: Reading<MembersBody>): DashboardState {
  const { body, atMs } = members;
  const sinceMs = state.sinceMs ?? atMs;
  const names = new Set(body.members.map(({ name }) => name));
  return {
    ...state,
    members,
    changedAtMs: Math.max(state.changedAtMs, lastChangeIn(body, atMs)),
    history: recordPhis(state.history, body.members, atMs),
    rhythms: new Map([...state.rhythms].filter(([name]) => names.has(name))),
    sinceMs,
    detection: newestDetection(members, sinceMs, state.detection),
  };
}

function withRhythm(state: DashboardState, { name, detector }: ExplainBody): DashboardState {
  if (detector === null) return state;
  return { ...state, rhythms: new Map(state.rhythms).set(name, detector) };
}

/** Another start id is another run of the process: its counters begin anew. */
function withSelf(state: DashboardState, self: Reading<SelfBody>): DashboardState {
  const before = state.self;
  if (before !== undefined && before.body.startId !== self.body.startId) {
    return { ...state, self, rates: undefined, views: undefined, viewsBefore: undefined };
  }
  return { ...state, self, rates: ratesBetween(before, self) ?? state.rates };
}

function ratesBetween(
  before: Reading<SelfBody> | undefined,
  after: Reading<SelfBody>,
): Rates | undefined {
  if (before === undefined) return undefined;
  const tookS = (after.atMs - before.atMs) / 1000;
  if (tookS <= 0) return undefined;
  const [a, b] = [before.body.traffic, after.body.traffic];
  return {
    inPerS: (b.datagramsIn - a.datagramsIn) / tookS,
    outPerS: (b.datagramsOut - a.datagramsOut) / tookS,
    probesPerS: (b.pingsOut - a.pingsOut) / tookS,
  };
}

/** When a member last changed its state, by the reader's clock: the node's may be another one. */
function lastChangeIn({ members }: MembersBody, atMs: number): number {
  return members.reduce((last, { stateForMs }) => Math.max(last, atMs - stateForMs), 0);
}

/** A viewer's copy becomes the one before as soon as there is a newer one. */
function withViews(state: DashboardState, views: Reading<ViewsBody>): DashboardState {
  const { views: last, viewsBefore } = state;
  const detection = confirmDetection(state.detection, views);
  if (last === undefined) return { ...state, views, detection };
  const byViewer = ({ body }: Reading<ViewsBody>) =>
    new Map(body.views.map((view) => [view.viewer, view]));
  const [inLast, inBefore] = [byViewer(last), viewsBefore && byViewer(viewsBefore)];
  const kept = views.body.views.flatMap(({ viewer, copy }): ViewBody[] => {
    const held = inLast.get(viewer);
    const isRenewed = held !== undefined && (viewer === views.body.self || held.copy !== copy);
    const [before, readAtMs] = isRenewed
      ? [held, last.atMs]
      : [inBefore?.get(viewer), viewsBefore?.atMs ?? 0];
    if (before === undefined || before.ageMs === null) return [];
    return [{ ...before, ageMs: before.ageMs + views.atMs - readAtMs }];
  });
  return {
    ...state,
    views,
    detection,
    viewsBefore: { body: { ...views.body, views: kept }, atMs: views.atMs },
  };
}

/** What a view digest is made of: names, incarnations and states. */
const DIGEST_EVENTS: ReadonlySet<EventBody["event"]> = new Set([
  "member-changed",
  "member-updated",
  "member-reaped",
  "refuted",
]);

/** Events also move the rows at once; the next reading brings the rest. */
function addEvent(before: DashboardState, event: EventBody, nowMs: number): DashboardState {
  const events = [...before.events, event].slice(-EVENTS_KEPT);
  if (before.members === undefined || event.index <= before.members.body.index) {
    return { ...before, events };
  }
  const state = DIGEST_EVENTS.has(event.event) ? { ...before, changedAtMs: nowMs } : before;
  if (event.event !== "member-changed") return { ...state, events };
  const { body, atMs } = before.members;
  const members = body.members.flatMap((member) =>
    member.name === event.member ? changed(member, event) : [member],
  );
  return { ...state, events, members: { body: { ...body, index: event.index, members }, atMs } };
}

function changed(
  member: MemberBody,
  event: Extract<EventBody, { readonly event: "member-changed" }>,
): MemberBody[] {
  if (event.to === "forgotten") return [];
  const { to: state, incarnation, cause } = event;
  const refused = endsProcess(cause) || (state !== "alive" && member.refused);
  const phi = event.phi ?? member.phi;
  const silence = kindOfCause(cause);
  const certainty = silence === null ? null : certaintyOf(silence);
  const change = { state, incarnation, cause, refused, silence, certainty, phi };
  return [{ ...member, ...change, stateForMs: 0 }];
}

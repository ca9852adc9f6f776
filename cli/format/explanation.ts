import type { ExplainBody, ViewsBody } from "../../src/control/api-types.ts";
import { isPresent, type Millis } from "../../src/core/member.ts";
import {
  describeContradiction,
  describePathsTo,
  describePoolSuspicion,
} from "../../src/text/paths.ts";
import {
  formatCount,
  formatNames,
  formatPhi,
  formatPhiBar,
  formatSpan,
} from "../../src/text/quantities.ts";
import { safeLine } from "../../src/text/safe-text.ts";
import {
  describeKind,
  describeOdds,
  ENDING_CLAUSES,
  SILENCE_CLAUSES,
  WIRE_CLAUSES,
  whyNoPhi,
} from "../../src/text/silence.ts";
import { formatEvent } from "./events.ts";
import { describeOffers } from "./members.ts";
import { formatState, paint, type TextStyle } from "./text-style.ts";

/** When another member last heard the one that is explained. */
export interface Hearing {
  readonly viewer: string;
  /** Before the viewer told its view: it may have heard the member since. */
  readonly heardAgoMs: Millis;
  /** Age of the copy of the viewer's view that this comes from. */
  readonly viewAgeMs: Millis;
}

/** Up to this age a view speaks of now. */
const VIEW_OF_NOW_MS: Millis = 1_500;

/** Who heard `member` directly, by the views that the attached node has, the latest first. */
export function hearingsOf(member: string, body: ViewsBody): Hearing[] {
  return body.views
    .flatMap((view) => {
      const entry = view.entries.find((candidate) => candidate.name === member);
      if (view.viewer === member || entry === undefined || entry.heardAgoMs === null) return [];
      const viewAgeMs = view.ageMs ?? 0;
      return [{ viewer: view.viewer, heardAgoMs: entry.heardAgoMs, viewAgeMs }];
    })
    .sort((a, b) => a.heardAgoMs + a.viewAgeMs - b.heardAgoMs - b.viewAgeMs);
}

/** `0.20 s ago`, or what an older view says: its age is not part of the silence. */
export function tellHearing({ heardAgoMs, viewAgeMs }: Hearing): string {
  if (viewAgeMs <= VIEW_OF_NOW_MS) return `${formatSpan(heardAgoMs)} ago`;
  return `${formatSpan(heardAgoMs)} before its view of ${formatSpan(viewAgeMs)} ago`;
}

/** Who measures the member: nobody, once it is gone. */
export function watchersOf({ state, observers }: ExplainBody): readonly string[] {
  return isPresent(state) ? observers : [];
}

/** The story of one member in plain words, one line a fact. */
export function formatExplanation(
  style: TextStyle,
  body: ExplainBody,
  hearings: readonly Hearing[],
): string[] {
  const watchers = watchersOf(body);
  const facts: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["kind", describeKind(body)],
    ["phi", describePhi(style, body)],
    ["window", describeWindow(body)],
    ["suspicion", describeSuspicion(body)],
    ["paths", describePathsTo(body.paths ?? [])],
    ["probes", describeProbes(body)],
    ["heard by", describeHearings(body, hearings)],
    ["watched by", watchers.length === 0 ? [] : [formatNames(watchers)]],
    ["about it", describeRecord(body)],
    ["history", body.history.map((event) => formatEvent(style, event))],
  ];
  const told = facts.filter(([, lines]) => lines.length > 0);
  return [
    formatHeadline(style, body),
    ...told.flatMap(([title, lines]) =>
      lines.map(
        (line, at) =>
          `  ${paint(style, "gray", (at === 0 ? title : "").padEnd(11))} ${safeLine(line, style)}`,
      ),
    ),
  ];
}

function formatHeadline(style: TextStyle, body: ExplainBody): string {
  const who = body.name === body.self ? `${body.name} (this node)` : body.name;
  const since = `for ${formatSpan(body.stateForMs)}`;
  const viewer = body.paths === undefined ? body.self : "the pool";
  const eyes = body.name === body.self ? "" : `, as ${viewer} sees it`;
  return `${paint(style, "bold", who)} is ${formatState(style, body.state)} ${since}${eyes}`;
}

function describePhi(style: TextStyle, body: ExplainBody): string[] {
  if (body.name === body.self) return ["a node does not measure itself"];
  const { detector } = body;
  if (detector === null || body.phi === null) {
    return [`none: ${whyNoPhi(body)}`];
  }
  const { lastHeardMs } = body;
  const heard =
    lastHeardMs === null ? "never heard directly" : `last heard ${formatSpan(lastHeardMs)} ago`;
  const bar = formatPhiBar(style, body.phi, detector.phiSuspect, 16).trimEnd();
  return [
    `${formatPhi(body.phi)} of ${detector.phiSuspect} ${bar}`.trimEnd(),
    `${heard}: ${describeOdds(body.phi, body.phi === body.slowness)}`,
    ...describeForecast(body, detector.phiSuspect, detector.suspectedInMs),
  ];
}

function describeForecast(body: ExplainBody, phiSuspect: number, suspectedInMs: Millis): string[] {
  if (body.state !== "alive") return [];
  if (suspectedInMs > 0) {
    return [`would be suspected in ${formatSpan(suspectedInMs)} if it stays silent`];
  }
  return [`phi is over ${phiSuspect}: relays are asked before it is accused`];
}

function describeWindow(body: ExplainBody): string[] {
  const { detector, rttMs, rttDeviationMs } = body;
  if (detector === null) return [];
  const floor = detector.atFloor ? " (the floor: it is steadier than that)" : "";
  const intervals =
    `${formatCount(detector.intervalsMs.length, "interval")} between answers, mean ` +
    `${formatSpan(detector.meanMs)}, deviation ${formatSpan(detector.deviationMs)}${floor}`;
  if (rttMs === null) return [intervals];
  const deviation = (rttDeviationMs ?? 0).toFixed(1);
  return [intervals, `answers within ${rttMs.toFixed(1)} ms, give or take ${deviation}`];
}

function describeSuspicion(body: ExplainBody): string[] {
  const { suspicion } = body;
  if (suspicion === null) return [];
  const isOurs = suspicion.rule === "quorum";
  const accusations = suspicion.accusations.map(({ accuser, evidence, phi, agoMs }) => {
    const why = isOurs ? `: ${SILENCE_CLAUSES[evidence]} (phi ${formatPhi(phi)})` : "";
    return `${accuser} accused it ${formatSpan(agoMs)} ago${why}`;
  });
  const isOpen = !isOurs && suspicion.ended === null;
  const doubt = isOpen ? describeContradiction(body.phi, body.detector?.phiSuspect ?? 0) : [];
  return [...accusations, describeCourse(suspicion, body), ...doubt];
}

function describeCourse(
  suspicion: NonNullable<ExplainBody["suspicion"]>,
  body: ExplainBody,
): string {
  const began = `began ${formatSpan(suspicion.startedMs)} ago`;
  if (suspicion.ended !== null) {
    const { how, agoMs } = suspicion.ended;
    return `${began} and ended ${formatSpan(agoMs)} ago: ${ENDING_CLAUSES[how]}`;
  }
  if (suspicion.rule === "memberlist") return `${began}; ${describePoolSuspicion(suspicion)}`;
  const needed = `${formatCount(suspicion.quorum, "accuser")} needed`;
  const forMs = suspicion.quorumForMs;
  const reached = forMs === null ? "not reached yet" : `reached ${formatSpan(forMs)} ago`;
  return `${began}; ${needed}, ${reached}; ${tellDeadline(suspicion, body)}`;
}

/** When a suspicion ends in a death. A frozen member cannot refute: it has to run again. */
export function tellDeadline(
  { deadInMs, accusations }: NonNullable<ExplainBody["suspicion"]>,
  { silence }: Pick<ExplainBody, "silence">,
): string {
  if (deadInMs === null) {
    return accusations.length === 0 ? "its clock is stopped" : "those who accuse it decide";
  }
  const unless = silence === "frozen" ? "it stays frozen" : "it does not refute";
  return `dead in ${formatSpan(deadInMs)} if ${unless}`;
}

function describeProbes(body: ExplainBody): string[] {
  const lines: string[] = [];
  const { pingsUnanswered = 0, refusals = 0, refusalsMutedForMs: mutedMs = 0 } = body.probe ?? {};
  const pings = formatCount(pingsUnanswered, "ping");
  if (pingsUnanswered > 0) lines.push(`${pings} without an answer`);
  const { wire = null, turnInMs = null } = body.probe ?? {};
  if (wire !== null) lines.push(WIRE_CLAUSES[wire]);
  if (turnInMs !== null) lines.push(`all is calm: it is asked again in ${formatSpan(turnInMs)}`);
  const refused = formatCount(refusals, "ping");
  if (refusals > 0) lines.push(`${refused} refused: no process owns its port`);
  if (mutedMs > 0)
    lines.push(`refusals are not believed for ${formatSpan(mutedMs)}, it refuted one`);
  if (body.probe?.round) lines.push(describeRound(body.probe.round));
  if (body.reachedThrough !== null) lines.push(`reachable only through ${body.reachedThrough}`);
  return lines;
}

function describeRound(round: NonNullable<NonNullable<ExplainBody["probe"]>["round"]>): string {
  const asked =
    round.helpers.length === 0
      ? "there is no other member to ask"
      : `${formatNames(round.helpers)} were asked to try`;
  const nacks =
    round.nacks.length === 0 ? "" : `; ${formatNames(round.nacks)} could not reach it either`;
  return `a round runs for ${formatSpan(round.startedMs)}: ${asked}${nacks}`;
}

function describeHearings(body: ExplainBody, hearings: readonly Hearing[]): string[] {
  if (body.name === body.self) return [];
  if (hearings.length === 0) return ["no member whose view is known"];
  return hearings.map((hearing) => `${hearing.viewer} ${tellHearing(hearing)}`);
}

function describeRecord(body: ExplainBody): string[] {
  // Of a member of another engine no start is known.
  const start = body.paths === undefined ? `, start ${body.startId}` : "";
  const lines = [`${body.address}, incarnation ${body.incarnation}${start}`];
  if (body.api !== null) lines.push(`control API at http://${body.api}`);
  return [...lines, ...describeOffers(body)];
}

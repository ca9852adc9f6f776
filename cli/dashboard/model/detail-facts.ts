import type { ExplainBody, ViewsBody } from "../../../src/control/api-types.ts";
import { describePathsTo, describePoolSuspicion } from "../../../src/text/paths.ts";
import { formatCount, formatNames, formatSpan } from "../../../src/text/quantities.ts";
import { describeKind, ENDING_CLAUSES } from "../../../src/text/silence.ts";
import { hearingsOf, tellDeadline, tellHearing, watchersOf } from "../../format/explanation.ts";
import { describeOffers } from "../../format/members.ts";

const HEARINGS_SHOWN = 4;

/** Why the member is what it is, one fact a line, the weightiest first. */
export function detailFacts(body: ExplainBody, views: ViewsBody | undefined): string[] {
  if (body.name === body.self) {
    return [
      "This is the attached node itself: a node does not measure itself.",
      ...recordFacts(body),
    ];
  }
  const watchers = watchersOf(body);
  return [
    ...describeKind(body),
    ...suspicionFacts(body),
    ...describePathsTo(body.paths ?? []).map((paths) => `paths: ${paths}`),
    ...probeFacts(body),
    ...(views === undefined ? [] : [hearingFact(body, views)]),
    ...(watchers.length === 0 ? [] : [`watched by ${listed(watchers)}`]),
    ...recordFacts(body),
  ];
}

function suspicionFacts(body: ExplainBody): string[] {
  const { suspicion, self } = body;
  if (suspicion === null) return ["never suspected, as far as this node remembers"];
  const accusations = suspicion.accusations.map(
    ({ accuser, evidence, agoMs }) =>
      `${accuser === self ? "self" : accuser} ${evidence} ${formatSpan(agoMs)} ago`,
  );
  const began = `suspected ${formatSpan(suspicion.startedMs)} ago`;
  const who = accusations.length === 0 ? [] : [`accused by ${accusations.join(", ")}`];
  const { ended } = suspicion;
  if (ended !== null) {
    return [`${began}; ended ${formatSpan(ended.agoMs)} ago: ${ENDING_CLAUSES[ended.how]}`, ...who];
  }
  if (suspicion.rule === "memberlist") return [describePoolSuspicion(suspicion), ...who];
  const quorum = `${formatCount(suspicion.accusations.length, "accuser")}, ${suspicion.quorum} needed`;
  return [`${began}; ${quorum}; ${tellDeadline(suspicion, body)}`, ...who];
}

function probeFacts({ probe, reachedThrough }: ExplainBody): string[] {
  const facts: string[] = [];
  const { pingsUnanswered = 0, refusals = 0, wire = null, round = null } = probe ?? {};
  if (pingsUnanswered > 0) facts.push(`${formatCount(pingsUnanswered, "ping")} unanswered`);
  if (refusals > 0) facts.push(`${formatCount(refusals, "ping")} refused by its host`);
  if (wire !== null) facts.push(`wire ${wire}`);
  if (round !== null) {
    const { helpers, nacks } = round;
    const asked = helpers.length === 0 ? "no other member to ask" : `asked ${listed(helpers)}`;
    facts.push(`round: ${asked}${nacks.length === 0 ? "" : `; ${listed(nacks)} had no answer`}`);
  }
  if (reachedThrough !== null) facts.push(`reachable only through ${reachedThrough}`);
  return facts.length === 0 ? [] : [facts.join("; ")];
}

function hearingFact(body: ExplainBody, views: ViewsBody): string {
  const hearings = hearingsOf(body.name, views);
  if (hearings.length === 0) return "not heard by any member whose view is known";
  const told = hearings
    .slice(0, HEARINGS_SHOWN)
    .map((hearing) => `${hearing.viewer} ${tellHearing(hearing)}`);
  const more = hearings.length - told.length;
  return `last heard by ${told.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function recordFacts(body: ExplainBody): string[] {
  // Of a member of another engine no start is known.
  const start = body.paths === undefined ? `, start ${body.startId}` : "";
  return [`incarnation ${body.incarnation}${start}`, ...describeOffers(body)];
}

function listed(names: readonly string[]): string {
  const more = names.length - 6;
  return more > 1 ? `${names.slice(0, 6).join(", ")} and ${more} more` : formatNames(names);
}

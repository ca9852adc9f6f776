import type { ExplainBody, ViewsBody } from "../../../src/control/api-types.ts";
import { formatCount, formatNames, formatSpan } from "../../../src/text/quantities.ts";
import { describeKind, hearingsOf, tellHearing, watchersOf } from "../../format/explanation.ts";

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
    ...probeFacts(body),
    ...(views === undefined ? [] : [hearingFact(body, views)]),
    ...(watchers.length === 0 ? [] : [`watched by ${listed(watchers)}`]),
    ...recordFacts(body),
  ];
}

function suspicionFacts({ suspicion, self }: ExplainBody): string[] {
  if (suspicion === null) return ["never suspected, as far as this node remembers"];
  const accusations = suspicion.accusations.map(
    ({ accuser, evidence, agoMs }) =>
      `${accuser === self ? "self" : accuser} ${evidence} ${formatSpan(agoMs)} ago`,
  );
  const began = `suspected ${formatSpan(suspicion.startedMs)} ago`;
  const who = accusations.length === 0 ? [] : [`accused by ${accusations.join(", ")}`];
  const { ended } = suspicion;
  if (ended !== null) {
    const how = {
      refuted: "it refuted",
      heard: "it was heard",
      dead: "declared dead",
      left: "it left",
    };
    return [`${began}; ended ${formatSpan(ended.agoMs)} ago: ${how[ended.how]}`, ...who];
  }
  const quorum = `${formatCount(suspicion.accusations.length, "accuser")}, ${suspicion.quorum} needed`;
  const verdict =
    suspicion.deadInMs === null
      ? "its clock is stopped"
      : `dead in ${formatSpan(suspicion.deadInMs)} if it does not refute`;
  return [`${began}; ${quorum}; ${verdict}`, ...who];
}

function probeFacts({ probe, reachedThrough }: ExplainBody): string[] {
  const facts: string[] = [];
  if (probe !== null && probe.pingsUnanswered > 0) {
    facts.push(`${formatCount(probe.pingsUnanswered, "ping")} unanswered`);
  }
  if (probe !== null && probe.refusals > 0) {
    facts.push(`${formatCount(probe.refusals, "ping")} refused by its host`);
  }
  if (probe !== null && probe.wire !== null) facts.push(`wire ${probe.wire}`);
  if (probe?.round != null) {
    const { helpers, nacks } = probe.round;
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
  const services = body.services.map(({ name, port }) => `${name}:${port}`);
  const tags = Object.entries(body.tags).map(([key, value]) => `${key}=${value}`);
  return [
    `incarnation ${body.incarnation}, start ${body.startId}`,
    ...(services.length === 0 ? [] : [`services ${services.join(", ")}`]),
    ...(tags.length === 0 ? [] : [`tags ${tags.join(", ")}`]),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - 6;
  return more > 1 ? `${names.slice(0, 6).join(", ")} and ${more} more` : formatNames(names);
}

import type { MemberBody } from "../control/api-types.ts";
import { isPresent } from "../core/member.ts";
import { compareNames } from "../core/name-order.ts";
import type { Hearing, WhoSeesWhat } from "./view-matrix.ts";

/**
 * What the matrices say, in plain words, the gravest first. What a finding needs of the views has to stand: unknown is unknown.
 */
export function findFindings(standing: WhoSeesWhat, members: readonly MemberBody[]): string[] {
  return [
    ...findFallenSilent(standing, members),
    ...findSuspects(standing, members),
    ...findDisputes(standing),
    ...findBrokenLinks(standing),
    ...findUnanswered(standing, members),
    ...findLosses(standing, members),
  ];
}

/**
 * Members that are dead: whose host refused, and who is only silent. Several silent ones are another side of a split once all
 * that are left say so.
 */
function findFallenSilent(standing: WhoSeesWhat, members: readonly MemberBody[]): string[] {
  const gone = members.filter(({ state }) => state === "dead");
  const named = (is: (each: MemberBody) => boolean) => gone.filter(is).map(({ name }) => name);
  const crashed = named(({ silence }) => silence === "crashed");
  const refused = named((each) => each.refused && each.silence !== "crashed");
  const others = gone.filter((each) => !each.refused && each.silence !== "crashed");
  const silent = others.map(({ name }) => name);
  const isOfHosts = others.every(({ silence }) => silence === "unreachable");
  const here = presentOf(members);
  const findings: string[] = [];
  if (silent.length > 0) {
    const isAgreed = here.every((viewer) => holdsDead(standing, viewer, silent));
    findings.push(tellSilent(silent, here, { isAgreed, isOfHosts }));
  }
  if (crashed.length > 0) findings.push(`${shortList(crashed)} crashed: the process ended`);
  if (refused.length > 0) {
    findings.push(`${shortList(refused)} refused: no process owns the port, so it crashed`);
  }
  return findings;
}

/** `isOfHosts`: their kernels are silent as well, so none of them is only frozen. */
function tellSilent(
  silent: readonly string[],
  here: readonly string[],
  { isAgreed, isOfHosts }: { readonly isAgreed: boolean; readonly isOfHosts: boolean },
): string {
  const how = isOfHosts ? "unreachable" : "silent";
  const mayBe = isOfHosts ? "cut off" : "cut off, frozen";
  if (silent.length === 1) {
    const toWhom = isAgreed ? " to all" : "";
    return `${silent[0]} is ${how}${toWhom}: ${mayBe}, or its host is down`;
  }
  if (!isAgreed) return `${shortList(silent)} are ${how}: ${mayBe} or hosts down`;
  return `split {${shortList(silent)}} | {${shortList(here)}}? ${how}, not refused: ${mayBe} or hosts down`;
}

function holdsDead(
  { subjects, rows }: WhoSeesWhat,
  viewer: string,
  names: readonly string[],
): boolean {
  const row = rows.find((each) => each.viewer === viewer);
  return names.every((name) => row?.states[subjects.indexOf(name)] === "dead");
}

function presentOf(members: readonly MemberBody[]): string[] {
  return members
    .filter(({ state }) => isPresent(state))
    .map(({ name }) => name)
    .sort(compareNames);
}

/** Who does not hear a suspect, and who still does. */
function findSuspects({ subjects, rows }: WhoSeesWhat, members: readonly MemberBody[]): string[] {
  return members.flatMap(({ name, state, silence }) => {
    if (state !== "suspect") return [];
    if (silence === "frozen") return [`${name} is frozen: its host answers, it does not`];
    const [deaf, hearing] = listenersTo(subjects.indexOf(name), rows);
    const unheard = deaf.length === 0 ? "" : `: not heard by ${shortList(deaf)}`;
    const heard = hearing.length === 0 ? "" : `; heard by ${shortList(hearing)}`;
    return [`${name} is suspect${unheard}${heard}`];
  });
}

/** Who does not hear a subject of late, and who does. */
function listenersTo(subject: number, rows: WhoSeesWhat["rows"]): [string[], string[]] {
  const listeners = (hearing: Hearing) =>
    rows.filter(({ hearings }) => hearings[subject] === hearing).map(({ viewer }) => viewer);
  return [listeners("not-heard"), listeners("heard")];
}

/** Members about whom the views of now differ. */
function findDisputes({ subjects, rows }: WhoSeesWhat): string[] {
  const fresh = rows.filter(({ isFresh }) => isFresh);
  return subjects.flatMap((subject, at) => {
    const byState = new Map<string, string[]>();
    for (const row of fresh) {
      const state = row.states[at];
      if (state === undefined || state === "unknown" || row.viewer === subject) continue;
      const told = state === "unlisted" ? "unknown" : state;
      byState.set(told, [...(byState.get(told) ?? []), row.viewer]);
    }
    if (byState.size < 2) return [];
    const sides = [...byState].sort((a, b) => b[1].length - a[1].length);
    const told = sides.map(([state, viewers]) => `${state} for ${shortList(viewers)}`);
    return [`${subject} disputed: ${told.join(", ")}`];
  });
}

/**
 * Links that carry in one direction only: a hears b, and b does not hear a. Seen from several listeners at once it is the
 * speaker's way out; seen by one listener from several speakers, its way in.
 */
function findBrokenLinks({ subjects, rows }: WhoSeesWhat): string[] {
  const losses: { readonly from: string; readonly to: string }[] = [];
  rows.forEach((listener, at) => {
    rows.forEach((speaker, from) => {
      if (listener.hearings[from] !== "not-heard" || speaker.hearings[at] !== "heard") return;
      losses.push({ from: speaker.viewer, to: listener.viewer });
    });
  });
  const told: string[] = [];
  for (const name of subjects) {
    const outward = losses.filter(({ from }) => from === name);
    const inward = losses.filter(({ to }) => to === name);
    if (outward.length > 1 || (outward.length === 1 && losses.length === 1)) {
      told.push(`one-way loss from ${name} to ${shortList(outward.map(({ to }) => to))} likely`);
    } else if (inward.length > 1) {
      told.push(`one-way loss to ${name} from ${shortList(inward.map(({ from }) => from))} likely`);
    }
  }
  return told;
}

/** Members that the attached node hears, and that do not answer it. */
function findUnanswered(
  { subjects, rows, freshMs }: WhoSeesWhat,
  members: readonly MemberBody[],
): string[] {
  const self = rows.find(({ isSelf }) => isSelf);
  const present = new Set(presentOf(members));
  return rows.flatMap(({ viewer, isReachable, ageMs }) => {
    const isHeard = self?.hearings[subjects.indexOf(viewer)] === "heard";
    const isSilentOnViews = !isReachable && ageMs !== null && ageMs > freshMs;
    if (!present.has(viewer) || !isHeard || !isSilentOnViews) return [];
    return [`one-way loss to ${viewer} likely: ${self.viewer} hears it, and it does not answer`];
  });
}

/**
 * Members that some hear and others do not, and that do not tell whom they hear themselves: what they send is lost on the way to
 * some; whether the other direction carries is not known.
 */
function findLosses({ subjects, rows }: WhoSeesWhat, members: readonly MemberBody[]): string[] {
  return members.flatMap(({ name, state }) => {
    const isTelling = rows.find(({ viewer }) => viewer === name)?.isFresh === true;
    if (state !== "alive" || isTelling) return [];
    const [deaf, hearing] = listenersTo(subjects.indexOf(name), rows);
    if (deaf.length === 0 || hearing.length === 0) return [];
    const verb = hearing.length === 1 ? "hears" : "hear";
    return [`loss from ${name} to ${shortList(deaf)} likely: ${shortList(hearing)} ${verb} it`];
  });
}

function shortList(names: readonly string[]): string {
  const more = names.length - 4;
  return more > 1 ? `${names.slice(0, 4).join(" ")} and ${more} more` : names.join(" ");
}

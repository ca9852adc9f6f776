import type { MemberBody, MembersBody, SelfBody } from "../../src/control/api-types.ts";
import { SHOWN_STATES } from "../../src/control/shown-states.ts";
import { isPresent } from "../../src/core/member.ts";
import { formatCount, formatPhi, formatPhiBar, formatSpan } from "../../src/text/quantities.ts";
import { describeSilence } from "../../src/text/silence.ts";
import { type Column, right } from "../../src/text/table.ts";
import { formatState, formatTitledTable, type TextStyle } from "./text-style.ts";

const COLUMNS: readonly Column[] = [
  ...["MEMBER", "ADDRESS", "STATE", right("PHI"), ""],
  ...[right("HEARD"), right("RTT"), right("INCARNATION"), "NOTE"],
];

/** The members as lines of a table; `phiSuspect` is where the bars are full. */
export function formatMembers(
  style: TextStyle,
  body: Pick<MembersBody, "self" | "members">,
  phiSuspect: number,
): string[] {
  const own = body.members.find(({ name }) => name === body.self)?.version;
  const rows = body.members.map((member) => {
    const row = formatRow(style, member, body.self, phiSuspect);
    const isOther = own !== undefined && member.version !== null && member.version !== own;
    return isOther
      ? [...row.slice(0, -1), joinNotes(`version ${member.version}`, row.at(-1))]
      : row;
  });
  return formatTitledTable(style, COLUMNS, rows);
}

/** One line about the whole: `n1 sees 3 alive, 1 suspect of 4 members; view 9c1f…`. */
export function formatMembersSummary(body: MembersBody): string {
  const listed = SHOWN_STATES.flatMap((state) => {
    const count = body.members.filter((member) => member.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  }).join(", ");
  const isolated = body.isolated ? "; it is isolated: it hears no member and judges none" : "";
  return `${body.self} sees ${listed} of ${formatCount(body.members.length, "member")}; view ${body.viewDigest}${isolated}`;
}

/** The badge of a daemon whose links may be broken on purpose; undefined for all others. */
export function formatFaultsBadge({ name, faults }: Pick<SelfBody, "name" | "faults">) {
  if (!faults.allowed) return undefined;
  return faults.rules === 0
    ? `FAULTS: ${name} allows them (--allow-faults), and has none now`
    : `FAULTS: ${name} breaks its links by ${formatCount(faults.rules, "rule")}; hearsay faults shows them`;
}

function formatRow(
  style: TextStyle,
  member: MemberBody,
  self: string,
  phiSuspect: number,
): string[] {
  const isSelf = member.name === self;
  const state = formatState(style, member.state);
  const isHere = isPresent(member.state);
  return [
    isSelf ? `${member.name} (self)` : member.name,
    member.address,
    member.state === "alive" ? state : `${state} ${formatSpan(member.stateForMs)}`,
    isHere ? formatPhi(member.phi) : "-",
    isHere ? formatPhiBar(style, member.phi, phiSuspect, 8).trimEnd() : "",
    member.lastHeardMs === null ? "-" : formatSpan(member.lastHeardMs),
    formatRtt(style, member),
    String(member.incarnation),
    formatNote(member),
  ];
}

function joinNotes(...notes: readonly (string | undefined)[]): string {
  return notes.filter((note) => note !== undefined && note !== "").join("; ");
}

function formatRtt(style: TextStyle, member: MemberBody): string {
  if (member.rttMs === null) return "-";
  const plusMinus = style.ascii ? "+-" : "±";
  const deviation = (member.rttDeviationMs ?? 0).toFixed(1);
  return `${member.rttMs.toFixed(1)} ${plusMinus} ${deviation} ms`;
}

function formatNote(member: MemberBody): string {
  const silence = describeSilence(member);
  const notes = silence === undefined ? [] : [silence];
  if (member.accusers.length > 0) notes.push(`accused by ${member.accusers.join(", ")}`);
  if (member.reachedThrough !== null) notes.push(`reachable only through ${member.reachedThrough}`);
  return [...notes, ...listServices(member), ...listTags(member)].join("; ");
}

function listServices({ services }: Pick<MemberBody, "services">): string[] {
  return services.map(({ name, port }) => `${name}:${port}`);
}

function listTags({ tags }: Pick<MemberBody, "tags">): string[] {
  return Object.entries(tags).map(([key, value]) => `${key}=${value}`);
}

/** What a member says of itself, one line for its services and one for its tags where it has any. */
export function describeOffers(member: Pick<MemberBody, "services" | "tags">): string[] {
  const lists = { services: listServices(member), tags: listTags(member) };
  return Object.entries(lists).flatMap(([what, list]) =>
    list.length === 0 ? [] : [`${what} ${list.join(", ")}`],
  );
}

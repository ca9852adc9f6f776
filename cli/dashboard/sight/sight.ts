import type { MembersBody } from "../../../src/control/api-types.ts";
import type { Picture } from "../picture/picture.ts";
import { findFindings } from "./findings.ts";
import { type WhoSeesWhat, whoSeesWhat } from "./who-sees-what.ts";

/** The matrices, and what they say. */
export interface Sight extends WhoSeesWhat {
  /** By subject: whether somebody whose view is of now holds it for anything but alive. */
  readonly ofInterest: readonly boolean[];
  /** In plain words, the gravest first. */
  readonly findings: readonly string[];
}

const PERIOD_MS_DEFAULT = 1000;

let last: { readonly key: readonly unknown[]; readonly sight: Sight | undefined } = {
  key: [],
  sight: undefined,
};

/**
 * Undefined until the views were read. The last answer is kept: it costs members squared, and most frames have nothing new.
 */
export function sightOf({ views, self, members, events }: Picture): Sight | undefined {
  if (views === undefined) return undefined;
  const lastChange = events.findLast(({ event }) => event === "member-changed");
  const changedAtMs = lastChange === undefined ? 0 : Date.parse(lastChange.time);
  const periodMs = self?.body.probeIntervalMs ?? PERIOD_MS_DEFAULT;
  const key = [views, periodMs, changedAtMs, members];
  if (key.every((part, at) => part === last.key[at])) return last.sight;
  const seen = withOwnRow(whoSeesWhat(views, periodMs, changedAtMs), members?.body);
  const findings = findFindings(seen, members?.body.members ?? []);
  last = { key, sight: { ...seen, findings, ofInterest: interestIn(seen) } };
  return last.sight;
}

/** The attached node's own row is as new as the table. */
function withOwnRow(sight: WhoSeesWhat, members: MembersBody | undefined): WhoSeesWhat {
  if (members === undefined) return sight;
  const states = new Map(members.members.map(({ name, state }) => [name, state]));
  const rows = sight.rows.map((row) =>
    row.isSelf ? { ...row, states: sight.subjects.map((subject) => states.get(subject)) } : row,
  );
  return { ...sight, rows };
}

function interestIn({ subjects, rows }: WhoSeesWhat): boolean[] {
  const fresh = rows.filter(({ isFresh }) => isFresh);
  return subjects.map((_, at) => fresh.some(({ states }) => states[at] !== "alive"));
}

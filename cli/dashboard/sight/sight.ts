import type { MembersBody } from "../../../src/control/api-types.ts";
import type { Picture } from "../picture/picture.ts";
import { findFindings } from "./findings.ts";
import { standingOf } from "./standing.ts";
import { type WhoSeesWhat, whoSeesWhat } from "./who-sees-what.ts";

/** The matrices, and what they say. */
export interface Sight extends WhoSeesWhat {
  /** By subject: whether somebody whose view is of now holds it for anything but alive. */
  readonly ofInterest: readonly boolean[];
  /** In plain words, the gravest first. */
  readonly findings: readonly string[];
}

const PERIOD_MS_DEFAULT = 1000;
const PHI_SUSPECT_DEFAULT = 8;

let last: { readonly key: readonly unknown[]; readonly sight: Sight | undefined } = {
  key: [],
  sight: undefined,
};

/**
 * Undefined until the views were read. The last answer is kept: it costs members squared, and most frames have nothing new.
 */
export function sightOf({
  views,
  viewsBefore,
  self,
  members,
  changedAtMs,
}: Picture): Sight | undefined {
  if (views === undefined) return undefined;
  const probeIntervalMs = self?.body.probeIntervalMs ?? PERIOD_MS_DEFAULT;
  const phiSuspect = self?.body.phiSuspect ?? PHI_SUSPECT_DEFAULT;
  const key = [views, viewsBefore, probeIntervalMs, phiSuspect, changedAtMs, members];
  if (key.every((part, at) => part === last.key[at])) return last.sight;
  const limits = { probeIntervalMs, phiSuspect, changedAtMs };
  const seen = whoSeesWhat(views, { ...limits, copy: 1 });
  const before = viewsBefore && whoSeesWhat(viewsBefore, { ...limits, copy: 2 });
  const standing = standingOf(seen, before);
  const findings = findFindings(standing, members?.body.members ?? []);
  const shown = withOwnRow(withStandingDigests(seen, standing), members?.body);
  last = { key, sight: { ...shown, findings, ofInterest: interestIn(shown) } };
  return last.sight;
}

/** A digest is shown where it stands, so that those on the screen are those that are counted. */
function withStandingDigests(seen: WhoSeesWhat, standing: WhoSeesWhat): WhoSeesWhat {
  const rows = seen.rows.map((row, at) => ({ ...row, digest: standing.rows[at]?.digest ?? null }));
  return { ...seen, rows };
}

/** The attached node's own row is as new as the table. */
function withOwnRow(sight: WhoSeesWhat, members: MembersBody | undefined): WhoSeesWhat {
  if (members === undefined) return sight;
  const states = new Map(members.members.map(({ name, state }) => [name, state]));
  const rows = sight.rows.map((row) =>
    row.isSelf
      ? { ...row, states: sight.subjects.map((subject) => states.get(subject) ?? "unlisted") }
      : row,
  );
  return { ...sight, rows };
}

function interestIn({ subjects, rows }: WhoSeesWhat): boolean[] {
  const fresh = rows.filter(({ isFresh }) => isFresh);
  return subjects.map((_, at) => fresh.some(({ states }) => states[at] !== "alive"));
}

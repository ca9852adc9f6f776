import type { MemberName, Millis } from "../member.ts";

interface Dead {
  readonly name: MemberName;
  readonly since: Millis;
}

/** All in one unit of time. */
interface CohortSpans {
  /** Two deaths no further apart belong together. */
  readonly gapMs: Millis;
  /** No cohort is longer, so that steady deaths do not make one of all. */
  readonly spanMs: Millis;
}

/**
 * The dead by the moment of their death, the newest cohort first: those of one partition died
 * together and will come back together, so that finding one of them is enough.
 */
export function cohortsOf<D extends Dead>(dead: readonly D[], spans: CohortSpans): D[][] {
  const newestFirst = [...dead].sort((a, b) => b.since - a.since || (a.name < b.name ? -1 : 1));
  const cohorts: D[][] = [];
  for (const member of newestFirst) {
    const cohort = cohorts.at(-1);
    if (cohort !== undefined && belongsTo(cohort, member, spans)) cohort.push(member);
    else cohorts.push([member]);
  }
  return cohorts;
}

function belongsTo(cohort: readonly Dead[], { since }: Dead, spans: CohortSpans): boolean {
  const newest = cohort[0]?.since ?? since;
  const oldest = cohort.at(-1)?.since ?? since;
  return oldest - since <= spans.gapMs && newest - since <= spans.spanMs;
}

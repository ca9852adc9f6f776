import type { MembersBody, SelfBody, ViewsBody } from "../control/api-types.ts";
import type { PathsBody } from "../control/path-types.ts";
import type { Millis } from "../core/member.ts";

/** Something read from a node, and when (wall clock of the reader). */
export interface Reading<T> {
  readonly body: T;
  readonly atMs: Millis;
}

/** What is known of a cluster through one node; undefined until it was read. */
export interface ClusterReadings {
  readonly self: Reading<SelfBody> | undefined;
  readonly members: Reading<MembersBody> | undefined;
  readonly views: Reading<ViewsBody> | undefined;
  /** Of each viewer the copy before the one in `views`; ages are of the same moment. */
  readonly viewsBefore: Reading<ViewsBody> | undefined;
  /** When the node last changed what its view digest is made of, by the clock of the reader. */
  readonly changedAtMs: Millis;
  /** Undefined where the node is not a guest in another engine's pool. */
  readonly paths: Reading<PathsBody> | undefined;
}

const PHI_SUSPECT_DEFAULT = 8;

/** The phi from which on the attached node suspects; the default until it was read. */
export function phiSuspectOf({ self }: Pick<ClusterReadings, "self">): number {
  return self?.body.phiSuspect ?? PHI_SUSPECT_DEFAULT;
}

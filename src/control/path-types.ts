import type { MemberName } from "../core/member.ts";
import type { PathReport } from "../core/snapshot.ts";

/** `GET /v1/paths` of a guest in another engine's pool: which member reaches which, as far as it was tried. */
export interface PathsBody {
  readonly v: 1;
  readonly self: MemberName;
  /** Those that are down first. */
  readonly paths: readonly PathReport[];
}

import type { MemberReading } from "../../cluster/cluster.ts";
import type { MemberName } from "../../core/member.ts";
import type { Consumer, Deciding } from "../language/scenario.ts";

/** What a consumer uses at one moment. */
export interface Pool {
  readonly members: readonly MemberName[];
  /** Discovery gave all that it knows, because too few would be left. */
  readonly panic: boolean;
}

/** How a consumer decides that asks for no service. */
export type Watching = Exclude<Deciding, { readonly by: "discovery" }>;

/** The members of a consumer that it takes for well, by a limit of its own. */
export function watchedPool(
  { members }: Pick<Consumer, "members">,
  decides: Watching,
  known: readonly MemberReading[],
): Pool {
  const well = known.filter((member) => isTakenForWell(decides, member));
  const names = new Set(well.map(({ name }) => name));
  return { members: members.filter((member) => names.has(member)), panic: false };
}

function isTakenForWell(decides: Watching, member: MemberReading): boolean {
  const { state, phi, lastHeardMs, waitingMs } = member;
  // Whoever goes by a timeout has nobody to tell it more than it heard itself.
  if (decides.by === "timeout") return lastHeardMs !== null && lastHeardMs <= decides.timeoutMs;
  if (state !== "alive" && state !== "suspect") return false;
  if (decides.by === "answer-timeout") return waitingMs === null || waitingMs <= decides.timeoutMs;
  return phi === null || phi <= decides.maxPhi;
}

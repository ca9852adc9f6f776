import type { NodeEvent } from "../core/effect.ts";
import { formatEndpoint, type MemberName } from "../core/member.ts";

/** How a daemon, or a node inside a program, ended. */
export interface DaemonExit {
  readonly exitCode: number;
  /** One sentence for people. */
  readonly reason: string;
}

/** Another process keeps this member's name. */
export function nameTakenExit(
  name: MemberName,
  { mine, other }: NodeEvent & { readonly kind: "name-conflict" },
): DaemonExit {
  const reason =
    `name: ${name} is taken by ${formatEndpoint(other)} (this one is ${formatEndpoint(mine)}); ` +
    "give each member its own --name";
  return { exitCode: 2, reason };
}

/** The cluster at the join addresses runs another profile. */
export function joinRefusedExit({
  from,
  mine,
  theirs,
}: NodeEvent & { readonly kind: "join-refused" }): DaemonExit {
  const reason =
    `profile: ${mine} is not that of the cluster at ${formatEndpoint(from)}, which runs ${theirs}; ` +
    `start with --profile ${theirs}`;
  return { exitCode: 2, reason };
}

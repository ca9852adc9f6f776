import { isPresent, type Millis } from "../../core/member.ts";
import type { MemberBody, MembersBody } from "../api-types.ts";
import type { ControlClient } from "../client.ts";

/** What came of a join. */
export interface JoinOutcome {
  /** The numeric addresses that were dialled. */
  readonly dialled: readonly string[];
  /** Members at one of these addresses, or new since; none where nobody answered in time. */
  readonly answered: readonly string[];
}

/**
 * Makes the node dial these addresses, and waits until a member is there: at one of the addresses, or one that the node did
 * not know as present before. A member may advertise another address than the one that was dialled.
 *
 * @throws RequestRefusedError for an address that is none or a host that does not exist
 */
export async function joinAndWait(
  client: Pick<ControlClient, "join" | "members">,
  addresses: readonly string[],
  timeoutMs: Millis,
): Promise<JoinOutcome> {
  const endMs = performance.now() + timeoutMs;
  const before = await client.members();
  const known = new Set(othersIn(before).map(({ name }) => name));
  const { dialled } = await client.join(addresses);
  for (let seen = before; ; ) {
    const answered = othersIn(seen)
      .filter(({ name, address }) => !known.has(name) || dialled.includes(address))
      .map(({ name }) => name);
    const leftMs = Math.ceil(endMs - performance.now());
    if (answered.length > 0 || leftMs <= 0) return { dialled, answered };
    const { index, startId } = seen;
    seen = await client.members({ index, startId, waitMs: leftMs });
  }
}

function othersIn({ self, members }: MembersBody): MemberBody[] {
  return members.filter(({ name, state }) => name !== self && isPresent(state));
}

import type { MemberName } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";

/** As long as a name can be, to reserve the room of `next` in a page. */
export const LONGEST_NAME = "x".repeat(64);

/** One page of a table, in (name hash, name) order. */
interface Page<T> {
  readonly items: T[];
  /** The `after` of the next page; null on the last one. */
  readonly next: MemberName | null;
}

interface PageRequest<T> {
  readonly table: Pick<MembershipTable, "members" | "indexAfter">;
  /** The last member of the page before; null for the first page. */
  readonly after: MemberName | null;
  /** Bytes that the items may take together. */
  readonly room: number;
  /** What is said of the member; undefined passes it over. */
  readonly itemOf: (member: Member) => T | undefined;
  readonly bytesOf: (item: T) => number;
}

/**
 * Fills one page of a sync or of a view with as many members as have room. Undefined where not even
 * one has: an empty page would look like the end.
 */
export function writePage<T>(request: PageRequest<T>): Page<T> | undefined {
  const { table, after, itemOf, bytesOf } = request;
  const { members } = table;
  const items: T[] = [];
  let free = request.room;
  let last: MemberName | null = null;
  for (let at = table.indexAfter(after); at < members.length; at++) {
    const member = members[at] as Member;
    const item = itemOf(member);
    if (item === undefined) continue;
    free -= bytesOf(item);
    if (free < 0) return last === null ? undefined : { items, next: last };
    items.push(item);
    last = member.name;
  }
  return { items, next: null };
}

import type { MemberName } from "../member.ts";
import { type Hash64, hash64 } from "../primitives/hash.ts";

interface Placed {
  readonly name: MemberName;
  readonly hash: Hash64;
}

/** Rows by name hash, then name: the order that buckets and pages of a sync walk through. */
export class RowOrder<R extends Placed> {
  private readonly sorted: R[] = [];

  /** All rows, in order. */
  get rows(): readonly R[] {
    return this.sorted;
  }

  /** Puts a row into its place; it must not be in it. */
  insert(row: R): void {
    this.sorted.splice(this.position(row), 0, row);
  }

  /** The row must be in it. */
  remove(row: R): void {
    this.sorted.splice(this.position(row), 1);
  }

  /** All at once, into an empty order. */
  fill(rows: Iterable<R>): void {
    this.sorted.push(...rows);
    this.sorted.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  /** Index in `rows` of the first one after `name`; 0 for null. The name need not be in it. */
  indexAfter(name: MemberName | null): number {
    if (name === null) return 0;
    const at = this.position({ name, hash: hash64(name) });
    return this.sorted[at]?.name === name ? at + 1 : at;
  }

  /** The first row whose hash has that high word. */
  findHigh(high: number): R | undefined {
    const row = this.sorted[this.position({ name: "", hash: { high, low: 0 } })];
    return row?.hash.high === high ? row : undefined;
  }

  private position(row: Placed): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comesBefore(this.sorted[middle] as R, row)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function comesBefore(a: Placed, b: Placed): boolean {
  if (a.hash.high !== b.hash.high) return a.hash.high < b.hash.high;
  if (a.hash.low !== b.hash.low) return a.hash.low < b.hash.low;
  return a.name < b.name;
}

/** Whether the row of `name` comes after that of `than`, be they in a table or not. */
export function isLaterRow(name: MemberName, than: MemberName): boolean {
  return comesBefore({ name: than, hash: hash64(than) }, { name, hash: hash64(name) });
}

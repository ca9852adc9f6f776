import type { MemberName } from "../member.ts";
import type { Hash64 } from "../primitives/hash.ts";

/** Rings, and so observers of a member, in a large cluster. */
export const RING_COUNT = 8;

interface Point {
  readonly position: number;
  readonly name: MemberName;
}

/**
 * Eight orders of the present members, equal on all nodes with the same view. Watching one's
 * successors gives every member about eight observers at a cost that does not grow with n (Rapid,
 * §4.1, has the same shape; docs/protocol.md §12, rule 1).
 */
export class Rings {
  private readonly rings: Point[][] = Array.from({ length: RING_COUNT }, () => []);

  /** Puts the first members on empty rings: as `add` of each, sorted once. */
  fill(members: readonly { readonly name: MemberName; readonly hash: Hash64 }[]): void {
    for (const { name, hash } of members) {
      for (const [index, point] of pointsOf(name, hash).entries()) this.rings[index]?.push(point);
    }
    for (const ring of this.rings) ring.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  /** Puts a member on the rings; nothing if it is there. */
  add(name: MemberName, hash: Hash64): void {
    for (const [index, point] of pointsOf(name, hash).entries()) {
      const ring = this.rings[index] as Point[];
      const at = lowerBound(ring, point);
      if (ring[at]?.name !== name) ring.splice(at, 0, point);
    }
  }

  /** Takes a member off the rings. */
  remove(name: MemberName, hash: Hash64): void {
    for (const [index, point] of pointsOf(name, hash).entries()) {
      const ring = this.rings[index] as Point[];
      const at = lowerBound(ring, point);
      if (ring[at]?.name === name) ring.splice(at, 1);
    }
  }

  /**
   * The next other member on each ring, duplicates skipped. The member itself need not be on them.
   */
  successors(name: MemberName, hash: Hash64): MemberName[] {
    return this.neighbours(name, hash, 1);
  }

  /** Those whose successor the member is, or would be: its observers. */
  predecessors(name: MemberName, hash: Hash64): MemberName[] {
    return this.neighbours(name, hash, -1);
  }

  /**
   * Tells of any member whether `observer` is one of its predecessors: whether on some ring its
   * place, which need not be taken, lies behind the observer's and not behind the next one's.
   */
  watchedBy(observer: MemberName, hash: Hash64): (name: MemberName, hash: Hash64) => boolean {
    const own = pointsOf(observer, hash);
    const ends = this.rings.map((ring, index) => endOfArc(ring, own[index] as Point));
    return (name, nameHash) =>
      pointsOf(name, nameHash).some((point, index) => {
        const end = ends[index];
        return end !== undefined && liesBetween(own[index] as Point, point, end);
      });
  }

  private neighbours(name: MemberName, hash: Hash64, direction: 1 | -1): MemberName[] {
    const found: MemberName[] = [];
    const points = pointsOf(name, hash);
    for (const [index, ring] of this.rings.entries()) {
      const point = points[index] as Point;
      const neighbour = direction === 1 ? after(ring, point) : before(ring, point);
      if (neighbour === undefined || neighbour === name || found.includes(neighbour)) continue;
      found.push(neighbour);
    }
    return found;
  }
}

/** The neighbours of the point on the ring, before and after it; its own member does not count. */
function before(ring: readonly Point[], point: Point): MemberName | undefined {
  return ring[(lowerBound(ring, point) - 1 + ring.length) % ring.length]?.name;
}

function after(ring: readonly Point[], point: Point): MemberName | undefined {
  const at = lowerBound(ring, point);
  const isOn = ring[at]?.name === point.name;
  return ring[(at + Number(isOn)) % ring.length]?.name;
}

/** The point behind that one on the ring; undefined where the point is not on it. */
function endOfArc(ring: readonly Point[], point: Point): Point | undefined {
  const at = lowerBound(ring, point);
  return ring[at]?.name === point.name ? ring[(at + 1) % ring.length] : undefined;
}

/** Whether one meets `point` on the way from `from` to `to` around the ring, `to` included. */
function liesBetween(from: Point, point: Point, to: Point): boolean {
  const isBehind = comesBefore(from, point);
  const isInTime = !comesBefore(to, point);
  return comesBefore(from, to) ? isBehind && isInTime : isBehind || isInTime;
}

/**
 * Where a name stands on ring `index`: the high lane of its hash, mixed by the MurmurHash3
 * finalizer with the ring's own number, then by the low lane. Part of the protocol.
 */
export function ringPosition(hash: Hash64, index: number): number {
  let mixed = hash.high ^ Math.imul(index + 1, 0x9e3779b9);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16) ^ hash.low) >>> 0;
}

/** Views that share a hash share its points: they are most of what a large view weighs. */
const pointsOfHash = new WeakMap<Hash64, readonly Point[]>();

function pointsOf(name: MemberName, hash: Hash64): readonly Point[] {
  const known = pointsOfHash.get(hash);
  if (known?.[0]?.name === name) return known;
  const points = Array.from({ length: RING_COUNT }, (_, index) => ({
    position: ringPosition(hash, index),
    name,
  }));
  pointsOfHash.set(hash, points);
  return points;
}

/** Index of the first point not before `point`, by position, then name. */
function lowerBound(ring: readonly Point[], point: Point): number {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comesBefore(ring[middle] as Point, point)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function comesBefore(a: Point, b: Point): boolean {
  return a.position < b.position || (a.position === b.position && a.name < b.name);
}

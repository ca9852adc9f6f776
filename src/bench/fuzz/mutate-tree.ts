import type { Rng } from "../../core/primitives/rng.ts";
import { pack, unpack, type WireValue } from "../../wire/msgpack.ts";
import { below, pick } from "./mutate-bytes.ts";

/** What a field may hold that is not what its reader waits for. */
const ODD_VALUES: readonly unknown[] = [
  ...[null, true, false, "", 0, 1, -1, 0.5, -0, Number.NaN, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 1e300],
  ...[
    [],
    [[]],
    new Uint8Array(0),
    new Uint8Array(12),
    new Uint8Array(8),
    {},
    { a: 1 },
    new Date(0),
  ],
  ...["a", "..", "\u0000", "x".repeat(300), Array.from({ length: 70 }, () => 0)],
];

/** The place of one value in a tree of arrays. */
interface Place {
  readonly array: unknown[];
  readonly at: number;
}

/** MessagePack bytes with one or two values of the tree replaced, removed, doubled, or taken from another tree. */
export function mutateTree(rng: Rng, payload: Uint8Array, other: Uint8Array): Uint8Array {
  const tree = read(payload);
  const donor = read(other);
  if (!Array.isArray(tree)) return payload;
  for (let changes = 1 + below(rng, 2); changes > 0; changes--) changeOne(rng, tree, donor);
  return Uint8Array.from(pack(tree as WireValue));
}

function changeOne(rng: Rng, tree: unknown[], donor: unknown): void {
  const places = placesIn(tree);
  if (places.length === 0) return;
  const { array, at } = pick(rng, places);
  const way = rng.next();
  const before = array[at];
  if (way < 0.35) array[at] = structuredClone(pick(rng, ODD_VALUES));
  else if (way < 0.5 && typeof before === "number")
    array[at] = before + (rng.next() < 0.5 ? 1 : -1);
  else if (way < 0.6) array.splice(at, 1);
  else if (way < 0.7) array.splice(at, 0, structuredClone(before));
  else if (Array.isArray(donor)) array[at] = valueFrom(rng, donor);
}

function valueFrom(rng: Rng, donor: unknown[]): unknown {
  const places = placesIn(donor);
  if (places.length === 0) return donor;
  const { array, at } = pick(rng, places);
  return structuredClone(array[at]);
}

function placesIn(tree: unknown[]): Place[] {
  return tree.flatMap((value, at) => [
    { array: tree, at },
    ...(Array.isArray(value) ? placesIn(value) : []),
  ]);
}

function read(payload: Uint8Array): unknown {
  try {
    return unpack(payload);
  } catch {
    return undefined;
  }
}

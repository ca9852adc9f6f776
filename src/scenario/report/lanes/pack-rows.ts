/** A stretch of a line with its label. Units are cells or pixels. */
export interface Stretch {
  readonly label: string;
  readonly from: number;
  /** Not included. */
  readonly until: number;
}

/** Where a stretch and its label have found room. */
export interface PlacedStretch<T extends Stretch> {
  readonly item: T;
  readonly labelAt: number;
  readonly side: "inside" | "after" | "before";
}

/** The line that stretches are put into; lengths in cells or pixels. */
export interface Room {
  readonly units: number;
  readonly widthOf: (label: string) => number;
  /** Kept free on both sides of a label. */
  readonly margin: number;
}

/**
 * Puts stretches into as few rows as it takes for none to touch another: the label inside where it
 * fits, else behind the stretch, else before it.
 */
export function packRows<T extends Stretch>(items: readonly T[], room: Room): PlacedStretch<T>[][] {
  const ends: number[] = [];
  const rows: PlacedStretch<T>[][] = [];
  for (const item of items) {
    const { labelAt, side } = placeLabel(item, room);
    const begin = side === "before" ? labelAt : item.from;
    const end = side === "after" ? labelAt + room.widthOf(item.label) : item.until;
    const free = ends.findIndex((taken) => taken <= begin);
    const row = free === -1 ? ends.length : free;
    ends[row] = end + room.margin;
    rows[row] = [...(rows[row] ?? []), { item, labelAt, side }];
  }
  return rows;
}

function placeLabel(
  { label, from, until }: Stretch,
  { units, widthOf, margin }: Room,
): Pick<PlacedStretch<Stretch>, "labelAt" | "side"> {
  const width = widthOf(label);
  if (width + 2 * margin <= until - from) return { labelAt: from + margin, side: "inside" };
  if (until + margin + width <= units) return { labelAt: until + margin, side: "after" };
  if (from - margin - width >= 0) return { labelAt: from - margin - width, side: "before" };
  return { labelAt: from + margin, side: "inside" };
}

export type ColumnKey =
  | "peer"
  | "address"
  | "status"
  | "phi"
  | "bar"
  | "spark"
  | "heard"
  | "rtt"
  | "incarnation"
  | "accusers";

export interface Column {
  readonly key: ColumnKey;
  readonly cells: number;
}

const GAP = 1;
const MARKER = 1;
const PEER_CELLS_MIN = 10;
const PEER_CELLS_MAX = 28;
const WIDE_CELLS_MIN = 116;

const NARROW: readonly Column[] = [
  { key: "status", cells: 9 },
  { key: "phi", cells: 5 },
  { key: "bar", cells: 9 },
  { key: "spark", cells: 8 },
  { key: "heard", cells: 6 },
  { key: "rtt", cells: 9 },
  { key: "incarnation", cells: 10 },
];

const WIDE: readonly Column[] = [
  { key: "address", cells: 15 },
  { key: "status", cells: 16 },
  { key: "phi", cells: 5 },
  { key: "bar", cells: 15 },
  { key: "spark", cells: 20 },
  { key: "heard", cells: 6 },
  { key: "rtt", cells: 11 },
  { key: "incarnation", cells: 10 },
  { key: "accusers", cells: 14 },
];

/** What gives way first where the screen is narrow. */
const DROPPED_FIRST: readonly ColumnKey[] = ["rtt", "incarnation", "spark", "bar", "heard"];

/** The columns for a table of `cells` cells, after the marker. What is left over goes to the names and to the accusers. */
export function chooseColumns(cells: number, longestName: number): readonly Column[] {
  const isWide = cells >= WIDE_CELLS_MIN;
  let columns = [{ key: "peer", cells: PEER_CELLS_MIN } as Column, ...(isWide ? WIDE : NARROW)];
  for (const key of DROPPED_FIRST) {
    if (cellsTaken(columns) <= cells) break;
    columns = columns.filter((column) => column.key !== key);
  }
  let left = cells - cellsTaken(columns);
  const peerCells = Math.min(PEER_CELLS_MIN + Math.max(0, left), longestName, PEER_CELLS_MAX);
  const grown = Math.max(0, peerCells - PEER_CELLS_MIN);
  left -= grown;
  return columns.map((column) => {
    if (column.key === "peer") return { ...column, cells: column.cells + grown };
    if (column.key === "accusers") return { ...column, cells: column.cells + Math.max(0, left) };
    return column;
  });
}

function cellsTaken(columns: readonly Column[]): number {
  return MARKER + columns.reduce((sum, { cells }) => sum + cells + GAP, 0) - GAP;
}

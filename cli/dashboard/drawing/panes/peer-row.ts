import type { MemberBody } from "../../../../src/control/api-types.ts";
import { formatPhi, formatSpan } from "../../../../src/text/quantities.ts";
import { safeText } from "../../../../src/text/safe-text.ts";
import { type StatusWord, statusWord } from "../../../../src/text/silence.ts";
import type { Scene } from "../../model/scene.ts";
import { type PhiTrack, resample } from "../../state/phi-history.ts";
import { drawBar, drawSpark, fitCells } from "../../theme/cells.ts";
import { type Line, type Span, spell, type Theme, type Tone } from "../../theme/theme.ts";

/** One member as a row of the table. */
export interface PeerRow {
  readonly name: string;
  readonly isSelf: boolean;
  readonly isSelected: boolean;
  readonly isMarked: boolean;
  readonly address: string;
  readonly state: MemberBody["state"];
  /** The state, or `frozen` or `slow`, which say more. */
  readonly status: StatusWord;
  /** How long it has been so; empty while alive. */
  readonly stateFor: string;
  readonly phi: string;
  /** Phi as a share of the level of suspicion; null where there is no phi. */
  readonly share: number | null;
  readonly track: PhiTrack | undefined;
  readonly heard: string;
  readonly rtt: { readonly mean: string; readonly deviation: string } | undefined;
  readonly incarnation: string;
  /** What is known of its silence, who accuses it, or through whom alone it is reached. */
  readonly why: string;
}

const PHI_SUSPECT_DEFAULT = 8;

export function phiSuspectOf({ state }: Pick<Scene, "state">): number {
  return state.self?.body.phiSuspect ?? PHI_SUSPECT_DEFAULT;
}

/** The row of `member`. Ages are as the node told them, except that of the state, which goes on while nothing is read. */
export function peerRow(member: MemberBody, scene: Scene): PeerRow {
  const { state, nowMs, selected } = scene;
  const isSelf = member.name === state.members?.body.self;
  const sinceMs = Math.max(0, nowMs - (state.members?.atMs ?? nowMs));
  const isLive = state.connection.kind === "live";
  const stateForMs = member.stateForMs + (isLive ? sinceMs : 0);
  return {
    name: isSelf ? `${member.name} (self)` : member.name,
    isSelf,
    isSelected: member.name === selected?.name,
    isMarked: scene.marked.has(member.name),
    address: member.address,
    state: member.state,
    status: statusWord(member),
    stateFor: member.state === "alive" ? "" : formatSpan(stateForMs),
    phi: formatPhi(member.phi),
    share: member.phi === null ? null : member.phi / phiSuspectOf(scene),
    track: state.history.get(member.name),
    heard: member.lastHeardMs === null ? "-" : formatSpan(member.lastHeardMs),
    rtt: roundTripOf(member),
    incarnation: String(member.incarnation),
    why: whyOf(member, state.members?.body.self),
  };
}

function roundTripOf({ rttMs, rttDeviationMs }: MemberBody): PeerRow["rtt"] {
  if (rttMs === null) return undefined;
  const digits = rttMs < 99.95 ? 1 : 0;
  return { mean: rttMs.toFixed(digits), deviation: (rttDeviationMs ?? 0).toFixed(digits) };
}

function whyOf(member: MemberBody, self: string | undefined): string {
  const { accusers, reachedThrough, silence } = member;
  const names = accusers.map((name) => (name === self ? "self" : name));
  const accused = names.length === 0 ? [] : [`${names.length}: ${names.join(", ")}`];
  const kind = silence === null || silence === "silence" ? [] : [silence];
  const detour = reachedThrough === null ? [] : [`reached via ${reachedThrough}`];
  return [[...kind, ...accused].join(" "), ...detour].filter((text) => text !== "").join("; ");
}

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
  | "why";

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
  { key: "why", cells: 14 },
];

/** What gives way first where the screen is narrow. */
const DROPPED_FIRST: readonly ColumnKey[] = ["rtt", "incarnation", "spark", "bar", "heard"];

/** The columns for a table of `cells` cells, after the marker. What is left over goes to the names and to the reasons. */
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
    if (column.key === "why") return { ...column, cells: column.cells + Math.max(0, left) };
    return column;
  });
}

function cellsTaken(columns: readonly Column[]): number {
  return MARKER + columns.reduce((sum, { cells }) => sum + cells + GAP, 0) - GAP;
}

export interface TableFacts {
  readonly theme: Theme;
  readonly columns: readonly Column[];
  readonly nowMs: number;
  readonly phiSuspect: number;
}

/** The titles of the columns. */
export function titleLine({ theme, columns, phiSuspect }: TableFacts): Line {
  const { phi } = theme.glyphs;
  const titles: Readonly<Record<ColumnKey, string>> = {
    peer: "PEER",
    address: "ADDRESS",
    status: "STATUS",
    phi,
    bar: `vs ${phiSuspect}`,
    spark: "LAST 60s",
    heard: "HEARD",
    rtt: "RTT ms",
    incarnation: "INC",
    why: "WHY",
  };
  const spans = columns.flatMap(({ key, cells }): Span[] => [
    { text: " " },
    {
      text: fitCells(titles[key], cells, theme.glyphs.cut, isRight(key) ? "right" : "left"),
      tone: "strong",
    },
  ]);
  return { spans };
}

/** One member. */
export function peerLine(row: PeerRow, facts: TableFacts): Line {
  const { theme, columns } = facts;
  const marker = markerOf(row, theme);
  const spans = columns.flatMap(({ key, cells }, at): Span[] => {
    const { text, tone } = cellOf(row, key, cells, facts);
    const shown = fitCells(text, cells, theme.glyphs.cut, isRight(key) ? "right" : "left");
    const isInverse = at === 0 && row.isSelected;
    return [
      { text: at === 0 ? marker : " ", isInverse },
      { text: shown, tone, isInverse },
    ];
  });
  return { spans };
}

/** The row that the keys act on is inverse besides. */
function markerOf({ isMarked, isSelected, isSelf }: PeerRow, { glyphs }: Theme): string {
  if (isMarked) return glyphs.marked;
  if (isSelected) return glyphs.pointer;
  return isSelf ? "*" : " ";
}

function cellOf(row: PeerRow, key: ColumnKey, cells: number, facts: TableFacts): Span {
  const { theme, nowMs, phiSuspect } = facts;
  switch (key) {
    case "peer":
      return { text: spell(theme, safeText(row.name)), tone: row.isSelf ? "strong" : "plain" };
    case "address":
      return { text: safeText(row.address), tone: "faint" };
    case "status": {
      const since = cells > 9 && row.stateFor !== "" ? ` ${row.stateFor}` : "";
      return { text: `${theme.glyphs[row.state]} ${row.status}${since}`, tone: toneOfStatus(row) };
    }
    case "phi":
      return { text: row.phi, tone: toneOfShare(row.share) };
    case "bar":
      return { text: barOf(row, cells, theme), tone: toneOfShare(row.share) };
    case "spark":
      return {
        text: drawSpark(theme, resample(row.track, nowMs, cells), phiSuspect),
        tone: "faint",
      };
    case "heard":
      return { text: row.heard };
    case "rtt":
      return { text: rttOf(row, cells, theme) };
    case "incarnation":
      return { text: row.incarnation, tone: "faint" };
    case "why":
      return { text: spell(theme, safeText(row.why)) };
  }
}

/** In a wide column the level of suspicion has a mark of its own behind the bar. */
function barOf(row: PeerRow, cells: number, theme: Theme): string {
  if (row.share === null) return "";
  if (cells < 12) return drawBar(theme, row.share, cells);
  const bar = drawBar(theme, row.share, cells - 1);
  return row.share > 1 ? bar : bar + (row.share > 0.25 ? theme.glyphs.threshold : "");
}

function rttOf({ rtt }: PeerRow, cells: number, theme: Theme): string {
  if (rtt === undefined) return "-";
  const gap = cells > 9 ? " " : "";
  return `${rtt.mean}${gap}${theme.glyphs.plusMinus}${gap}${rtt.deviation}`;
}

/** Slow members have the colour of suspects: both need eyes. The glyph is that of the state. */
function toneOfStatus({ status, state }: PeerRow): Tone {
  return status === "slow" ? "suspect" : state;
}

function toneOfShare(share: number | null): Tone {
  if (share === null) return "faint";
  if (share >= 1) return "dead";
  return share >= 0.5 ? "suspect" : "alive";
}

function isRight(key: ColumnKey): boolean {
  return key === "phi" || key === "heard" || key === "rtt" || key === "incarnation";
}

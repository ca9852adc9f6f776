import type { MemberBody } from "../../../../src/control/api-types.ts";
import { formatPhi, formatSpan } from "../../../../src/text/quantities.ts";
import { safeText } from "../../../../src/text/safe-text.ts";
import { statusWord } from "../../../../src/text/silence.ts";
import { HISTORY_S, resample } from "../../../../src/viewing/phi-history.ts";
import { phiSuspectOf } from "../../../../src/viewing/reading.ts";
import type { Scene } from "../../model/scene.ts";
import { drawBar, drawSpark, fitCells } from "../../theme/cells.ts";
import { type Line, type Span, spell, type Theme, type Tone } from "../../theme/theme.ts";

/** What the table is drawn from. */
export interface TableFacts {
  readonly theme: Theme;
  readonly scene: Scene;
  readonly columns: readonly Column[];
}

/** What one cell is drawn from. */
interface CellFacts extends TableFacts {
  readonly member: MemberBody;
  readonly cells: number;
}

interface ColumnKind {
  readonly title: string | ((facts: TableFacts) => string);
  /** Cells that it takes on a narrow screen and on a wide one; 0 where it has no place. */
  readonly cells: readonly [narrow: number, wide: number];
  readonly isRight?: boolean;
  readonly draw: (facts: CellFacts) => Span;
}

const PEER_CELLS_MIN = 10;
const PEER_CELLS_MAX = 28;

/** The columns from left to right. */
const KINDS = {
  peer: { title: "PEER", cells: [PEER_CELLS_MIN, PEER_CELLS_MIN], draw: drawName },
  address: {
    title: "ADDRESS",
    cells: [0, 15],
    draw: ({ member }) => ({ text: safeText(member.address), tone: "faint" }),
  },
  status: { title: "STATUS", cells: [16, 16], draw: drawStatus },
  phi: {
    title: ({ theme }) => theme.glyphs.phi,
    cells: [5, 5],
    isRight: true,
    draw: (facts) => ({ text: formatPhi(facts.member.phi), tone: toneOfShare(shareOf(facts)) }),
  },
  bar: { title: ({ scene }) => `vs ${phiSuspectOf(scene.state)}`, cells: [5, 14], draw: drawShare },
  spark: { title: "LAST 60s", cells: [8, 12], draw: drawPast },
  heard: {
    title: "HEARD",
    cells: [6, 6],
    isRight: true,
    draw: ({ member: { lastHeardMs, observed }, scene }) => {
      if (lastHeardMs === null) return { text: "-" };
      return { text: formatSpan(observed ? lastHeardMs : ageNow(scene, lastHeardMs)) };
    },
  },
  rtt: { title: "RTT ms", cells: [0, 11], isRight: true, draw: drawRoundTrip },
  incarnation: { title: "INC", cells: [5, 5], isRight: true, draw: drawIncarnation },
  why: { title: "WHY", cells: [0, 14], draw: drawWhy },
  // A member that all is well with has no why, and of one in trouble nobody asks for the round trip.
  rttOrWhy: { title: "RTT ms, WHY", cells: [15, 0], draw: drawRoundTripOrWhy },
} as const satisfies Readonly<Record<string, ColumnKind>>;

type ColumnKey = keyof typeof KINDS;

const KEYS = Object.keys(KINDS) as readonly ColumnKey[];

export interface Column {
  readonly key: ColumnKey;
  readonly cells: number;
}

const GAP = 1;
const MARKER = 1;
const WIDE_CELLS_MIN = 116;

/** What gives way first where the screen is narrow. */
const DROPPED_FIRST: readonly ColumnKey[] = [
  "incarnation",
  "rtt",
  "bar",
  "spark",
  "rttOrWhy",
  "heard",
];

/** The columns for a table of `cells` cells, after the marker. What is left over goes to the names and to the reasons. */
export function chooseColumns(cells: number, longestName: number): readonly Column[] {
  const width = cells >= WIDE_CELLS_MIN ? 1 : 0;
  let columns: readonly Column[] = KEYS.map((key) => ({ key, cells: KINDS[key].cells[width] }));
  columns = columns.filter((column) => column.cells > 0);
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
    if (column.key === "why" || column.key === "rttOrWhy")
      return { ...column, cells: column.cells + Math.max(0, left) };
    return column;
  });
}

function cellsTaken(columns: readonly Column[]): number {
  return MARKER + columns.reduce((sum, { cells }) => sum + cells + GAP, 0) - GAP;
}

/** The titles of the columns. */
export function titleLine(facts: TableFacts): Line {
  const spans = facts.columns.flatMap((column): Span[] => {
    const { title }: ColumnKind = KINDS[column.key];
    const text = typeof title === "string" ? title : title(facts);
    return [{ text: " " }, { text: fitCell(text, column, facts.theme), tone: "strong" }];
  });
  return { spans };
}

/** One member. Ages are as the node told them, except that of the state, which goes on while nothing is read. */
export function peerLine(member: MemberBody, facts: TableFacts): Line {
  const { theme, scene } = facts;
  const isSelected = member.name === scene.selected?.name;
  const spans = facts.columns.flatMap((column, at): Span[] => {
    const { draw }: ColumnKind = KINDS[column.key];
    const { text, tone } = draw({ ...facts, member, cells: column.cells });
    const isInverse = at === 0 && isSelected;
    return [
      { text: at === 0 ? markerOf(member, facts) : " ", isInverse },
      { text: fitCell(text, column, theme), tone, isInverse },
    ];
  });
  return { spans };
}

function fitCell(text: string, { key, cells }: Column, { glyphs }: Theme): string {
  const { isRight = false }: ColumnKind = KINDS[key];
  return fitCells(text, cells, glyphs.cut, isRight ? "right" : "left");
}

/** The row that the keys act on is inverse besides. */
function markerOf(member: MemberBody, { theme: { glyphs }, scene }: TableFacts): string {
  if (scene.marked.has(member.name)) return glyphs.marked;
  if (member.name === scene.selected?.name) return glyphs.pointer;
  return isSelf(member, scene) ? "*" : " ";
}

function isSelf({ name }: MemberBody, { state }: Scene): boolean {
  return name === state.members?.body.self;
}

function drawName({ member, theme, scene }: CellFacts): Span {
  if (!isSelf(member, scene)) return { text: spell(theme, safeText(member.name)), tone: "plain" };
  return { text: spell(theme, safeText(`${member.name} (self)`)), tone: "strong" };
}

/** With the time for which it has been so, where there is room and it is not alive. */
function drawStatus({ member, cells, theme, scene }: CellFacts): Span {
  const { state, stateForMs } = member;
  const status = statusWord(member);
  const text = `${theme.glyphs[state]} ${status}`;
  // Slow members have the colour of suspects: both need eyes.
  const tone = status === "slow" ? "suspect" : state;
  if (cells <= 9 || state === "alive") return { text, tone };
  return { text: `${text} ${formatSpan(ageNow(scene, stateForMs))}`, tone };
}

/** Phi as a share of the level of suspicion; null where there is no phi. */
function shareOf({ member: { phi }, scene }: CellFacts): number | null {
  return phi === null ? null : phi / phiSuspectOf(scene.state);
}

/** In a wide column the level of suspicion has a mark of its own behind the bar. */
function drawShare(facts: CellFacts): Span {
  const { cells, theme } = facts;
  const share = shareOf(facts);
  const tone = toneOfShare(share);
  if (share === null) return { text: "", tone };
  if (cells < 12) return { text: drawBar(theme, share, cells), tone };
  const mark = share > 0.25 && share <= 1 ? theme.glyphs.threshold : "";
  return { text: drawBar(theme, share, cells - 1) + mark, tone };
}

function toneOfShare(share: number | null): Tone {
  if (share === null) return "faint";
  if (share >= 1) return "dead";
  return share >= 0.5 ? "suspect" : "alive";
}

/** Up to its end; the moment of the verdict has a mark, while it is in the picture. */
function drawPast({ member, cells, theme, scene }: CellFacts): Span {
  const phis = resample(scene.state.history.get(member.name), scene.nowMs, cells);
  const text = drawSpark(theme, phis, phiSuspectOf(scene.state));
  const { state, stateForMs } = member;
  const at = cells - 1 - Math.floor((ageNow(scene, stateForMs) / 1000 / HISTORY_S) * cells);
  if ((state !== "dead" && state !== "left") || at < 0) return { text, tone: "faint" };
  return { text: text.slice(0, at) + theme.glyphs[state] + text.slice(at + 1), tone: "faint" };
}

/** A span that was read goes on while nothing is read. */
function ageNow({ state: { connection, members }, nowMs }: Scene, spanMs: number): number {
  const readMs = connection.kind === "live" ? (members?.atMs ?? nowMs) : nowMs;
  return spanMs + Math.max(0, nowMs - readMs);
}

const INCARNATION_DIGITS = 4;

/** The first one is the second of the start, and tells nothing; how it goes on does. The detail has it whole. */
function drawIncarnation({ member: { incarnation }, theme }: CellFacts): Span {
  const digits = String(incarnation);
  const short = theme.glyphs.cut + digits.slice(-INCARNATION_DIGITS);
  return { text: digits.length > short.length ? short : digits, tone: "faint" };
}

function drawRoundTripOrWhy(facts: CellFacts): Span {
  const why = drawWhy(facts);
  return why.text === "" && facts.member.state === "alive" ? drawRoundTrip(facts) : why;
}

function drawRoundTrip({ member: { rttMs, rttDeviationMs }, cells, theme }: CellFacts): Span {
  if (rttMs === null) return { text: "-" };
  const digits = rttMs < 99.95 ? 1 : 0;
  const gap = cells > 9 ? " " : "";
  const between = `${gap}${theme.glyphs.plusMinus}${gap}`;
  return { text: `${rttMs.toFixed(digits)}${between}${(rttDeviationMs ?? 0).toFixed(digits)}` };
}

/** What is known of its silence, who accuses it, or through whom alone it is reached. */
function drawWhy({ member, theme, scene }: CellFacts): Span {
  const { accusers, reachedThrough, silence } = member;
  const self = scene.state.members?.body.self;
  const names = accusers.map((name) => (name === self ? "self" : name));
  const accused = names.length === 0 ? [] : [`${names.length}: ${names.join(", ")}`];
  const isSaid = silence === null || silence === "silence" || statusWord(member) === silence;
  const kind = isSaid ? [] : [silence];
  const detour = reachedThrough === null ? [] : [`reached via ${reachedThrough}`];
  const reasons = [[...kind, ...accused].join(" "), ...detour].filter((text) => text !== "");
  return { text: spell(theme, safeText(reasons.join("; "))) };
}

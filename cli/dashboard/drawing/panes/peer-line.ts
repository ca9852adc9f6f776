import { safeText } from "../../../../src/text/safe-text.ts";
import type { Column, ColumnKey } from "../../model/peer-columns.ts";
import type { PeerRow } from "../../model/peer-row.ts";
import { resample } from "../../picture/phi-history.ts";
import { fitCells } from "../../theme/cells.ts";
import { drawBar, drawSpark } from "../../theme/pictures.ts";
import { type Line, type Span, spell, type Theme, type Tone } from "../../theme/theme.ts";

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
    accusers: "SUSPECTED BY",
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
      return { text: `${theme.glyphs[row.state]} ${row.state}${since}`, tone: row.state };
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
    case "accusers":
      return { text: spell(theme, safeText(row.accusers)) };
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

function toneOfShare(share: number | null): Tone {
  if (share === null) return "faint";
  if (share >= 1) return "dead";
  return share >= 0.5 ? "suspect" : "alive";
}

function isRight(key: ColumnKey): boolean {
  return key === "phi" || key === "heard" || key === "rtt" || key === "incarnation";
}

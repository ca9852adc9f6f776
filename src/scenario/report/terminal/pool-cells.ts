import type { PoolLane, PoolLook } from "../lanes/pool-lanes.ts";
import { levelWithin, lookOf } from "../lanes/pool-lanes.ts";
import type { TimeScale } from "../lanes/time-scale.ts";
import { type Cell, type Ink, type ReportStyle, stateGlyph } from "./report-style.ts";

const LEVELS = "▁▂▃▄▅▆▇█";
const INKS: Readonly<Record<PoolLook, Ink>> = {
  all: "alive",
  most: "suspect",
  few: "dead",
  none: "dead",
  panic: "fault",
};

/** A cell shows the fewest that were in use in it, as a share of all; a panic before that. */
export function poolCells(lane: PoolLane, { units, msPerUnit }: TimeScale, ascii: boolean): Cell[] {
  return Array.from({ length: units }, (_, at) => {
    const level = levelWithin(lane, at * msPerUnit, (at + 1) * msPerUnit);
    if (level === undefined) return { ink: "quiet", glyph: " " };
    const look = lookOf(level);
    return { ink: INKS[look], glyph: glyphOf(look, level.used / level.of, ascii) };
  });
}

function glyphOf(look: PoolLook, share: number, ascii: boolean): string {
  if (look === "panic") return "!";
  if (look === "none") return stateGlyph("dead", ascii);
  if (ascii) return look === "all" ? "#" : String(Math.floor(10 * share));
  return LEVELS[Math.max(0, Math.ceil(LEVELS.length * share) - 1)] ?? "";
}

/** What the cells of a consumer's lane mean. */
export function poolLegend({ ascii, paint }: ReportStyle): string {
  const told: readonly (readonly [PoolLook, number, string])[] = [
    ["all", 1, "all in use"],
    ["most", 0.5, ascii ? "five tenths" : "half"],
    ["none", 0, "none"],
    ["panic", 1, "panic: all that are known"],
  ];
  const looks = told.map(
    ([look, share, words]) => `${paint(INKS[look], glyphOf(look, share, ascii))} ${words}`,
  );
  return ` ${looks.join("  ")}`;
}

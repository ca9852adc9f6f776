import type { Theme } from "./theme.ts";

/** A bar of `cells` cells, `share` of it filled, in eighths of a cell where the alphabet has them; over 1 it ends in a mark. */
export function drawBar(theme: Theme, share: number, cells: number): string {
  const { bar, over } = theme.glyphs;
  const full = bar.at(-1) ?? "";
  if (share > 1) return full.repeat(cells - 1) + over;
  const parts = Math.round(Math.max(0, share) * cells * bar.length);
  const whole = Math.floor(parts / bar.length);
  const rest = parts % bar.length;
  return (full.repeat(whole) + (rest === 0 ? "" : (bar[rest - 1] ?? ""))).padEnd(cells);
}

/** One character a value, `top` and above being the highest; null values are blank. */
export function drawSpark(theme: Theme, values: readonly (number | null)[], top: number): string {
  const { spark } = theme.glyphs;
  return values
    .map((value) => {
      if (value === null) return " ";
      const step = Math.floor(Math.min(1, Math.max(0, value / top)) * spark.length);
      return spark[Math.min(spark.length - 1, step)] ?? " ";
    })
    .join("");
}

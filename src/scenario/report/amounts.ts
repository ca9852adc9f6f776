import type { Millis } from "../../core/member.ts";

/** A span as reports tell it: `3 ms`, `0.35 s`, `4.4 s`, `75 s`. */
export function formatSeconds(spanMs: Millis): string {
  if (spanMs < 100) return `${Math.round(spanMs)} ms`;
  if (spanMs < 995) return `${(spanMs / 1000).toFixed(2)} s`;
  return spanMs < 99_950 ? `${(spanMs / 1000).toFixed(1)} s` : `${Math.round(spanMs / 1000)} s`;
}

/** One span, or from the shortest to the longest where they differ: `3.1 s`, `3.1 to 3.3 s`. */
export function formatSpread(spansMs: readonly Millis[]): string {
  const sorted = [...spansMs].sort((a, b) => a - b);
  const shortest = formatSeconds(sorted[0] ?? 0);
  const longest = formatSeconds(sorted.at(-1) ?? 0);
  if (shortest === longest) return longest;
  const isSameUnit = shortest.split(" ")[1] === longest.split(" ")[1];
  return `${isSameUnit ? shortest.split(" ")[0] : shortest} to ${longest}`;
}

/** A figure by its name, such as `detect.p95`, `bytes_per_node_s.avg` or `a consumer.false_alarms`. */
export function formatFigure(figure: string, value: number | null): string {
  if (value === null) return figure.endsWith(".crash_known") ? "not known" : "nothing to measure";
  if (/\.(false_alarms|least)$/.test(figure)) return String(value);
  if (/\.(crash_known|wrongly_out)$|^(detect|back|heal)\./.test(figure))
    return formatSeconds(value);
  if (figure.startsWith("bytes")) return `${Math.round(value)} B/s`;
  return String(Math.round(value * 10) / 10);
}

/** `a b c`, or `a b … (12)` where that would be longer than `lengthMax`. */
export function formatNames(names: readonly string[], lengthMax: number): string {
  const all = names.join(" ");
  if (all.length <= lengthMax) return all;
  const rest = ` … (${names.length})`;
  let told = "";
  for (const name of names) {
    if (told.length + name.length + 1 + rest.length > lengthMax) break;
    told = told === "" ? name : `${told} ${name}`;
  }
  return told === "" ? `${names.length} nodes` : `${told}${rest}`;
}

/** `text`, cut with an ellipsis where it is longer. */
export function cutTo(lengthMax: number, text: string): string {
  if (text.length <= lengthMax) return text;
  return lengthMax < 2 ? "" : `${text.slice(0, lengthMax - 1)}…`;
}

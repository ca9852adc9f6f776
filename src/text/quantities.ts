const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A span for people: `3 ms`, `0.24 s`, `1.9 s`, `18 s`, `4m12s`, `3h05m`, `2d04h`. */
export function formatSpan(spanMs: number): string {
  if (spanMs < 10) return `${Math.round(spanMs * 10) / 10} ms`;
  if (spanMs < 100) return `${Math.round(spanMs)} ms`;
  if (spanMs < 995) return `${(spanMs / 1000).toFixed(2)} s`;
  if (spanMs < 9_950) return `${(spanMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(spanMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d${pad(hours % 24)}h`;
}

/** Whole milliseconds, as detection times are compared: `252 ms`. */
export function formatMillis(spanMs: number): string {
  return `${Math.round(spanMs)} ms`;
}

/** Phi with one digit where it is small; `-` where there is none. */
export function formatPhi(phi: number | null): string {
  if (phi === null) return "-";
  if (phi < 9.95) return phi.toFixed(1);
  return phi < 9_999.5 ? String(Math.round(phi)) : ">9999";
}

/** Phi as a bar of `cells` cells, full at the level of suspicion. */
export function formatPhiBar(
  style: { readonly ascii: boolean },
  phi: number | null,
  phiFull: number,
  cells: number,
): string {
  const share = phi === null ? 0 : Math.min(1, Math.max(0, phi / phiFull));
  const eighths = Math.round(share * cells * 8);
  if (style.ascii) return "#".repeat(Math.round(eighths / 8)).padEnd(cells);
  return ("█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]).padEnd(cells);
}

/** Time of day with milliseconds, local, from ISO 8601. */
export function formatTimeOfDay(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

/** `1 member`, `2 members`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `n1`, `n1 and n2`, `n1, n2 and n3`. */
export function formatNames(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** `12:04:29` now, in the time zone of this process, for lines about what happens meanwhile. */
export function localTime(): string {
  return new Date().toTimeString().slice(0, 8);
}

import { formatMillis, formatPhi } from "../../src/text/quantities.ts";
import { formatState, paint } from "../format/text-style.ts";
import type { Output } from "../output.ts";
import type { SeenChange } from "./demo-cluster.ts";

/** Tells the story: one line an event, with the time since its beginning. */
export interface Narrator {
  /** Wall clock at the beginning. */
  readonly startMs: number;
  /** What the play does next. */
  act(text: string): void;
  tell(text: string, atMs?: number): void;
  change(seen: SeenChange): void;
  /** What an act was to show. */
  result(text: string): void;
}

export function createNarrator({ style, data }: Output): Narrator {
  const startMs = Date.now();
  const line = (text: string, atMs: number) => {
    const seconds = ((atMs - startMs) / 1000).toFixed(2).padStart(7);
    data(`${paint(style, "gray", `${seconds} s`)}  ${text}`);
  };
  return {
    startMs,
    act: (text) => {
      data("");
      line(paint(style, "bold", text), Date.now());
    },
    tell: (text, atMs = Date.now()) => line(`  ${text}`, atMs),
    result: (text) => line(paint(style, "bold", `${style.ascii ? "=>" : "⇒"} ${text}`), Date.now()),
    change: ({ viewer, timeMs, change }) => {
      const to = change.to === "forgotten" ? change.to : formatState(style, change.to);
      const phi = change.phi === null ? "" : `, phi ${formatPhi(change.phi)}`;
      const who = change.by === viewer ? "found out itself" : `told by ${change.by}`;
      line(`  ${viewer} sees ${change.member} ${to}  (${who}: ${change.reason}${phi})`, timeMs);
    },
  };
}

/** `by all 4 after 252 ms (fastest n2 181 ms, slowest n5 252 ms)`. */
export function tellTimes(times: ReadonlyMap<string, number>): string {
  const sorted = [...times].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  const fastest = sorted[0];
  const slowest = sorted.at(-1);
  if (fastest === undefined || slowest === undefined) return "by nobody";
  if (sorted.length === 1) return `by ${slowest[0]} after ${formatMillis(slowest[1])}`;
  return (
    `by all ${sorted.length} after ${formatMillis(slowest[1])} ` +
    `(fastest ${fastest[0]} ${formatMillis(fastest[1])}, slowest ${slowest[0]} ${formatMillis(slowest[1])})`
  );
}

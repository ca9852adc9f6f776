import type { Millis } from "../core/member.ts";

const TOLD_EVERY_MS: Millis = 60_000;

/** Passes on the first of each kind at once, then at most once a minute how many there were since. */
export function sparingly<K extends string>(
  tell: (kind: K, count: number) => void,
): (kind: K) => void {
  const kinds = new Map<K, { count: number; toldAtMs: Millis }>();
  return (kind) => {
    const nowMs = performance.now();
    const noted = kinds.get(kind) ?? { count: 0, toldAtMs: Number.NEGATIVE_INFINITY };
    kinds.set(kind, noted);
    noted.count += 1;
    if (nowMs - noted.toldAtMs < TOLD_EVERY_MS) return;
    noted.toldAtMs = nowMs;
    tell(kind, noted.count);
    noted.count = 0;
  };
}

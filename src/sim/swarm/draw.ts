import type { Millis } from "../../core/member.ts";
import { chance, type Rng } from "../../core/primitives/rng.ts";

export { chance as drawChance };

/** Uniform from `min` up to `max`. */
export function drawBetween(rng: Rng, min: number, max: number): number {
  return min + (max - min) * rng.next();
}

/** A whole number from `min` to `max`, both included. */
export function drawInteger(rng: Rng, min: number, max: number): number {
  return min + Math.floor(rng.next() * (max - min + 1));
}

/** One of them; a list of at least one. */
export function drawOne<T>(rng: Rng, items: readonly T[]): T {
  return items[Math.floor(rng.next() * items.length)] as T;
}

/** Two different ones; a list of at least two. */
export function drawPair<T>(rng: Rng, items: readonly T[]): [T, T] {
  const first = Math.floor(rng.next() * items.length);
  const step = 1 + Math.floor(rng.next() * (items.length - 1));
  return [items[first] as T, items[(first + step) % items.length] as T];
}

/** So many periods; short spans as likely as long ones. */
export function drawSpan(rng: Rng, min: number, max: number, periodMs: Millis): Millis {
  return Math.round(periodMs * min * (max / min) ** rng.next());
}

import { UsageError } from "../errors.ts";

/** So many of a cluster's members: a count, or a share of them. */
export type Portion = { readonly count: number } | { readonly share: number };

/** `12` or `10%`. */
export function parsePortion(option: string, text: string): Portion {
  if (/^\d+$/.test(text)) return { count: Number(text) };
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) <= 100) return { share: Number(share) / 100 };
  throw new UsageError(
    `${option}: ${JSON.stringify(text)} is not a count or a share; use 12 or 10%`,
  );
}

/** How many of `members` it is. */
export function countPortion(portion: Portion, members: number): number {
  return "count" in portion ? portion.count : Math.round(portion.share * members);
}

/** A probability below 1 from `0.1` or `10%`. */
export function parseShare(option: string, text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === "%" ? 100 : 1);
  if (share >= 0 && share < 1) return share;
  throw new UsageError(`${option}: ${JSON.stringify(text)} is not a share below 1; use 0.1 or 10%`);
}

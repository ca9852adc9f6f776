/** A stream of random numbers. Every source of chance in the core comes through this. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
}

/**
 * A seeded stream: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state.
 *
 * @param seed four unsigned 32-bit numbers; equal seeds give equal streams on every machine
 */
export function seededRng(seed: readonly [number, number, number, number]): Rng {
  let [a, b, c, counter] = seed;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return { next };
}

/** `base` moved by up to ± `share` of it, uniformly. */
export function jitter(rng: Rng, base: number, share: number): number {
  return base * (1 + share * (2 * rng.next() - 1));
}

/** True with that probability, 0 to 1. */
export function chance(rng: Rng, probability: number): boolean {
  return rng.next() < probability;
}

/** Up to `count` distinct items in random order; `items` keeps its order. */
export function sample<T>(rng: Rng, items: readonly T[], count: number): T[] {
  const pool = [...items];
  const picked: T[] = [];
  while (picked.length < count && pool.length > 0) {
    const at = Math.floor(rng.next() * pool.length);
    picked.push(pool[at] as T);
    pool[at] = pool[pool.length - 1] as T;
    pool.pop();
  }
  return picked;
}

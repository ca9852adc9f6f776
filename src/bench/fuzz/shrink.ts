/** Most runs that a failing input is worth. */
const TRIES_MAX = 600;

/** The smallest piece of `input` found that still does what `isSame` looks for. */
export async function shrink(
  input: Uint8Array,
  isSame: (smaller: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let smallest = input;
  let tries = 0;
  for (let chunk = Math.ceil(input.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let at = 0; at < smallest.length && tries < TRIES_MAX; ) {
      const smaller = Uint8Array.of(...smallest.subarray(0, at), ...smallest.subarray(at + chunk));
      tries++;
      if (await isSame(smaller)) smallest = smaller;
      else at += chunk;
    }
  }
  return smallest;
}

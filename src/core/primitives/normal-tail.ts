const LN10 = Math.log(10);
const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Where the power series hands over to the continued fraction; both hold to double precision there.
 */
const SERIES_BELOW = 2.5;

/**
 * −log10 of the upper tail of the standard normal distribution: how surprising it is to lie `z`
 * deviations or more above the mean. Worked out in the log domain, so it is finite for every finite
 * `z` (the usual logistic approximation is wrong far out and ends in Infinity).
 */
export function minusLog10UpperTail(z: number): number {
  const ln = z < SERIES_BELOW ? Math.log(tailBySeries(z)) : lnTailByFraction(z);
  return Math.max(0, -ln / LN10);
}

/**
 * The inverse: how many deviations above the mean have the surprise `phi`. For 0.001 ≤ phi ≤ 1000,
 * to 1e-9.
 */
export function deviationsAt(phi: number): number {
  let low = -4;
  let high = 70;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (minusLog10UpperTail(middle) < phi) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 1/2 − φ(z)·(z + z³/3 + z⁵/15 + …): Abramowitz and Stegun 26.2.11. */
function tailBySeries(z: number): number {
  if (z < -SERIES_BELOW * 2) return 1;
  let term = z;
  let sum = z;
  for (let k = 1; k < 100; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 - sum * Math.exp(-0.5 * z * z - HALF_LN_2PI);
}

/**
 * φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))): Abramowitz and Stegun 26.2.14, from the far end inwards.
 */
function lnTailByFraction(z: number): number {
  let denominator = z;
  for (let k = 80; k >= 1; k--) denominator = z + k / denominator;
  return -0.5 * z * z - HALF_LN_2PI - Math.log(denominator);
}

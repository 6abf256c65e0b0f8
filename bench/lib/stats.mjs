// What the rounds say: minimum, median, spread, and the ratio of two sides with its confidence interval.
//
// What.  The sides of a benchmark run one after the other, round by round, so the values of one round were measured
//        under nearly the same conditions. The ratio is taken within each round, and the median of those ratios is
//        reported.
// How.   The interval is the one of order statistics: the number of ratios below the true median is binomial(n, 1/2)
//        whatever their distribution is, so the k-th smallest and k-th largest enclose it with a probability that is
//        counted, not estimated. It needs no normal distribution and no random numbers: the same rounds always give
//        the same interval.
// Rejected. Mean and standard deviation (one disturbed round moves both); the ratio of two medians (it pairs a quiet
//        round of one side with a disturbed one of the other); the bootstrap (random, and too narrow for few rounds).

/** The confidence aimed at. With fewer than six rounds it cannot be reached; then the widest interval is given. */
export const CONFIDENCE = 0.95;

export function median(values) {
  if (values.length === 0) throw new RangeError("median: expected at least one value");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Minimum, median, and how far the middle half of the values spreads, as a share of the median. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const mid = median(sorted);
  const spread = mid === 0 ? 0 : (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / mid;
  return { min: sorted[0], median: mid, max: sorted.at(-1), spread };
}

/** The q-quantile of sorted values, linear between neighbours. */
export function quantile(sorted, q) {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/**
 * The interval that encloses the median of what the values were drawn from, with at least `confidence` if that many
 * values can give it. `confidence` in the result is the probability it really has.
 */
export function medianInterval(values, confidence = CONFIDENCE) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) throw new RangeError("medianInterval: expected at least one value");
  let k = 1;
  while (k < Math.ceil(n / 2) && coverage(n, k + 1) >= confidence) k++;
  return { low: sorted[k - 1], high: sorted[n - k], confidence: coverage(n, k) };
}

/** Probability that the median lies between the k-th smallest and the k-th largest of n values: 1 - 2 P(B < k). */
export function coverage(n, k) {
  let below = 0;
  let ways = 1;
  for (let i = 0; i < k; i++) {
    below += ways;
    ways = (ways * (n - i)) / (i + 1);
  }
  return Math.max(0, 1 - 2 * below * 2 ** -n);
}

/**
 * The ratio of two series, pair by pair. `of` and `against` hold a value for each round; a pair whose side failed in
 * that round (undefined) is left out.
 */
export function pairedRatio(of, against) {
  const ratios = [];
  for (let i = 0; i < Math.min(of.length, against.length); i++) {
    if (of[i] === undefined || against[i] === undefined || against[i] === 0) continue;
    ratios.push(of[i] / against[i]);
  }
  if (ratios.length === 0) return undefined;
  return { ratio: median(ratios), ...medianInterval(ratios), pairs: ratios.length };
}

/** Multiplies several series, round by round: the two sides of a ratio of speed-ups. */
export function product(series) {
  const rounds = Math.min(...series.map((values) => values.length));
  return Array.from({ length: rounds }, (_, i) =>
    series.reduce((all, values) => all * (values[i] ?? Number.NaN), 1),
  ).map((value) => (Number.isNaN(value) ? undefined : value));
}

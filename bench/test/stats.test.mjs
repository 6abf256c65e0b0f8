import { describe, expect, test } from "vitest";
import { coverage, median, medianInterval, pairedRatio, product, quantile, summarize } from "../lib/stats.mjs";

describe("median", () => {
  test("is the middle value, or the mean of the two in the middle, in whatever order they come", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9, 100])).toBe(10);
  });
  test("sorts by value, not by text, and leaves its argument alone", () => {
    const values = [100, 20, 3];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });
  test("of nothing is an error", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

test("quantiles lie between neighbours", () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(quantile([5], 0.9)).toBe(5);
  expect(quantile([1, 2, 3, 4, 5], 0.75)).toBe(4);
});

test("the spread is that of the middle half: one wild value does not move it", () => {
  const calm = summarize([10, 11, 12, 13, 14]);
  const wild = summarize([10, 11, 12, 13, 1_000_000]);
  expect(wild.spread).toBe(calm.spread);
  expect(calm).toMatchObject({ min: 10, median: 12, max: 14 });
  expect(calm.spread).toBeCloseTo(2 / 12);
});

describe("the interval of the median", () => {
  // From tables of the sign test: what lies between the k-th smallest and the k-th largest of n.
  test.each([
    [6, 1, 0.96875],
    [7, 1, 0.984375],
    [8, 1, 0.9921875],
    [9, 2, 0.9609375],
    [10, 2, 0.978515625],
    [20, 6, 0.9586105346679688],
    [5, 1, 0.9375],
  ])("of %i values, counted from place %i, covers %f", (n, k, probability) => {
    expect(coverage(n, k)).toBeCloseTo(probability, 12);
  });
  test("takes the narrowest one that reaches the confidence", () => {
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(medianInterval(ten)).toEqual({ low: 2, high: 9, confidence: coverage(10, 2) });
    expect(medianInterval(ten, 0.99)).toMatchObject({ low: 1, high: 10 });
    expect(medianInterval(ten, 0.5)).toMatchObject({ low: 4, high: 7 });
  });
  test("is all there is when the values are too few, and says how little that covers", () => {
    expect(medianInterval([3, 1])).toEqual({ low: 1, high: 3, confidence: 0.5 });
    expect(medianInterval([3])).toEqual({ low: 3, high: 3, confidence: 0 });
  });
  test("encloses the true median as often as it promises", () => {
    let seed = 7;
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed / 0x80000000;
    };
    let inside = 0;
    const tries = 4000;
    for (let i = 0; i < tries; i++) {
      // A skewed distribution, as times are: its median is exp(0).
      const values = Array.from({ length: 9 }, () => Math.exp(4 * (random() - 0.5) ** 3 * 8));
      const { low, high } = medianInterval(values);
      if (low <= 1 && 1 <= high) inside++;
    }
    const promised = coverage(9, 2);
    const error = 4 * Math.sqrt((promised * (1 - promised)) / tries);
    expect(Math.abs(inside / tries - promised)).toBeLessThan(error);
  });
});

describe("the ratio of two sides", () => {
  test("is taken within each round: a slow stretch of the machine cancels", () => {
    const ours = [10, 10, 40, 40, 10, 10, 10];
    const theirs = [20, 20, 80, 80, 20, 20, 20];
    expect(pairedRatio(ours, theirs)).toMatchObject({ ratio: 0.5, low: 0.5, high: 0.5, pairs: 7 });
  });
  test("leaves out rounds in which a side is missing", () => {
    expect(pairedRatio([1, 2, undefined], [2, undefined, 3])).toMatchObject({ ratio: 0.5, pairs: 1 });
    expect(pairedRatio([], [1])).toBeUndefined();
    expect(pairedRatio([1], [0])).toBeUndefined();
  });
  test("of products compares speed-ups", () => {
    const speedUp = pairedRatio(
      product([
        [100, 110],
        [60, 60],
      ]),
      product([
        [50, 55],
        [100, 100],
      ]),
    );
    expect(speedUp.ratio).toBeCloseTo(1.2);
    expect(
      product([
        [2, undefined, 3],
        [5, 5],
      ]),
    ).toEqual([10, undefined]);
  });
});

// The largest value of a step function in each pixel column, for any number of steps.

import type { Series } from "../series.ts";

const BLOCK = 64;

/** Search structure over one series. */
export class StepIndex {
  readonly series: Series;
  readonly #max: Float64Array;

  constructor(series: Series) {
    this.series = series;
    this.#max = new Float64Array(Math.ceil(series.value.length / BLOCK));
    for (let i = 0; i < series.value.length; i++) {
      const b = Math.floor(i / BLOCK);
      this.#max[b] = Math.max(this.#max[b]!, series.value[i]!);
    }
  }

  /** The value at t, 0 before the first step. */
  at(t: number): number {
    return this.series.value[this.#after(t) - 1] ?? 0;
  }

  /** The largest value in [a, b). */
  maxIn(a: number, b: number): number {
    const { value } = this.series;
    const from = this.#after(a);
    const to = this.#after(b);
    let max = value[from - 1] ?? 0;
    for (let i = from; i < to; ) {
      if (i % BLOCK === 0 && i + BLOCK <= to) {
        max = Math.max(max, this.#max[i / BLOCK]!);
        i += BLOCK;
      } else max = Math.max(max, value[i++]!);
    }
    return max;
  }

  /** Index of the first step after t. */
  #after(t: number): number {
    const { time } = this.series;
    let lo = 0;
    let hi = time.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (time[mid]! <= t) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}

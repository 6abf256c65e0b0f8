// How much of each class of span lies in each pixel column of a lane, for any number of spans.
//
// A lane of a million spans is far wider than a screen. For each column the exact share of time per class is wanted,
// without walking the spans in it: sums over blocks of 64 spans are kept, and a column costs at most two part blocks.

import { SpanKind } from "../span-table.ts";
import type { Lane, Timeline } from "../timeline.ts";

/** Classes of spans: 0..7 goroutines by function, then states. */
export const Class = { Spinning: 8, HostLoop: 9, Lost: 10, Runnable: 11, Waiting: 12, None: 13 } as const;
export const CLASSES = 13;
const BLOCK = 64;

/** The class of a span; `slot` gives the colour slot of a goroutine's function. */
export function classOf(t: Timeline, row: number, slot: (nameId: number) => number): number {
  switch (t.spans.kind[row]) {
    case SpanKind.Running:
      return slot(t.goroutines.nameId[t.spans.g[row]!]!);
    case SpanKind.Runnable:
      return Class.Runnable;
    case SpanKind.Waiting:
      return Class.Waiting;
    case SpanKind.Spinning:
      return Class.Spinning;
    case SpanKind.HostLoop:
      return Class.HostLoop;
    case SpanKind.Lost:
      return Class.Lost;
    default:
      return Class.None;
  }
}

/** Search structure over the spans of one lane. */
export class LaneIndex {
  readonly lane: Lane;
  readonly cls: Uint8Array;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  /** Sums per class of all spans before each block. */
  readonly #before: Float64Array;
  readonly #sum: Float64Array = new Float64Array(CLASSES + 1);

  constructor(t: Timeline, lane: Lane, slot: (nameId: number) => number) {
    const n = lane.spans.length;
    this.lane = lane;
    this.cls = new Uint8Array(n);
    this.#start = new Float64Array(n);
    this.#end = new Float64Array(n);
    this.#before = new Float64Array((Math.floor(n / BLOCK) + 1) * CLASSES);
    const sum = new Float64Array(CLASSES + 1);
    for (let i = 0; i < n; i++) {
      if (i % BLOCK === 0) this.#before.set(sum.subarray(0, CLASSES), (i / BLOCK) * CLASSES);
      const row = lane.spans[i]!;
      const c = classOf(t, row, slot);
      this.cls[i] = c;
      this.#start[i] = t.spans.start[row]!;
      this.#end[i] = t.spans.end[row]!;
      sum[c] = sum[c]! + this.#end[i]! - this.#start[i]!;
    }
    if (n % BLOCK === 0) this.#before.set(sum.subarray(0, CLASSES), (n / BLOCK) * CLASSES);
  }

  /** Index of the first span that ends after t. */
  firstAfter(t: number): number {
    let lo = 0;
    let hi = this.#end.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.#end[mid]! > t) hi = mid;
      else lo = mid + 1;
    }
    return lo;
  }

  /** Number of spans that touch [a, b). */
  countIn(a: number, b: number): number {
    let lo = this.firstAfter(a);
    const from = lo;
    let hi = this.#start.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.#start[mid]! < b) lo = mid + 1;
      else hi = mid;
    }
    return lo - from;
  }

  /**
   * Calls visit for each of `columns` equal columns from `a` on, with the share of the column each class covers.
   * The array is the same in every call.
   */
  sweep(a: number, width: number, columns: number, visit: (column: number, shares: Float64Array) => void): void {
    const last = new Float64Array(CLASSES);
    const shares = new Float64Array(CLASSES);
    this.#upTo(a, last);
    for (let i = 0; i < columns; i++) {
      this.#upTo(a + (i + 1) * width, shares);
      for (let c = 0; c < CLASSES; c++) {
        const now = shares[c]!;
        shares[c] = (now - last[c]!) / width;
        last[c] = now;
      }
      visit(i, shares);
    }
  }

  /** Time covered per class before t. */
  #upTo(t: number, out: Float64Array): void {
    const i = this.firstAfter(t);
    const block = Math.floor(i / BLOCK);
    const sum = this.#sum;
    sum.set(this.#before.subarray(block * CLASSES, (block + 1) * CLASSES));
    for (let j = block * BLOCK; j < i; j++) sum[this.cls[j]!]! += this.#end[j]! - this.#start[j]!;
    if (i < this.#start.length && this.#start[i]! < t) sum[this.cls[i]!]! += t - this.#start[i]!;
    for (let c = 0; c < CLASSES; c++) out[c] = sum[c]!;
  }
}

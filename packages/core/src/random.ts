// The scheduler's random numbers: fast, seedable, not for secrets (xorshift, Marsaglia 2003).

import { sched } from "./sched.ts";

/** One generator; never at state 0. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = 0;
    this.seed(seed);
  }

  /** Starts the sequence of `seed` again, so that a failing order can be replayed. */
  seed(seed: number): void {
    this.state = seed | 0 || 1;
  }

  /** 0 or 1. */
  bit(): number {
    return this.next() >>> 31;
  }

  /** A number from 0 to n - 1; n is at most 2^31. */
  below(n: number): number {
    // The high half of a 32 by 32 bit product: no bias towards small numbers that matters below a million.
    return Math.floor(((this.next() >>> 0) / 4294967296) * n);
  }

  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x;
  }
}

/** The isolate's. */
export function random(): Random {
  sched.random ??= new Random(Math.floor(Math.random() * 0x7fffffff));
  return sched.random;
}

// The run queue of a P: a ring of 256 goroutines and the slot `runnext`.
//
//   runnext   who runs next, with what is left of its waker's slice (go#4, go#20)
//   ring      everybody else, first in, first out (go#160-163)
//
// Putting with `next` takes the slot and kicks the old occupant to the tail of the ring. A full ring gives half of
// itself and the newcomer to the global queue in one batch, so that one busy goroutine cannot hide work for long.
//
// Sources. Go's runqput, runqget and runqputslow.

import type { G } from "./g.ts";
import type { GQueue } from "./g-queue.ts";

/** Goroutines in a P's ring (go#160). */
export const RUNQ_SIZE = 256;

/** What the loop asks of a P's queue. */
export interface Runnable {
  /** Who runs next, on what is left of the running slice. */
  runnext: G | null;
  readonly length: number;
  /** Puts g; with `next` as runnext. Returns how many went to `overflow`. */
  put(g: G, next: boolean, overflow: GQueue): number;
  shift(): G | null;
}

export class RunQueue implements Runnable {
  runnext: G | null;
  private readonly ring: (G | null)[];
  private head: number;
  private tail: number;

  constructor() {
    this.runnext = null;
    this.ring = new Array(RUNQ_SIZE).fill(null);
    this.head = 0;
    this.tail = 0;
  }

  /** Goroutines in the ring and the slot. */
  get length(): number {
    return this.tail - this.head + (this.runnext === null ? 0 : 1);
  }

  /** Scheduler side. Puts g; with `next` into the slot. Returns how many went to `overflow`. */
  put(g: G, next: boolean, overflow: GQueue): number {
    let gp = g;
    if (next) {
      const old = this.runnext;
      this.runnext = g;
      if (old === null) return 0;
      gp = old;
    }
    if (this.tail - this.head < RUNQ_SIZE) {
      this.ring[this.tail++ & (RUNQ_SIZE - 1)] = gp;
      return 0;
    }
    return this.putSlow(gp, overflow);
  }

  // Half of the ring and gp become one batch (go#161).
  private putSlow(gp: G, overflow: GQueue): number {
    const half = RUNQ_SIZE / 2;
    for (let i = 0; i < half; i++) overflow.push(this.shift() as G);
    overflow.push(gp);
    return half + 1;
  }

  /** Scheduler side. The head of the ring, or null. */
  shift(): G | null {
    if (this.head === this.tail) return null;
    const i = this.head++ & (RUNQ_SIZE - 1);
    const g = this.ring[i] as G;
    this.ring[i] = null;
    return g;
  }
}

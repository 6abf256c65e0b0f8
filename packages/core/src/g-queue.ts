// The global queue's list: goroutines, first in, first out, through their own links.
//
// A runnable goroutine waits for nothing, so the link that a wait queue would use is free; a queue of a million costs
// nothing then, and never grows by being copied. (Go: gQueue)

import type { G } from "./g.ts";

export class GQueue {
  private first: G | null;
  private last: G | null;
  length: number;

  constructor() {
    this.first = null;
    this.last = null;
    this.length = 0;
  }

  /** Scheduler side. Appends g, which is runnable and on no queue. */
  push(g: G): void {
    if (this.last === null) this.first = g;
    else this.last.qnext = g;
    this.last = g;
    this.length++;
  }

  shift(): G | null {
    const g = this.first;
    if (g === null) return null;
    this.first = g.qnext as G | null;
    if (this.first === null) this.last = null;
    g.qnext = null;
    this.length--;
    return g;
  }
}

// The global queue's list: goroutines, first in, first out, in blocks.
//
// In blocks, since a queue of a million must neither be copied as it grows nor be one chain. A chain through the goroutines
// themselves would need no memory (it is what Go's gQueue does), but the engine's collector follows a chain link by link,
// on one thread: it makes a burst of a million goroutines half as dear again.

import type { G } from "./g.ts";

const BLOCK = 256;

/** BLOCK goroutines and, behind them, the next block. */
type Block = (G | Block | null)[];

const block = (): Block => new Array<G | Block | null>(BLOCK + 1);

export class GQueue {
  private head: Block;
  private tail: Block;
  private first: number;
  private end: number;
  length: number;

  constructor() {
    this.head = this.tail = block();
    this.first = this.end = this.length = 0;
  }

  /** Scheduler side. Appends g, which is runnable and on no queue. */
  push(g: G): void {
    if (this.end === BLOCK) {
      this.tail = this.tail[BLOCK] = block();
      this.end = 0;
    }
    this.tail[this.end++] = g;
    this.length++;
  }

  shift(): G | null {
    if (this.length === 0) return null;
    if (this.first === BLOCK) {
      this.head = this.head[BLOCK] as Block;
      this.first = 0;
    }
    const g = this.head[this.first] as G;
    this.head[this.first++] = null;
    this.length--;
    return g;
  }
}

// Timers: a 4-ary heap of due times, and one host timeout for its head.
//
// A sleeper needs no object here: an entry is a due time in one array, a number in a second, and in a third who waits.
// The arrays come in chunks, so that a heap of a million is neither copied as it grows nor leaves its old halves to the
// collector. Who is set holds the number of its entry in `queue`; an entry whose number it does not hold was stopped.
// Such entries leave when they reach the top, or all at once when they are more than a quarter of the heap. The scheduler
// runs due timers at the start of each pass and at each look at the clock.
//
// Rejected. An object per sleeper: 72 bytes each, and a heap that compares through pointers.
// Sources. Go's time.go (4-ary heap, lazy deletion).

import { sched } from "./sched.ts";
import type { Waiter } from "./wait-queue.ts";

/** What runs at a time. Equal due times fire in the order they were set. */
export class Timer {
  readonly when: number;
  readonly fire: (t: Timer) => void;
  readonly arg: unknown;
  /** The number of its entry while it is set, else null: see Waiter. */
  queue: unknown;

  constructor(when: number, fire: (t: Timer) => void, arg: unknown) {
    this.when = when;
    this.fire = fire;
    this.arg = arg;
    this.queue = null;
  }
}

type Entry = Timer | Waiter;

const BITS = 9;
const ROOM = 1 << BITS;
const MASK = ROOM - 1;
/** The root stands at 3, so that the children of i are the four from (i - 2) * 4: in one chunk, and in one cache line. */
const ROOT = 3;

class Chunk {
  readonly whens: Float64Array;
  readonly seqs: Int32Array;
  readonly items: (Entry | null)[];

  constructor() {
    this.whens = new Float64Array(ROOM);
    this.seqs = new Int32Array(ROOM);
    this.items = new Array(ROOM).fill(null);
  }

  put(i: number, when: number, seq: number, e: Entry): void {
    const k = i & MASK;
    this.whens[k] = when;
    this.seqs[k] = seq;
    this.items[k] = e;
  }
}

// Numbers may wrap: only their distance counts.
function before(when: number, seq: number, otherWhen: number, otherSeq: number): boolean {
  return when < otherWhen || (when === otherWhen && ((seq - otherSeq) | 0) < 0);
}

// Outside a pass, and when none comes, nobody else tells the host of a new head.
function hostWaits(): boolean {
  return !sched.m.inPass && !sched.m.posted;
}

export class Timers {
  private chunks: Chunk[];
  /** Behind the last entry. */
  private end: number;
  private stopped: number;

  constructor() {
    this.chunks = [];
    this.end = ROOT;
    this.stopped = 0;
  }

  /** Timers that will fire. */
  get length(): number {
    return this.end - ROOT - this.stopped;
  }

  /**
   * Owner thread only. Sets e, which is not set. A timer's `fire` runs on the scheduler's side and must not block; a
   * waiter is woken.
   */
  add(e: Entry, when: number = (e as Timer).when): void {
    const seq = sched.timerSeq;
    sched.timerSeq = (seq + 1) | 0;
    e.queue = seq;
    if (this.insert(when, seq, e) === ROOT && hostWaits()) sched.host.park(when);
  }

  /** Owner thread only. Stops e if it has not fired; returns whether it was going to. */
  stop(e: Entry): boolean {
    const seq = e.queue;
    if (seq === null) return false;
    e.queue = null;
    this.stopped++;
    // The host would stay alive for it.
    if (this.chunks[0]?.seqs[ROOT] === seq && hostWaits()) sched.host.park(this.next());
    else if (this.stopped > 64 && this.stopped > (this.end - ROOT) >> 2) this.moveTo(this);
    return true;
  }

  /** Due time of the next timer; Infinity if there is none. */
  next(): number {
    while (this.end > ROOT) {
      const { whens, seqs, items } = this.chunks[0] as Chunk;
      if ((items[ROOT] as Entry).queue === seqs[ROOT]) return whens[ROOT] as number;
      this.pop();
      if (this.stopped > 0) this.stopped--;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Scheduler side. Fires what is due. */
  run(now: number): void {
    while (this.next() <= now) {
      const e = this.pop();
      e.queue = null;
      if (e instanceof Timer) e.fire(e);
      else {
        // What it waits for next may never come.
        sched.stirred = true;
        if (e.party.claim()) e.party.wake(e);
      }
    }
  }

  /** Owner thread only. Sets every timer that has not fired in `other` instead; if that is this one, drops the stopped. */
  moveTo(other: Timers): void {
    const { chunks, end } = this;
    this.chunks = [];
    this.end = ROOT;
    this.stopped = 0;
    for (let i = ROOT; i < end; i++) {
      const { whens, seqs, items } = chunks[i >> BITS] as Chunk;
      const k = i & MASK;
      const e = items[k] as Entry;
      if (e.queue === seqs[k]) other.insert(whens[k] as number, seqs[k] as number, e);
    }
  }

  private pop(): Entry {
    const { chunks } = this;
    const top = (chunks[0] as Chunk).items[ROOT] as Entry;
    const last = --this.end;
    const own = chunks[last >> BITS] as Chunk;
    const k = last & MASK;
    this.down(last, own.whens[k] as number, own.seqs[k] as number, own.items[k] as Entry);
    own.items[k] = null;
    // Room for a million must not be kept for ever; that of one chunk is, lest it come and go.
    if (k === 0) chunks.length = (last >> BITS) + 1;
    return top;
  }

  // Finds an entry its place above a new last one, and says where that is.
  private insert(when: number, seq: number, e: Entry): number {
    const { chunks } = this;
    let i = this.end++;
    if (i >> BITS === chunks.length) chunks.push(new Chunk());
    let chunk = chunks[i >> BITS] as Chunk;
    while (i > ROOT) {
      const parent = (i >> 2) + 2;
      const upper = chunks[parent >> BITS] as Chunk;
      const k = parent & MASK;
      const above = upper.whens[k] as number;
      const number = upper.seqs[k] as number;
      if (!before(when, seq, above, number)) break;
      chunk.put(i, above, number, upper.items[k] as Entry);
      i = parent;
      chunk = upper;
    }
    chunk.put(i, when, seq, e);
    return i;
  }

  // Finds an entry its place at or below the root, in a heap that ends before `end`.
  private down(end: number, when: number, seq: number, e: Entry): void {
    const { chunks } = this;
    let i = ROOT;
    let chunk = chunks[0] as Chunk;
    for (;;) {
      const first = (i - 2) * 4;
      // All four lie in one chunk. Behind the end there is none.
      const lower = chunks[first >> BITS] as Chunk;
      let least = -1;
      let leastWhen = when;
      let leastSeq = seq;
      for (let c = first; c < first + 4 && c < end; c++) {
        const above = lower.whens[c & MASK] as number;
        const number = lower.seqs[c & MASK] as number;
        if (!before(above, number, leastWhen, leastSeq)) continue;
        least = c;
        leastWhen = above;
        leastSeq = number;
      }
      if (least < 0) break;
      chunk.put(i, leastWhen, leastSeq, lower.items[least & MASK] as Entry);
      i = least;
      chunk = lower;
    }
    chunk.put(i, when, seq, e);
  }
}

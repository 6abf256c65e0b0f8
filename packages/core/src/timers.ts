// Timers: a 4-ary heap of due times, and one host timeout for its head.
//
// Stopping only marks the timer; marked ones leave when they reach the top, or all at once when they are more than a
// quarter of the heap. The scheduler runs due timers at the start of each pass and at each look at the clock.
//
// Sources. Go's time.go (4-ary heap, lazy deletion).

import { sched } from "./sched.ts";

/** A pending timer. `fire` null: stopped. Equal due times fire in the order they were set. */
export class Timer {
  when: number;
  fire: ((t: Timer) => void) | null;
  readonly arg: unknown;
  seq: number;

  constructor(when: number, fire: (t: Timer) => void, arg: unknown) {
    this.when = when;
    this.fire = fire;
    this.arg = arg;
    this.seq = 0;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.when < b.when || (a.when === b.when && a.seq < b.seq);
}

export class Timers {
  private heap: Timer[];
  private stopped: number;
  private seq: number;

  constructor() {
    this.heap = [];
    this.stopped = 0;
    this.seq = 0;
  }

  /** Timers that will fire. */
  get length(): number {
    return this.heap.length - this.stopped;
  }

  /** Owner thread only. Sets t, which is not set. Its `fire` runs on the scheduler's side and must not block. */
  add(t: Timer): void {
    t.seq = this.seq++;
    this.heap.push(t);
    this.up(this.heap.length - 1);
    if (this.heap[0] === t && !sched.m.inPass && !sched.m.posted) sched.host.park(t.when);
  }

  /** Owner thread only. Stops t if it has not fired; returns whether it was going to. */
  stop(t: Timer): boolean {
    if (t.fire === null) return false;
    t.fire = null;
    this.stopped++;
    // Nobody else would tell the host, and it would stay alive for it.
    if (this.heap[0] === t && !sched.m.inPass && !sched.m.posted) sched.host.park(this.next());
    else if (this.stopped > 64 && this.stopped > this.heap.length >> 2) this.clean();
    return true;
  }

  /** Due time of the next timer; Infinity if there is none. */
  next(): number {
    for (;;) {
      const t = this.heap[0];
      if (t === undefined) return Number.POSITIVE_INFINITY;
      if (t.fire !== null) return t.when;
      this.pop();
      if (this.stopped > 0) this.stopped--;
    }
  }

  /** Scheduler side. Fires what is due. */
  run(now: number): void {
    while (this.next() <= now) {
      const t = this.pop();
      const fire = t.fire as (t: Timer) => void;
      t.fire = null;
      fire(t);
    }
  }

  /** Owner thread only. Sets every timer that has not fired in `other` instead. */
  moveTo(other: Timers): void {
    const list = this.heap.filter((t) => t.fire !== null).sort((a, b) => a.when - b.when || a.seq - b.seq);
    this.heap = [];
    this.stopped = 0;
    for (const t of list) other.add(t);
  }

  private clean(): void {
    this.heap = this.heap.filter((t) => t.fire !== null);
    this.stopped = 0;
    for (let i = (this.heap.length - 2) >> 2; i >= 0; i--) this.down(i);
  }

  private pop(): Timer {
    const heap = this.heap;
    const top = heap[0] as Timer;
    const last = heap.pop() as Timer;
    if (heap.length > 0) {
      heap[0] = last;
      this.down(0);
    }
    return top;
  }

  private up(at: number): void {
    const heap = this.heap;
    const t = heap[at] as Timer;
    let i = at;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      const p = heap[parent] as Timer;
      if (!before(t, p)) break;
      heap[i] = p;
      i = parent;
    }
    heap[i] = t;
  }

  private down(at: number): void {
    const heap = this.heap;
    const n = heap.length;
    const t = heap[at] as Timer;
    let i = at;
    for (;;) {
      const first = i * 4 + 1;
      if (first >= n) break;
      let least = first;
      for (let c = first + 1; c < first + 4 && c < n; c++)
        if (before(heap[c] as Timer, heap[least] as Timer)) least = c;
      if (!before(heap[least] as Timer, t)) break;
      heap[i] = heap[least] as Timer;
      i = least;
    }
    heap[i] = t;
  }
}

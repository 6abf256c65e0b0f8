// Spans in columns: what one goroutine or one M was doing from when to when. 50 bytes each, no objects.

/** What a span is. Goroutines: Running, Runnable, Waiting. Ms without a goroutine: the rest. */
export const SpanKind = {
  Running: 1, //  on an M, holding a P
  Runnable: 2, // could run, waits for its turn
  Waiting: 3, //  blocked, see reason
  Spinning: 4, // the M searches for work
  Parked: 5, //   the M sleeps until another M wakes it
  HostLoop: 6, // the M is back in the host's event loop
  Lost: 7, //     records were overwritten: nobody knows
} as const;

/** How a running span ended (`how`), or what made a span runnable. */
export const SpanHow = {
  Open: 0, //      the trace ended first, or records were lost
  Blocked: 1,
  Gosched: 2,
  Preempted: 3,
  Return: 4,
  Panic: 5,
  Goexit: 6,
  Cancelled: 7,
  Created: 8,
  Woken: 9,
} as const;

/** Grows by doubling; a span's number is its row. Rows are in order of their end. */
export class SpanTable {
  count = 0;
  start: Float64Array = new Float64Array(256);
  end: Float64Array = new Float64Array(256);
  kind: Uint8Array = new Uint8Array(256);
  how: Uint8Array = new Uint8Array(256);
  reason: Uint8Array = new Uint8Array(256);
  /** Index of the goroutine in the timeline's tables; 0 for an M's own span. */
  g: Uint32Array = new Uint32Array(256);
  /** M and P, -1 where none. */
  m: Int16Array = new Int16Array(256);
  p: Int16Array = new Int16Array(256);
  /** Runnable: who made it so (0: the host), and on which M. */
  by: Uint32Array = new Uint32Array(256);
  byM: Int16Array = new Int16Array(256);
  /** The same goroutine's span before this one, or -1. */
  prev: Int32Array = new Int32Array(256);
  /** The same goroutine's span after this one, or -1. */
  next: Int32Array = new Int32Array(256);

  add(kind: number, start: number, end: number, g: number, m: number, p: number): number {
    const i = this.count++;
    if (i === this.start.length) this.#grow();
    this.start[i] = start;
    this.end[i] = end;
    this.kind[i] = kind;
    this.g[i] = g;
    this.m[i] = m;
    this.p[i] = p;
    this.byM[i] = -1;
    this.prev[i] = -1;
    this.next[i] = -1;
    return i;
  }

  /** Chains row behind the same goroutine's newest span. */
  follow(row: number, prev: number): void {
    this.prev[row] = prev;
    if (prev >= 0) this.next[prev] = row;
  }

  #grow(): void {
    const n = this.start.length * 2;
    this.start = widen(this.start, new Float64Array(n));
    this.end = widen(this.end, new Float64Array(n));
    this.kind = widen(this.kind, new Uint8Array(n));
    this.how = widen(this.how, new Uint8Array(n));
    this.reason = widen(this.reason, new Uint8Array(n));
    this.g = widen(this.g, new Uint32Array(n));
    this.m = widen(this.m, new Int16Array(n));
    this.p = widen(this.p, new Int16Array(n));
    this.by = widen(this.by, new Uint32Array(n));
    this.byM = widen(this.byM, new Int16Array(n));
    this.prev = widen(this.prev, new Int32Array(n));
    this.next = widen(this.next, new Int32Array(n));
  }
}

function widen<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A growing list of numbers, for row numbers of spans and points of series. */
export class NumberList {
  #buf: Float64Array = new Float64Array(64);
  length = 0;

  push(v: number): void {
    if (this.length === this.#buf.length) this.#buf = widen(this.#buf, new Float64Array(this.length * 2));
    this.#buf[this.length++] = v;
  }

  get last(): number {
    return this.#buf[this.length - 1] ?? Number.NaN;
  }

  set last(v: number) {
    this.#buf[this.length - 1] = v;
  }

  take(): Float64Array {
    return this.#buf.slice(0, this.length);
  }
}

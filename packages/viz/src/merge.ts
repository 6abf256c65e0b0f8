// The streams of all Ms in one order that could have happened.
//
// What.  A k-way merge by time, held to what causes what.
// Words. head: the next record of a stream. ready: a head whose cause has been merged already.
// How.   Each step takes the ready head with the smallest time. A head is ready unless it is
//          GoStart(g)    and g has not been created or woken yet,
//          GoUnblock(g)  and g has not blocked yet.
//        Afterwards time is forced not to run backwards, so that no span has a negative length.
// Invariants.
//   I1  Records of one M keep their order.
//   I2  A goroutine never starts before the event that made it runnable, whatever the clocks say.
//   I3  Every record comes out, exactly once, also when records were lost.
// The hard part. The clocks of isolates differ by microseconds and browsers round to 5, so ties and small inversions
//   are the rule. Waiting for the cause repairs them. But a cause may have been lost with an overwritten ring: if no
//   head is ready, the earliest one goes anyway (counted in `forced`), and a Lost record forgets every state.
// Rejected. Sorting by time (arrows that point backwards); sequence numbers in each record (Go's way: exact even
//   with losses, but it costs the 16 bits that carry names here).
// Sources. Go internal/trace order.go, for the idea that an event waits for its cause.

import { Ev, GStatus, RECORD_WORDS, TICK_NS } from "./events.ts";
import type { Stream } from "./trace.ts";

/** All events in one order, a column per field. Goroutines are numbered densely: `gi`, `bi` index `goid`. */
export interface Merged {
  readonly count: number;
  /** ns on the trace's clock, never falling. */
  readonly time: Float64Array;
  readonly kind: Uint8Array;
  readonly how: Uint8Array;
  readonly x: Uint16Array;
  readonly m: Uint16Array;
  readonly b: Uint32Array;
  /** Index of g in `goid`; 0 is "no goroutine". */
  readonly gi: Uint32Array;
  /** Index of b in `goid` where b names a goroutine, else 0. */
  readonly bi: Uint32Array;
  /** Goroutine id by index. */
  readonly goid: Uint32Array;
  /** Texts by M and string id. */
  readonly strings: ReadonlyMap<number, readonly string[]>;
  /** Events whose cause was missing. */
  readonly forced: number;
  /** Records lost by all Ms. */
  readonly lost: number;
}

/** Merges the streams of one run. */
export function merge(streams: readonly Stream[]): Merged {
  const heads = streams.filter((s) => s.records.length > 0 || s.lost > 0).map((s) => new Head(s));
  const ids = new Ids();
  const created = findCreated(streams, ids);
  const out = new Columns(heads.reduce((n, h) => n + h.total, 0));
  const state = new Uint8Array(ids.count);
  let forced = 0;
  let lost = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const { head, ready } = pick(heads, ids, state, created);
    if (head === null) break;
    if (!ready) forced++;
    last = Math.max(last, head.time);
    out.push(head, last, ids);
    if (head.kind === Ev.Lost) {
      lost += head.b;
      state.fill(0);
    } else apply(head, ids, state, created);
    head.next();
  }
  const strings = new Map(streams.map((s) => [s.m, s.strings]));
  return { ...out.columns, count: out.count, goid: ids.list(), strings, forced, lost };
}

/** Position in one stream, with its present record unpacked and its wrapping clock made straight. */
class Head {
  readonly stream: Stream;
  readonly total: number;
  #at = 0;
  #wraps = 0;
  #lastTicks = 0;
  #lossTold: boolean;
  done = false;
  time = 0;
  kind = 0;
  how = 0;
  x = 0;
  g = 0;
  b = 0;

  constructor(stream: Stream) {
    this.stream = stream;
    this.#lossTold = stream.lost === 0;
    this.total = stream.records.length / RECORD_WORDS + (this.#lossTold ? 0 : 1);
    this.#lastTicks = stream.records[0] ?? 0;
    this.#read();
  }

  next(): void {
    if (this.#lossTold) this.#at += RECORD_WORDS;
    else this.#lossTold = true;
    this.#read();
  }

  #read(): void {
    const r = this.stream.records;
    if (!this.#lossTold) {
      this.time = this.stream.baseNs + this.#lastTicks * TICK_NS;
      this.kind = Ev.Lost;
      this.how = this.x = this.g = 0;
      this.b = this.stream.lost;
      return;
    }
    if (this.#at >= r.length) {
      this.done = true;
      return;
    }
    const ticks = r[this.#at]!;
    // 2^32 ticks are 429 s: a fall by more than half of that is a wrap, a smaller one a clock that stepped back.
    if (this.#lastTicks - ticks > 0x8000_0000) this.#wraps++;
    this.#lastTicks = ticks;
    this.time = this.stream.baseNs + (this.#wraps * 0x1_0000_0000 + ticks) * TICK_NS;
    const w1 = r[this.#at + 1]!;
    this.kind = w1 & 0xff;
    this.how = (w1 >>> 8) & 0xff;
    this.x = w1 >>> 16;
    this.g = r[this.#at + 2]!;
    this.b = r[this.#at + 3]!;
  }
}

function bIsGoroutine(kind: number): boolean {
  return kind === Ev.GoCreate || kind === Ev.GoUnblock;
}

/** Numbers every goroutine and finds those whose creation is still to come. */
function findCreated(streams: readonly Stream[], ids: Ids): Uint8Array {
  const born: number[] = [];
  for (const s of streams) {
    for (let i = 0; i < s.records.length; i += RECORD_WORDS) {
      const kind = s.records[i + 1]! & 0xff;
      ids.add(s.records[i + 2]!);
      if (!bIsGoroutine(kind)) continue;
      const bi = ids.add(s.records[i + 3]!);
      if (kind === Ev.GoCreate) born.push(bi);
    }
  }
  const created = new Uint8Array(ids.count);
  for (const gi of born) created[gi] = 1;
  return created;
}

function pick(
  heads: readonly Head[],
  ids: Ids,
  state: Uint8Array,
  created: Uint8Array,
): { head: Head | null; ready: boolean } {
  let best: Head | null = null;
  let ready = false;
  for (const h of heads) {
    if (h.done) continue;
    if (ready && h.time >= best!.time) continue;
    const ok = isReady(h, ids, state, created);
    if (best === null || (ok && !ready) || (ok === ready && h.time < best.time)) {
      best = h;
      ready = ok;
    }
  }
  return { head: best, ready };
}

function isReady(h: Head, ids: Ids, state: Uint8Array, created: Uint8Array): boolean {
  if (h.kind !== Ev.GoStart && h.kind !== Ev.GoUnblock) return true;
  const gi = ids.of(h.g);
  if (created[gi] === 1) return false;
  const s = state[gi]!;
  if (h.kind === Ev.GoStart) return s === 0 || s === GStatus.Runnable || s === GStatus.Dead;
  return s === 0 || s === GStatus.Waiting;
}

function apply(h: Head, ids: Ids, state: Uint8Array, created: Uint8Array): void {
  switch (h.kind) {
    case Ev.GoCreate: {
      const bi = ids.of(h.b);
      created[bi] = 0;
      state[bi] = GStatus.Runnable;
      return;
    }
    case Ev.GoStart:
      state[ids.of(h.g)] = GStatus.Running;
      return;
    case Ev.GoStop:
    case Ev.GoUnblock:
      state[ids.of(h.g)] = GStatus.Runnable;
      return;
    case Ev.GoBlock:
      state[ids.of(h.g)] = GStatus.Waiting;
      return;
    case Ev.GoEnd:
      state[ids.of(h.g)] = GStatus.Dead;
      return;
    case Ev.GoStatus:
      state[ids.of(h.g)] = h.how;
      return;
  }
}

/** Dense numbers for goroutine ids. 0 stays 0. */
class Ids {
  readonly #index: Map<number, number> = new Map([[0, 0]]);

  get count(): number {
    return this.#index.size;
  }

  add(id: number): number {
    const known = this.#index.get(id);
    if (known !== undefined) return known;
    this.#index.set(id, this.#index.size);
    return this.#index.size - 1;
  }

  of(id: number): number {
    return this.#index.get(id) ?? 0;
  }

  list(): Uint32Array {
    return Uint32Array.from(this.#index.keys());
  }
}

class Columns {
  count = 0;
  readonly columns: Pick<Merged, "time" | "kind" | "how" | "x" | "m" | "b" | "gi" | "bi">;

  constructor(n: number) {
    this.columns = {
      time: new Float64Array(n),
      kind: new Uint8Array(n),
      how: new Uint8Array(n),
      x: new Uint16Array(n),
      m: new Uint16Array(n),
      b: new Uint32Array(n),
      gi: new Uint32Array(n),
      bi: new Uint32Array(n),
    };
  }

  push(h: Head, time: number, ids: Ids): void {
    const c = this.columns;
    const i = this.count++;
    c.time[i] = time;
    c.kind[i] = h.kind;
    c.how[i] = h.how;
    c.x[i] = h.x;
    c.m[i] = h.stream.m;
    c.b[i] = h.b;
    c.gi[i] = ids.of(h.g);
    c.bi[i] = bIsGoroutine(h.kind) ? ids.of(h.b) : 0;
  }
}

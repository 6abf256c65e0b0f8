// Go's execution trace format of Go 1.19 ("v1"), which every later `go tool trace` and `go tool pprof` still reads.
//
// What.  Writes our trace so that Go's own tools show it: goroutine analysis, scheduling latency, block profiles.
// Words. seq: how often a goroutine was started or woken by an event that may come from another P; the parser orders
//        the Ps' batches by it. stack: frames of a goroutine; ours have two, the reason for a wait and the function.
// How.   16 bytes of header, then one batch per P, then strings, stacks and the clock's frequency. An event is a byte
//        (type, and how many arguments), then LEB128 arguments, the first one ticks since the event before.
// Invariants (the parser refuses the file otherwise).
//   I1  Only a running goroutine on a running P blocks, ends or gives way; goroutine 0 creates and wakes.
//   I2  A goroutine is created before anything else happens to it: those older than the trace are created at its start.
//   I3  A P stops only when no goroutine runs on it.
// The hard part. Our M may lose its P while it runs a goroutine, and may run the scheduler without one. Go knows
//   neither. So a goroutine whose P is taken is preempted there and goes on, at once, on a P of its M's own, whose
//   number is 1000 + m; and what an M without a P does stands there too.
// Rejected. Go 1.22's format: truer (batches per M), but only newer tools read it and none could check it offline.
// Sources. Layout and argument orders: Go internal/trace/tracev1 (parser.go, order.go), described anew here.

import { ByteWriter } from "./bytes.ts";
import { Ev } from "./events.ts";
import type { Trace } from "./trace.ts";

const Go = {
  Batch: 1,
  Frequency: 2,
  Stack: 3,
  Gomaxprocs: 4,
  ProcStart: 5,
  ProcStop: 6,
  GoCreate: 13,
  GoStart: 14,
  GoEnd: 15,
  GoSched: 17,
  GoPreempt: 18,
  GoUnblock: 21,
  GoWaiting: 31,
  String: 37,
} as const;
const BLOCK = 20;
/** Go's block event by our wait reason; reasons without one of their own are plain blocks. */
const BLOCK_OF: readonly number[] = [
  BLOCK,
  22 + 1,
  22,
  BLOCK,
  BLOCK,
  24,
  BLOCK,
  19,
  25,
  25,
  25,
  25,
  26,
  25,
  27,
  25,
  25,
  BLOCK,
  19,
];
const Idle = 0;
const Runnable = 1;
const Running = 2;
const Waiting = 3;
/** For good: an id is never used again. */
const Dead = 4;

/** The trace as the bytes of a Go 1.19 execution trace. */
export function toGo(trace: Trace): Uint8Array<ArrayBuffer> {
  return new GoWriter(trace).write();
}

class Batch {
  readonly out: ByteWriter = new ByteWriter();
  /** M that holds this P, -1 if it is stopped. */
  m = -1;
  /** Index of the goroutine on it. */
  g = 0;
  #last = 0;

  constructor(p: number, ts: number) {
    header(this.out, Go.Batch, 2);
    this.out.varint(p);
    varint64(this.out, ts);
    this.#last = ts;
  }

  event(type: number, ts: number, ...args: number[]): void {
    const body = new ByteWriter();
    varint64(body, ts - this.#last);
    this.#last = ts;
    for (const a of args) varint64(body, a);
    if (args.length < 3) header(this.out, type, args.length + 1);
    else {
      header(this.out, type, 4);
      this.out.varint(body.length);
    }
    this.out.bytes(body.take());
  }
}

class GoWriter {
  readonly #trace: Trace;
  readonly #batches: Map<number, Batch> = new Map();
  readonly #strings: Map<string, number> = new Map();
  readonly #stacks: Map<string, { id: number; frames: readonly string[] }> = new Map();
  /** P by M. */
  readonly #held: Map<number, number> = new Map();
  readonly #state: Uint8Array;
  readonly #seq: Float64Array;
  /** Batch each running goroutine is on. */
  readonly #on: (Batch | undefined)[] = [];
  readonly #start: number;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#state = new Uint8Array(trace.merged.goid.length);
    this.#seq = new Float64Array(trace.merged.goid.length);
    this.#start = trace.merged.time[0] ?? 0;
  }

  write(): Uint8Array<ArrayBuffer> {
    const ev = this.#trace.merged;
    const end = ev.count > 0 ? this.#ts(ev.count - 1) : 1;
    this.#batch(0).event(Go.Gomaxprocs, 1, this.#trace.header.gomaxprocs, 0);
    this.#createOld();
    if (ev.kind.indexOf(Ev.ProcStart) < 0 && ev.count > 0) this.#take(ev.m[0]!, 0, 1);
    for (let i = 0; i < ev.count; i++) this.#step(i, this.#ts(i));
    for (const batch of this.#batches.values()) this.#stopProc(batch, end + 1);
    return this.#file();
  }

  /** Nanoseconds since the start, from 2 on: the parser wants the preamble before. */
  #ts(i: number): number {
    return Math.round(this.#trace.merged.time[i]! - this.#start) + 2;
  }

  /** I2. */
  #createOld(): void {
    const ev = this.#trace.merged;
    const seen = new Uint8Array(ev.goid.length);
    for (let i = 0; i < ev.count; i++) {
      const kind = ev.kind[i]!;
      if (kind === Ev.GoCreate) {
        seen[ev.bi[i]!] = 1;
        continue;
      }
      const gi = ev.gi[i]!;
      if (gi === 0 || seen[gi] === 1) continue;
      seen[gi] = 1;
      this.#create(this.#batch(0), 1, gi);
      if (kind === Ev.GoUnblock) {
        this.#batch(0).event(Go.GoWaiting, 1, this.#id(gi));
        this.#state[gi] = Waiting;
        this.#seq[gi] = 2;
      }
    }
  }

  #step(i: number, ts: number): void {
    const ev = this.#trace.merged;
    const m = ev.m[i]!;
    const gi = ev.gi[i]!;
    switch (ev.kind[i]) {
      case Ev.ProcStart:
        this.#take(m, ev.b[i]!, ts);
        break;
      case Ev.ProcStop:
      case Ev.MExit:
        this.#release(m, ts);
        break;
      case Ev.GoCreate:
        if (this.#state[ev.bi[i]!] === Idle) this.#create(this.#batchOf(m), ts, ev.bi[i]!);
        break;
      case Ev.GoUnblock:
        if (this.#state[gi] === Waiting) this.#ready(this.#batchOf(m), ts, gi);
        break;
      case Ev.GoStart:
        if (gi !== 0 && this.#state[gi] !== Dead) this.#run(m, ts, gi);
        break;
      case Ev.GoStop:
        this.#leave(gi, ts, ev.how[i] === 1 ? Go.GoPreempt : Go.GoSched, Runnable, [this.#stackOf(gi)]);
        break;
      case Ev.GoBlock:
        this.#leave(gi, ts, BLOCK_OF[ev.how[i]!] ?? BLOCK, Waiting, [this.#stackOf(gi, ev.how[i]!)]);
        break;
      case Ev.GoEnd:
        this.#leave(gi, ts, Go.GoEnd, Dead, []);
        break;
    }
  }

  #create(batch: Batch, ts: number, gi: number): void {
    const stack = this.#stackOf(gi);
    batch.event(Go.GoCreate, ts, this.#id(gi), stack, batch.g === 0 ? 0 : this.#stackOf(batch.g));
    this.#state[gi] = Runnable;
    this.#seq[gi] = 1;
  }

  #ready(batch: Batch, ts: number, gi: number): void {
    batch.event(Go.GoUnblock, ts, this.#id(gi), this.#seq[gi]!, batch.g === 0 ? 0 : this.#stackOf(batch.g));
    this.#seq[gi]!++;
    this.#state[gi] = Runnable;
  }

  #run(m: number, ts: number, gi: number): void {
    const batch = this.#batchOf(m);
    if (batch.m < 0) this.#startProc(batch, m, ts);
    if (this.#state[gi] === Running) this.#leave(gi, ts, Go.GoPreempt, Runnable, [this.#stackOf(gi)]);
    if (batch.g !== 0) this.#leave(batch.g, ts, Go.GoPreempt, Runnable, [this.#stackOf(batch.g)]);
    // Records were lost: make it whole, as goroutine 0 may.
    if (this.#state[gi] === Idle) this.#create(batch, ts, gi);
    if (this.#state[gi] === Waiting) this.#ready(batch, ts, gi);
    batch.event(Go.GoStart, ts, this.#id(gi), this.#seq[gi]!);
    this.#seq[gi]!++;
    this.#state[gi] = Running;
    this.#on[gi] = batch;
    batch.g = gi;
  }

  #leave(gi: number, ts: number, type: number, state: number, args: number[]): void {
    const batch = this.#on[gi];
    if (batch === undefined || this.#state[gi] !== Running) return;
    batch.event(type, ts, ...args);
    batch.g = 0;
    this.#on[gi] = undefined;
    this.#state[gi] = state;
  }

  #take(m: number, p: number, ts: number): void {
    this.#release(m, ts);
    const batch = this.#batch(p);
    if (batch.m >= 0) this.#release(batch.m, ts);
    // What runs on the M's own P moves to the real one.
    const own = this.#batches.get(1000 + m);
    const gi = own?.g ?? 0;
    if (own !== undefined) this.#stopProc(own, ts);
    this.#startProc(batch, m, ts);
    this.#held.set(m, p);
    if (gi !== 0) this.#run(m, ts, gi);
  }

  #release(m: number, ts: number): void {
    const p = this.#held.get(m);
    if (p === undefined) return;
    this.#held.delete(m);
    const batch = this.#batch(p);
    const gi = batch.g;
    this.#stopProc(batch, ts);
    if (gi !== 0) this.#run(m, ts, gi);
  }

  #startProc(batch: Batch, m: number, ts: number): void {
    batch.event(Go.ProcStart, ts, m);
    batch.m = m;
  }

  /** I3. */
  #stopProc(batch: Batch, ts: number): void {
    if (batch.m < 0) return;
    if (batch.g !== 0) this.#leave(batch.g, ts, Go.GoPreempt, Runnable, [this.#stackOf(batch.g)]);
    batch.event(Go.ProcStop, ts);
    batch.m = -1;
  }

  #batchOf(m: number): Batch {
    return this.#batch(this.#held.get(m) ?? 1000 + m);
  }

  #batch(p: number): Batch {
    let batch = this.#batches.get(p);
    if (batch === undefined) {
      batch = new Batch(p, 1);
      this.#batches.set(p, batch);
    }
    return batch;
  }

  #id(gi: number): number {
    return this.#trace.merged.goid[gi]!;
  }

  #stackOf(gi: number, reason = 0): number {
    const name = this.#trace.timeline.goroutines.name(gi) || "goroutine";
    const why = reason === 0 ? [] : [`gr.${(this.#trace.header.reasons[reason] ?? "wait").replace(/\s/g, "_")}`];
    const frames = [...why, `main.${name}`];
    const key = frames.join("\n");
    let stack = this.#stacks.get(key);
    if (stack === undefined) {
      stack = { id: this.#stacks.size + 1, frames };
      this.#stacks.set(key, stack);
    }
    return stack.id;
  }

  #string(text: string): number {
    let id = this.#strings.get(text);
    if (id === undefined) {
      id = this.#strings.size + 1;
      this.#strings.set(text, id);
    }
    return id;
  }

  #file(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter();
    out.bytes(new TextEncoder().encode("go 1.19 trace\0\0\0"));
    for (const batch of this.#batches.values()) out.bytes(batch.out.take());
    header(out, Go.Frequency, 1);
    varint64(out, 1e9);
    const file = this.#string("program.ts");
    for (const { id, frames } of this.#stacks.values()) {
      const body = new ByteWriter();
      body.varint(id);
      body.varint(frames.length);
      // A frame's address must be its own: Go's tools look frames up by it.
      for (const fn of frames) for (const n of [this.#string(fn) + 0x1000, this.#string(fn), file, 1]) body.varint(n);
      header(out, Go.Stack, 4);
      out.varint(body.length);
      out.bytes(body.take());
    }
    for (const [text, id] of this.#strings) {
      header(out, Go.String, 1);
      out.varint(id);
      out.text(text);
    }
    return out.take();
  }
}

/** The first byte of an event: its type, and its number of arguments; 4 says that a length follows. */
function header(out: ByteWriter, type: number, args: number): void {
  out.u8(type | ((args - 1) << 6));
}

/** LEB128 of a whole number beyond 32 bits. */
function varint64(out: ByteWriter, v: number): void {
  let rest = v;
  while (rest > 0x7f) {
    out.u8((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.u8(rest);
}

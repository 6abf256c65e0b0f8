// Tracing of all Ms, a worker's side: it records into shared memory (shm's trace-recording.ts), which main reads when the
// trace ends, without the M's help.
//
// Main sets TRACE to the size of a ring and counts TRACE_GEN up; each M looks at its next pass, and frees what it has
// recorded when the next change of TRACE_GEN tells it that it has been read.

import { Ev, setTraceSink, type TraceSink } from "@gr/core/internal";
import { type Arena, type Codec, H_BASE, H_RECORDS, H_RING, H_TEXTS, ops, TraceWriter, traceRingWords } from "@gr/shm";
import * as w from "./layout.ts";

const CELL_BYTES = 64;

const TICKS_PER_MS = 10_000;
const MAX_TEXTS = 0xffff;

/** An M's recorder. */
class SharedSink implements TraceSink {
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly writer: TraceWriter;
  private readonly header: number;
  private readonly baseMs: number;
  private readonly ids: Map<string, number>;
  private ticks: number;

  constructor(arena: Arena, codec: Codec, slot: number, records: number) {
    const mem = arena.memory.i32;
    this.arena = arena;
    this.codec = codec;
    const words = traceRingWords(records);
    const ring = arena.allocate(words * 4);
    mem.fill(0, ring, ring + words);
    this.writer = new TraceWriter(mem, ring, records);
    this.header = arena.allocate(CELL_BYTES);
    this.baseMs = performance.now();
    this.ids = new Map();
    this.ticks = 0;
    ops.poke(mem, this.header + H_RECORDS, records);
    ops.poke(mem, this.header + H_RING, ring);
    ops.poke(mem, this.header + H_TEXTS, 0);
    arena.memory.f64[(this.header + H_BASE) >> 1] = performance.timeOrigin + this.baseMs;
    // Order matters: publishes the header; pairs with readStream.
    ops.store(mem, slot + w.M_RING, this.header);
  }

  stamp(): void {
    this.ticks = ((performance.now() - this.baseMs) * TICKS_PER_MS) >>> 0;
    this.writer.publish();
  }

  event(kind: number, how: number, x: number, g: number, b: number): void {
    this.writer.write(this.ticks, kind | (how << 8) | (x << 16), g | 0, b | 0);
  }

  string(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    if (this.ids.size >= MAX_TEXTS) return MAX_TEXTS;
    const id = this.ids.size + 1;
    this.ids.set(text, id);
    const mem = this.arena.memory.i32;
    const cell = this.arena.allocate(CELL_BYTES);
    ops.poke(mem, cell, ops.load(mem, this.header + H_TEXTS));
    ops.poke(mem, cell + 1, id);
    ops.poke(mem, cell + 2, this.codec.encode(id === MAX_TEXTS ? "(too many names)" : text));
    ops.store(mem, this.header + H_TEXTS, cell);
    return id;
  }

  free(): void {
    const { arena } = this;
    const mem = arena.memory.i32;
    for (let cell = ops.load(mem, this.header + H_TEXTS); cell !== 0; ) {
      const next = ops.peek(mem, cell);
      arena.free(ops.peek(mem, cell + 2));
      arena.free(cell);
      cell = next;
    }
    arena.free(ops.peek(mem, this.header + H_RING));
    arena.free(this.header);
  }
}

/** An M's side: follows TRACE. */
export class Tracing {
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly slot: number;
  private generation: number;
  private sink: SharedSink | null;

  constructor(arena: Arena, codec: Codec, m: number) {
    this.arena = arena;
    this.codec = codec;
    this.slot = w.mSlot(m);
    this.generation = 0;
    this.sink = null;
  }

  /** Scheduler side of a worker. Begins or ends to record if main has asked for it. */
  follow(): void {
    const mem = this.arena.memory.i32;
    const generation = ops.load(mem, w.TRACE_GEN);
    if (generation === this.generation) return;
    this.generation = generation;
    if (this.sink !== null) {
      setTraceSink(null);
      ops.store(mem, this.slot + w.M_RING, 0);
      this.sink.free();
      this.sink = null;
    }
    const records = ops.load(mem, w.TRACE);
    if (records === 0) return;
    this.sink = new SharedSink(this.arena, this.codec, this.slot, records);
    this.sink.stamp();
    this.sink.event(Ev.MStart, 1, 0, 0, 0);
    setTraceSink(this.sink);
  }
}

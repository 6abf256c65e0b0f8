// Tracing of all Ms: each writes a ring in shared memory, which main reads when the trace ends, without the M's help.
//
// Main sets TRACE to the size of a ring and counts TRACE_GEN up; each M looks at its next pass. A trace's header, ring
// and texts are cells of the arena, so a stuck or dead M can still be read. The M frees them when the next change of
// TRACE_GEN tells it that they have been read.
//
// | word of the header | unit    | written by | read by |
// |--------------------|---------|------------|---------|
// | H_RECORDS          | records | the M      | main    |
// | H_RING             | address | the M      | main    |
// | H_TEXTS            | address | the M      | main    |
// | H_BASE             | ms, f64 | the M      | main    |
//
// A text is a cell: next, id, address of its message; newest first.

import {
  Ev,
  Metric,
  type SourceStream,
  sched,
  setTraceSink,
  type TraceSink,
  type TraceSource,
  type TraceStart,
  traceSources,
} from "@gr/core/internal";
import { type Arena, type Codec, ops, TraceReader, TraceWriter, traceRingWords } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import type { Queues } from "./steal.ts";

const H_RECORDS = 0;
const H_RING = 1;
const H_TEXTS = 2;
const H_BASE = 4;
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

/** Main only. Makes the group's recordings part of every trace; returns how to undo that. */
export function offerTraces(arena: Arena, codec: Codec): () => void {
  const mem = arena.memory.i32;
  const source: TraceSource = {
    start({ ringRecords }: TraceStart): void {
      ops.store(mem, w.TRACE, ringRecords);
      ops.add(mem, w.TRACE_GEN, 1);
    },
    stop(): readonly SourceStream[] {
      const streams: SourceStream[] = [];
      const ms = ops.load(mem, w.NMS);
      for (let m = 1; m < ms; m++) {
        const header = ops.load(mem, w.mSlot(m) + w.M_RING);
        if (header !== 0) streams.push(readStream(arena, codec, m, header));
      }
      // Order matters: only now may the Ms free what was read; pairs with follow().
      ops.store(mem, w.TRACE, 0);
      ops.add(mem, w.TRACE_GEN, 1);
      return streams;
    },
  };
  traceSources.add(source);
  return () => traceSources.delete(source);
}

function readStream(arena: Arena, codec: Codec, m: number, header: number): SourceStream {
  const mem = arena.memory.i32;
  const strings: string[] = [""];
  for (let cell = ops.load(mem, header + H_TEXTS); cell !== 0; cell = ops.peek(mem, cell))
    strings[ops.peek(mem, cell + 1)] = codec.decode(ops.peek(mem, cell + 2)) as string;
  const reader = new TraceReader(mem, ops.peek(mem, header + H_RING), ops.peek(mem, header + H_RECORDS));
  const { records, lost } = reader.read();
  return {
    m,
    baseMs: arena.memory.f64[(header + H_BASE) >> 1] as number,
    records: new Uint32Array(records.buffer, records.byteOffset, records.length),
    lost,
    strings,
  };
}

const METRIC_MS = 10;
let nextMetric = 0;

/** Scheduler side. While a trace is recorded, about every 10 ms: the lengths of the queues. */
export function sampleQueues(s: Group, queues: Queues): void {
  const { trace } = sched;
  if (trace === null || sched.lastLook < nextMetric) return;
  nextMetric = sched.lastLook + METRIC_MS;
  trace.stamp();
  trace.event(Ev.Metric, Metric.Runq, 0, 0, sched.p.runq.length + sched.globalq.length);
  if (s.p >= 0) trace.event(Ev.Metric, Metric.Spawnq, 0, 0, queues.of(s.p).length);
  trace.event(Ev.Metric, Metric.GlobalRunq, 0, 0, ops.load(s.mem, w.NGLOBAL));
}

/** Scheduler side. Tells the trace where the record just taken came from. */
export function traceTake({ got, from }: Queues): void {
  const { trace } = sched;
  if (trace === null || got === 0) return;
  trace.stamp();
  if (from < 0) trace.event(Ev.GlobGet, 0, 0, 0, got);
  else trace.event(Ev.RunqSteal, 0, from, 0, got);
}

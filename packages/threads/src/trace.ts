// Tracing of all Ms: main's side, and what the queues have to tell. A worker's side is trace-sink.ts.

import { type ReadTrace, type SourceStream, sched, type TraceStart, traceSources } from "@gr/core/internal";
import { type Codec, type Memory, ops } from "@gr/shm";
import * as Ev from "./events.ts";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as n from "./numbers.ts";
import type { Queues } from "./queues.ts";

/** Main only. Makes the group's recordings part of every trace; returns how to undo that. */
export function offerTraces({ i32: mem, f64 }: Memory, codec: Codec): () => void {
  // Order matters: TRACE first; pairs with a worker's follow().
  const tell = (records: number): void => {
    ops.store(mem, w.TRACE, records);
    ops.add(mem, w.TRACE_GEN, 1);
  };
  const source = {
    start: ({ ringRecords }: TraceStart): void => tell(ringRecords),
    stop(read: ReadTrace): readonly SourceStream[] {
      const streams: SourceStream[] = [];
      const words = { i32: mem, f64, text: (cell: number) => codec.decode(cell) as string };
      const ms = ops.load(mem, w.NMS);
      for (let m = 1; m < ms; m++) {
        const header = ops.load(mem, w.mSlot(m) + w.M_RING);
        if (header !== 0) streams.push(read(words, m, header));
      }
      // Order matters: only now may the Ms free what was read; pairs with follow().
      tell(0);
      return streams;
    },
  };
  traceSources.add(source);
  return () => traceSources.delete(source);
}

const METRIC_MS = 10;
let nextMetric = 0;

/** Scheduler side. While a trace is recorded, about every 10 ms: the lengths of the queues. */
export function sampleQueues(s: Group, queues: Queues): void {
  const { trace } = sched;
  if (trace === null || sched.lastLook < nextMetric) return;
  nextMetric = sched.lastLook + METRIC_MS;
  trace.stamp();
  trace.event(Ev.Metric, n.Runq, 0, 0, sched.p.runq.length + sched.globalq.length);
  if (s.p >= 0) trace.event(Ev.Metric, n.Spawnq, 0, 0, queues.of(s.p).length);
  trace.event(Ev.Metric, n.GlobalRunq, 0, 0, ops.load(s.mem, w.NGLOBAL));
}

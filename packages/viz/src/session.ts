// Tracing of this process, from startTrace to stopTrace. One trace at a time.

import { type SourceStream, setTraceSink } from "@gr/core/internal";
import { TRACE_RECORDS, TraceReader, TraceWriter, traceRingWords } from "@gr/shm";
import { Ev } from "./events.ts";
import { type Recorder, recorderFor } from "./recorder.ts";
import { startSources, stopSources } from "./sources.ts";
import { type Stream, Trace, type TraceHeader, traceHeader } from "./trace.ts";

/** How to trace. */
export interface TraceOptions {
  /** `sched`: every change of a goroutine, a P or an M. `stats`: sampled figures only. */
  readonly level?: "stats" | "sched";
  /** Records kept per M, a power of two; 65,536 (1 MiB) unless given. The oldest give way. */
  readonly ringRecords?: number;
  /** What runs, for the viewer's title. */
  readonly title?: string;
}

/** A trace cannot begin twice, nor end before it began. */
export class TraceStateError extends Error {
  override readonly name = "TraceStateError";
  readonly code = "GR_TRACE_STATE";
}

interface Session {
  readonly options: TraceOptions;
  readonly startMs: number;
  readonly ring: TraceWriter;
  readonly reader: TraceReader;
  readonly recorder: Recorder;
}

let session: Session | null = null;

/**
 * Begins to record this process: the calling thread, and every other M that is running or starts later. Does not block.
 *
 * @throws TraceStateError if a trace is being recorded already
 * @throws RangeError unless ringRecords is a power of two of at least 256
 */
export function startTrace(options: TraceOptions = {}): void {
  if (session !== null) throw new TraceStateError("viz: a trace is being recorded already");
  const ringRecords = options.ringRecords ?? TRACE_RECORDS;
  // This M's ring is read by this M only, so its memory need not be shared.
  const memory = new Int32Array(traceRingWords(ringRecords));
  const ring = new TraceWriter(memory, 0, ringRecords);
  const reader = new TraceReader(memory, 0, ringRecords);
  const recorder = recorderFor(ring, 0);
  session = { options, startMs: Date.now(), ring, reader, recorder };
  recorder.stamp();
  recorder.event(Ev.MStart, 0, 0, 0, 0);
  startSources({ ringRecords });
  setTraceSink(recorder);
}

/**
 * Ends the recording and returns it. Does not block.
 *
 * @throws TraceStateError if none is being recorded
 */
export function stopTrace(): Trace {
  if (session === null) throw new TraceStateError("viz: no trace is being recorded");
  const { options, startMs, ring, reader, recorder } = session;
  session = null;
  setTraceSink(null);
  ring.publish();
  const { records, lost } = reader.read();
  const own: SourceStream = {
    m: 0,
    baseMs: recorder.baseMs,
    strings: recorder.strings,
    records: unsigned(records),
    lost,
  };
  const streams = [own, ...stopSources()];
  const known: Partial<TraceHeader> = {
    startMs,
    level: options.level ?? "sched",
    gomaxprocs: procsSeen(streams),
    ...host(),
  };
  return new Trace(
    traceHeader(options.title === undefined ? known : { ...known, title: options.title }),
    align(streams),
  );
}

/** The same words, read as unsigned numbers. */
function unsigned(words: Int32Array): Uint32Array {
  return new Uint32Array(words.buffer, words.byteOffset, words.length);
}

/** Puts all streams on one clock that begins with the earliest of them. */
function align(streams: readonly SourceStream[]): Stream[] {
  const zeroMs = Math.min(...streams.map((s) => s.baseMs));
  return streams.map(({ baseMs, ...s }) => ({ ...s, baseNs: Math.round((baseMs - zeroMs) * 1e6) }));
}

/** GOMAXPROCS, judged by the Ps that were held. */
function procsSeen(streams: readonly SourceStream[]): number {
  let n = 1;
  for (const s of streams) {
    for (let i = 0; i < s.records.length; i += 4) {
      const kind = s.records[i + 1]! & 0xff;
      if (kind === Ev.ProcStart) n = Math.max(n, s.records[i + 3]! + 1);
      else if (kind === Ev.ProcsChange) n = Math.max(n, s.records[i + 3]!);
    }
  }
  return n;
}

/** What of Node's `process` is looked at, where there is one. */
interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: "node:os"): { availableParallelism(): number };
}

function host(): Pick<TraceHeader, "host" | "cores"> {
  const { process, navigator } = globalThis as { process?: NodeProcess; navigator?: Navigator };
  const node = process?.versions?.node;
  // Node 20 has no navigator.
  const cores = navigator?.hardwareConcurrency ?? process?.getBuiltinModule?.("node:os").availableParallelism() ?? 1;
  return { host: node === undefined ? "browser" : `node ${node}`, cores };
}

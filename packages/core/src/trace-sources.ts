// Where traces of other Ms come from: a registry that @gr/threads fills and @gr/viz reads.

import { sched } from "./sched.ts";
import type { TraceSink } from "./trace.ts";

/** Owner thread only. What a source is told when a trace begins. */
export interface TraceStart {
  /** Records per ring, a power of two. */
  readonly ringRecords: number;
}

/** What one M recorded. */
export interface SourceStream {
  readonly m: number;
  /** Wall clock of tick 0, milliseconds since 1970 with fractions. */
  readonly baseMs: number;
  /** Four words per record, oldest first. */
  readonly records: Uint32Array;
  /** Records overwritten before the first one. */
  readonly lost: number;
  /** Texts by id; index 0 is unused. */
  readonly strings: readonly string[];
}

/** Shared memory with the recordings of other Ms in it. */
export interface TraceWords {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** The text in a cell. */
  text(cell: number): string;
}
/** Reads the recording of M m, whose header is at that address: the reader's, so that who does not trace carries none. */
export type ReadTrace = (words: TraceWords, m: number, header: number) => SourceStream;

/** Other Ms' recorders. Both calls return at once. */
export interface TraceSource {
  start(how: TraceStart): void;
  stop(read: ReadTrace): readonly SourceStream[];
}

/** The registered sources. One that is added while a trace is being recorded starts at once. */
class TraceSources extends Set<TraceSource> {
  /** How the present trace was started; null while there is none. Set by who records it. */
  started: TraceStart | null = null;

  override add(source: TraceSource): this {
    if (this.started !== null && !this.has(source)) source.start(this.started);
    return super.add(source);
  }
}

const KEY = "~gr.traceSources";
const home = globalThis as { [KEY]?: TraceSources };
home[KEY] ??= new TraceSources();

/** The registry of this isolate. */
export const traceSources: TraceSources = home[KEY];

/** Owner thread only. Puts a recorder into this M's trace slot; null turns tracing off. */
export function setTraceSink(sink: TraceSink | null): void {
  sched.trace = sink;
}

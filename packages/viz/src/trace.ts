// A trace in memory: what the Ms recorded, each stream as it was written, and what is known about the run.

import { toChrome } from "./chrome.ts";
import { RECORD_WORDS, WAIT_REASONS } from "./events.ts";
import { toGo } from "./go-trace.ts";
import { writeGrt } from "./grt-write.ts";
import { type Merged, merge } from "./merge.ts";
import { toPerfetto } from "./perfetto.ts";
import { buildTimeline, type Timeline } from "./timeline.ts";

/** What a trace knows about its run. Unknown fields of newer files are kept and written back. */
export interface TraceHeader {
  readonly version: 1;
  /** Wall clock at the start, ms since 1970. */
  readonly startMs: number;
  readonly engine: "real" | "sim";
  readonly host: string;
  readonly cores: number;
  readonly gomaxprocs: number;
  readonly level: "off" | "stats" | "sched" | "full";
  /** Texts of the wait reasons by number, so that a file explains itself. */
  readonly reasons: readonly string[];
  /** What ran, for a title. */
  readonly title?: string;
}

/** The records of one M, oldest first. */
export interface Stream {
  readonly m: number;
  /** Nanoseconds of tick 0 on the trace's clock. */
  readonly baseNs: number;
  /** Four words per record, see events.ts. */
  readonly records: Uint32Array;
  /** Texts by string id; index 0 is unused. */
  readonly strings: readonly string[];
  /** Records that were overwritten before the first one here. */
  readonly lost: number;
}

/** A recorded run: streams, one per M, and the views derived from them, built when first asked for. */
export class Trace {
  readonly header: TraceHeader;
  readonly streams: readonly Stream[];
  #merged: Merged | undefined;
  #timeline: Timeline | undefined;

  constructor(header: TraceHeader, streams: readonly Stream[]) {
    this.header = header;
    this.streams = [...streams].sort((a, b) => a.m - b.m);
  }

  /** Number of records of all Ms. */
  get size(): number {
    let n = 0;
    for (const s of this.streams) n += s.records.length / RECORD_WORDS;
    return n;
  }

  /** All events in one order. */
  get merged(): Merged {
    this.#merged ??= merge(this.streams);
    return this.#merged;
  }

  /** Lanes, spans and counters. */
  get timeline(): Timeline {
    this.#timeline ??= buildTimeline(this.merged, this.header);
    return this.#timeline;
  }

  /** The trace in the Chrome trace event format, as JSON text: opens in Perfetto, chrome://tracing, speedscope. */
  toChrome(): string {
    return toChrome(this);
  }

  /** The trace in Perfetto's own format, for ui.perfetto.dev; better than Chrome JSON for long traces. */
  toPerfetto(): Uint8Array<ArrayBuffer> {
    return toPerfetto(this);
  }

  /** The trace in Go's execution trace format (Go 1.19), for `go tool trace` and `go tool pprof`. */
  toGo(): Uint8Array<ArrayBuffer> {
    return toGo(this);
  }

  /** The trace as a `.grt` file. */
  toGrt(): Uint8Array<ArrayBuffer> {
    return writeGrt(this);
  }
}

/** A header with everything a caller left out filled in. */
export function traceHeader(known: Partial<TraceHeader>): TraceHeader {
  return {
    version: 1,
    startMs: 0,
    engine: "real",
    host: "unknown",
    cores: 1,
    gomaxprocs: 1,
    level: "sched",
    reasons: WAIT_REASONS,
    ...known,
  };
}

// Where the records of other Ms come from: the only file that knows how threads and viz meet.
//
// core/internal keeps `traceSources`, a registry. A package with more Ms (@gr/threads) adds one source to it; viz
// calls start when a trace begins and stop when it ends. Neither imports the other.

import { traceSources } from "@gr/core/internal";

/** What every M needs to know to begin. */
export interface TraceStart {
  /** Records per ring, a power of two. */
  readonly ringRecords: number;
}

/** What one M recorded. */
export interface SourceStream {
  readonly m: number;
  /** Wall clock of tick 0, ms since 1970 with fractions. */
  readonly baseMs: number;
  /** Four words per record, oldest first. */
  readonly records: Uint32Array;
  /** Records overwritten before the first one. */
  readonly lost: number;
  /** Texts by id; index 0 is unused. */
  readonly strings: readonly string[];
}

/** Owner thread only. Ms other than the calling one. Both calls return at once. */
export interface TraceSource {
  start(how: TraceStart): void;
  stop(): readonly SourceStream[];
}

/** Tells every other M to begin. */
export function startSources(how: TraceStart): void {
  for (const source of traceSources as Iterable<TraceSource>) source.start(how);
}

/** Tells every other M to end, and collects what they have. */
export function stopSources(): SourceStream[] {
  const all: SourceStream[] = [];
  for (const source of traceSources as Iterable<TraceSource>) all.push(...source.stop());
  return all;
}

// Where the records of other Ms come from: the only file that knows how threads and viz meet.
//
// core/internal keeps `traceSources`, a registry. A package with more Ms (@gr/threads) adds one source to it; viz
// calls start when a trace begins and stop when it ends. A source added in between starts when it is added. Neither
// package imports the other; the reader of what the others recorded is handed over here.

import { type SourceStream, type TraceStart, traceSources } from "@gr/core/internal";
import { readRecording } from "@gr/shm";

/** Tells every other M to begin, and those that come later. */
export function startSources(how: TraceStart): void {
  traceSources.started = how;
  for (const source of traceSources) source.start(how);
}

/** Tells every other M to end, and collects what they have. */
export function stopSources(): SourceStream[] {
  traceSources.started = null;
  const all: SourceStream[] = [];
  for (const source of traceSources) all.push(...source.stop(readRecording));
  return all;
}

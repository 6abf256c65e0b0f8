// Where the records of other Ms come from: the only file that knows how threads and viz meet.
//
// core/internal keeps `traceSources`, a registry. A package with more Ms (@gr/threads) adds one source to it; viz
// calls start when a trace begins and stop when it ends. A source added in between starts when it is added. Neither
// package imports the other.

import { type SourceStream, type TraceStart, traceSources } from "@gr/core/internal";

/** Tells every other M to begin, and those that come later. */
export function startSources(how: TraceStart): void {
  traceSources.started = how;
  for (const source of traceSources) source.start(how);
}

/** Tells every other M to end, and collects what they have. */
export function stopSources(): SourceStream[] {
  traceSources.started = null;
  const all: SourceStream[] = [];
  for (const source of traceSources) all.push(...source.stop());
  return all;
}

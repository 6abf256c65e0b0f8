// How many goroutines there are, how many execute at once, and which one does.

import { expected } from "./errors.ts";
import type { Goroutine } from "./g.ts";
import { sched } from "./sched.ts";

/**
 * The number of Ps: 1 until threads are started. With n >= 1 sets it and returns the number before; any other n only
 * asks (go#156). On one thread there is nothing to set.
 */
export function gomaxprocs(n?: number): number {
  if (n !== undefined && !Number.isInteger(n)) throw new RangeError(expected("gomaxprocs", "an integer", n));
  const peers = sched.peers;
  if (peers === null) return 1;
  return n === undefined || n < 1 ? peers.gomaxprocs() : peers.gomaxprocs(n);
}

/** The running goroutine; undefined outside. */
export function current(): Goroutine<unknown> | undefined {
  return sched.m.curg ?? undefined;
}

/**
 * Live goroutines: running, runnable and waiting; at least 1 inside a program (go#10). Over threads those of this M and
 * those it started on others, which have a stand-in here.
 */
export function numGoroutine(): number {
  return sched.live;
}

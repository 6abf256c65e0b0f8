// gomaxprocs: how many goroutines execute at once.

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

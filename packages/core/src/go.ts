// go: starts a goroutine.

import { checkBody } from "./body.ts";
import * as Ev from "./events.ts";
import { G, type Goroutine, NO_ARGS } from "./g.ts";
import { Grunnable } from "./g-status.ts";
import type { AnyBody, Body } from "./op.ts";
import { runqput } from "./park.ts";
import { portableOf } from "./portable.ts";
import type { Program } from "./program.ts";
import { sched } from "./sched.ts";

export { checkBody };

/**
 * Starts body(...args) as a goroutine and returns its handle. Does not block, and is no yield point (go#3): the new
 * goroutine runs when the caller parks, yields or returns to the event loop. Inside a goroutine or outside. A portable
 * may start on any M once threads are started.
 * @throws TypeError if body is not a function; if threads are started, when an argument of a portable cannot cross
 */
export function go<A extends readonly unknown[], T>(body: Body<A, T>, ...args: A): Goroutine<T> {
  if (typeof body !== "function") checkBody("go", body);
  const peers = sched.peers;
  if (peers !== null && (sched.importing === null || sched.m.curg !== null)) {
    const portable = portableOf(body);
    if (portable !== undefined) return peers.spawn(portable, args) as Goroutine<T>;
  }
  return spawn(body as AnyBody, args) as unknown as Goroutine<T>;
}

/** Any point of the owner thread. Starts a goroutine on this M. */
export function spawn(body: AnyBody, args: readonly unknown[]): G {
  const by = sched.m.curg;
  if (by === null && sched.importing !== null) sched.importing(body);
  return start(body, args, by === null ? sched.ambient : by.program, true);
}

/** Any point of the owner thread. Makes a goroutine of `program` and queues it; `next`: as the next to run (go#4). */
export function start(body: AnyBody, args: readonly unknown[], program: Program, next: boolean): G {
  const g = make(sched.newId(), body, args, program);
  runqput(g, next);
  return g;
}

/** Any point of the owner thread. Makes a runnable goroutine that is on no queue. */
export function make(id: number, body: AnyBody, args: readonly unknown[], program: Program): G {
  const by = sched.m.curg;
  const g = new G(id, body, args.length === 0 ? NO_ARGS : args, program, by === null ? 0 : by.id);
  if (sched.made !== null) sched.made(g);
  enlist(g);
  const trace = sched.trace;
  if (trace !== null) {
    if (by === null) trace.stamp();
    trace.event(Ev.GoCreate, Grunnable, trace.string(g.name), g.parent, id);
  }
  // A program that is ending takes nobody in: a goroutine started by a finally block is unwound before it runs.
  if (program.ending) g.cancel();
  return g;
}

/** Any point of the owner thread. Counts g, which was just made, as alive. Does not tell the trace. */
export function enlist(g: G): void {
  g.program.began(g);
  sched.live++;
}

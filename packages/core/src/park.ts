// ready: the one way a parked goroutine becomes runnable again.

import { fatal } from "./errors.ts";
import * as Ev from "./events.ts";
import type { G } from "./g.ts";
import { Grunnable, Gwaiting, setStatus } from "./g-status.ts";
import { kick } from "./kick.ts";
import { sched } from "./sched.ts";
import type { Waiter } from "./wait-queue.ts";

/**
 * Owner thread only. Makes a claimed goroutine runnable, as the next to run (Go: goready). It runs later, never inside
 * this call. `param` is what it is resumed with: the waiter that completed, or null to unwind it.
 */
export function ready(g: G, param: Waiter | null): void {
  if (g.pending) fatal(`${g} readied without a claim`);
  if (sched.trace !== null) {
    const by = sched.m.curg;
    if (by === null) sched.trace.stamp();
    sched.trace.event(Ev.GoUnblock, 0, 0, g.id, by === null ? 0 : by.id);
  }
  setStatus(g, Gwaiting, Grunnable);
  g.param = param;
  runqput(g, true);
}

/** Owner thread only. Puts a runnable goroutine on the P's queue and sees to it that a pass comes. */
export function runqput(g: G, next: boolean): void {
  const over = sched.p.runq.put(g, next, sched.globalq);
  if (over !== 0 && sched.trace !== null) sched.trace.event(Ev.RunqOverflow, 0, 0, 0, over);
  if (!sched.m.inPass) kick();
}

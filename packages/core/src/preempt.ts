// The slow path of an operation: the fuel is used up. Cancellation, goexit and the end of a slice are noticed here.
//
// Nothing can interrupt JavaScript, so every use of an Op counts, and once in a while looks at the clock. How often is
// adapted so that looks come about once a millisecond: reading a clock costs as much as a switch.

import * as Action from "./actions.ts";
import { notDriven } from "./errors.ts";
import { Fcancel, Funwinding } from "./g-status.ts";
import { SLICE_MS, SWITCH, sched } from "./sched.ts";
import { withinBudget } from "./unwind.ts";

const MAX_REFILL = 64;

/**
 * Goroutine side. Decides what an operation that begins must do first: null to go on, SWITCH to hand over.
 * @throws MisuseError outside every goroutine
 */
export function interrupt(): typeof SWITCH | null {
  const g = sched.m.curg;
  if (g === null) {
    sched.fuel = 0;
    throw notDriven();
  }
  if ((g.flags & (Fcancel | Funwinding)) !== 0) {
    if ((g.flags & Funwinding) === 0 || !withinBudget(g)) {
      sched.fuel = 0;
      sched.action = Action.Unwind;
      return SWITCH;
    }
  }
  look();
  if ((g.flags & Funwinding) !== 0) sched.fuel = 0;
  if (!sched.sliceOver) return null;
  sched.action = Action.Preempted;
  return SWITCH;
}

/** Any point of the owner thread. Reads the clock, refuels, and notes whether the slice is over. */
export function look(): void {
  const now = sched.host.now();
  const passed = now - sched.lastLook;
  sched.lastLook = now;
  if (passed > 1) sched.refill = Math.max(1, sched.refill >> 1);
  else if (passed < 0.5 && sched.refill < MAX_REFILL) sched.refill <<= 1;
  sched.fuel = sched.refill;
  if (now >= sched.sliceEnd) sched.sliceOver = true;
}

/** Scheduler side. Begins a slice. */
export function startSlice(): void {
  const now = sched.host.now();
  sched.lastLook = now;
  sched.sliceEnd = now + SLICE_MS;
  sched.sliceOver = false;
  sched.fuel = sched.refill;
}

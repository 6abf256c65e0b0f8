// sleep, and the timer waits that other operations are made of.

import { expected } from "./errors.ts";
import type { Op } from "./op.ts";
import { OpBase } from "./op-base.ts";
import { Done, sched } from "./sched.ts";
import type { CaseWaiter, Waiter } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

export class SleepOp extends OpBase<void> {
  readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }

  get reason(): number {
    return Wait.Sleep;
  }
  override hostWakes(): boolean {
    return true;
  }

  poll(): boolean {
    if (this.ms > 0) return false;
    Done.value = undefined;
    return true;
  }
  enqueue(w: Waiter): void {
    sched.timers.add(w, sched.host.now() + this.ms);
  }
  dequeue(w: Waiter): void {
    // It may have come due in the pass in which another case won.
    sched.timers.stop(w);
    // A stopped entry stays on the heap for long, and must not keep alive who no longer waits there.
    if (w.party !== w) {
      w.party = null as never;
      (w as CaseWaiter).outer = null as never;
    }
  }
  override finish(w: Waiter, _own: Waiter): void {
    w.value = undefined;
  }
}

// An Op is a description, so those who sleep equally long share it: a million that do are 32 MB smaller.
let last: SleepOp | null = null;

/** Pauses for at least `ms` milliseconds; returns at once, without a yield, if ms <= 0 (go#69). Blocks. */
export function sleep(ms: number): Op<void> {
  if (typeof ms !== "number" || Number.isNaN(ms))
    throw new TypeError(expected("sleep", "a number of milliseconds", ms));
  // Watched Ops (GRDEBUG=ops=1) are one per call.
  if (last !== null && last.ms === ms && sched.opMade === null) return last;
  last = new SleepOp(ms);
  return last;
}

// What follows a pass: failures that nobody joined, the next pass or the wait for one, deadlock.

import { collector } from "./collector.ts";
import * as Ev from "./events.ts";
import { Fjoined } from "./g-status.ts";
import { loadRare, worded } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { tell } from "./trace.ts";

/** Scheduler side. The pass is over; `more`: goroutines are still runnable. */
export function passEnded(more: boolean): void {
  flushUnjoined();
  const { m, host, peers } = sched;
  if (sched.trace !== null) tell(sched.trace, Ev.LoopLeave, more ? 1 : 0, 0, 0);
  sched.done.value = undefined;
  const busy = more || sched.p.runq.length > 0 || sched.globalq.length > 0;
  if (busy) {
    if (peers !== null && !peers.yieldP()) return;
    m.posted = true;
    host.post(sched.passFresh, false);
    return;
  }
  judge();
  if (sched.stirred) {
    sched.stirred = false;
    collector().stir();
  }
  if (m.posted) return;
  host.park(sched.timers.next());
}

// Nothing is runnable. Is it a deadlock? With threads each M says at its rest what it knows; they have loaded it.
function judge(): void {
  const { rare, programs } = sched;
  if (rare !== null) rare.judgeClosed(sched);
  else if ([...programs].some((p) => p.deadlock === "closed")) void loadRare();
}

let asked = false;

/** Host callback: the event loop has drained. True if the host must stay alive all the same, see judgeExact. */
export function drained(signals: boolean): boolean {
  const { rare, host, programs, signalWaits } = sched;
  if (rare !== null) return rare.judgeExact(sched, signals);
  // In a turn of the host's loop, which goes on while it loads, and until the pass that follows. Then it drains again.
  if (!asked && (programs.size > 0 || signalWaits > 0)) {
    asked = true;
    host.post(loadRare, false);
  }
  return false;
}

/** Scheduler side. A goroutine that failed and was not joined by the end of the pass surfaces, once. */
export function flushUnjoined(): void {
  if (sched.unjoined.length === 0) return;
  const list = sched.unjoined;
  sched.unjoined = [];
  for (const g of list) {
    if ((g.flags & Fjoined) !== 0 || g === g.program.main) continue;
    g.flags |= Fjoined;
    if (g.program === sched.ambient) worded(() => sched.host.unhandled(g.value));
    else g.program.fail(g.value);
  }
}

// What follows a pass: failures that nobody joined, the next pass or the wait for one, deadlock.

import { stir } from "./collector.ts";
import * as Ev from "./events.ts";
import { loadRare } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { tell } from "./trace.ts";
import { surface } from "./unjoined.ts";

/** Scheduler side. The pass is over; `more`: goroutines are still runnable. */
export function passEnded(more: boolean): void {
  surface(null);
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
  // Is it a deadlock? With threads each M says at its rest what it knows. Who must be judged here has loaded the judge.
  sched.rare?.judgeClosed(sched);
  if (sched.stirred) {
    sched.stirred = false;
    stir();
  }
  if (m.posted) return;
  host.park(sched.timers.next());
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

// What exists before the first goroutine: the host, the timers, the ambient program, and what GRDEBUG asks for.

import { debugLater } from "./debug-later.ts";
import { EventLoopHost } from "./event-loop-host.ts";
import { drained } from "./pass-end.ts";
import { Program } from "./program.ts";
import { loadRare } from "./rare-later.ts";
import { type Sched, sched } from "./sched.ts";
import { Timers } from "./timers.ts";

/** Brings a fresh Sched to life; nothing if another copy of the package has done so. */
export function startUp(s: Sched): void {
  if (s.timers !== null) return;
  s.timers = new Timers();
  s.ambient = new Program(0, { deadlock: "off" }, null);
  s.host = new EventLoopHost();
  s.host.onDrained(drained);
  // Over threads each M takes part in every judgement.
  s.loads.add(loadRare);
  debugLater(s);
}

startUp(sched);

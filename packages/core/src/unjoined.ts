// Goroutines that failed and were not joined in time: their errors surface, once.

import { Fjoined } from "./g-status.ts";
import type { Program } from "./program.ts";
import { worded } from "./rare-later.ts";
import { sched } from "./sched.ts";

/** Scheduler side. The pass is over; or, for one program, nobody is left in it who could join. */
export function surface(only: Program | null): void {
  for (const g of sched.unjoined) {
    const { program } = g;
    if ((g.flags & Fjoined) !== 0 || g === program.main || (only !== null && program !== only)) continue;
    g.flags |= Fjoined;
    if (program === sched.ambient) worded(() => sched.host.unhandled(g.value));
    else program.fail(g.value);
  }
  if (only === null) sched.unjoined.length = 0;
}

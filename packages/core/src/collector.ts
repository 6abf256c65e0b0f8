// Who looks for leaks, before it is loaded: nobody, until something has been started or woken and a second has passed.
//
// What a look does, and the goroutine of the runtime that does it, is in leak-search.ts. It never keeps the process alive,
// and when everybody is registered it does not wake up at all.

import { handed } from "./handed.ts";
import { notLoaded } from "./rare-later.ts";
import { sched } from "./sched.ts";

/** Time between two looks at who is parked. */
export const LOOK_MS = 1000;

/** What the collector hears of the scheduler. */
export interface Stirred {
  /** Scheduler side. Something was started or woken: looks in a second. */
  stir(): void;
}

const coming: Stirred = { stir() {} };

/** Scheduler side. Something was started or woken: somebody looks in a second. */
export function stir(): void {
  const { host } = sched;
  if (sched.collector === null) {
    sched.collector = coming;
    host.later(LOOK_MS, () => {
      import("./leak-search.ts").then(({ look }) => look(handed), notLoaded);
    });
  } else sched.collector.stir();
}

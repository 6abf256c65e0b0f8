// M: one OS thread with its own JavaScript isolate. An isolate has exactly one.

import type { Look } from "./debug.ts";
import type { G } from "./g.ts";

export class M {
  /** 0 is the main thread. Set once, when threads start. */
  id: number;
  /** The goroutine that is executing; null on the scheduler's own side (Go: g0) and outside the runtime. */
  curg: G | null;
  /** In a pass: schedule() is on the JavaScript stack. */
  inPass: boolean;
  /** A pass has been asked of the host and has not come yet. */
  posted: boolean;
  /**
   * With threads: what a line of schedtrace is to say, `ms` after the first; null if it is another thread's to print.
   * Null where there is one thread.
   */
  look: ((ms: number) => Look | null) | null;

  constructor() {
    this.id = 0;
    this.curg = null;
    this.inPass = false;
    this.posted = false;
    this.look = null;
  }
}

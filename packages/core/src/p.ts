// P: the right to run goroutines, with the queue that goes with it.
//
// On one thread there is one P and its M always holds it. With threads, a P is a token in shared words; the queue of
// goroutines that already started stays here, with the M that started them, since a generator cannot leave its isolate.

import { type Runnable, RunQueue } from "./run-queue.ts";

export class P {
  /** The token held, -1 while this M holds none. */
  id: number;
  runq: Runnable;
  /** Counts slices: a goroutine that inherits its waker's slice does not count (go#20). */
  schedtick: number;

  constructor() {
    this.id = 0;
    this.runq = new RunQueue();
    this.schedtick = 0;
  }
}

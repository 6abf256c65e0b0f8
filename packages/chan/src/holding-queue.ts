// HoldingQueue: a queue of waiters that keeps the process alive while somebody waits.
//
// For sources whose own handles do not: listeners for process signals and for AbortSignals. Without it the event loop
// would drain under a goroutine that waits for one, and a deadlock would be reported where there is none.

import { type Waiter, WaitQueue } from "@gr/core/internal";

/** The longest delay a timer can have. It comes 25 days later and does nothing. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class HoldingQueue extends WaitQueue {
  private handle: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.handle = undefined;
  }
  override enqueue(w: Waiter): void {
    super.enqueue(w);
    this.handle ??= setInterval(nothing, MAX_DELAY_MS);
  }
  override remove(w: Waiter): void {
    super.remove(w);
    if (this.size > 0 || this.handle === undefined) return;
    clearInterval(this.handle);
    this.handle = undefined;
  }
}

function nothing(): void {}

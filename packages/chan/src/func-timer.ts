// FuncTimer: runs a function later, in a goroutine of its own (Go: time.AfterFunc).
//
// The goroutine is made when the timer is set, and sleeps until it is due. So it belongs to the program of whoever set
// it, a deadlock report knows that it will wake, it is cancelled when the program ends, and numGoroutine counts it.

import { type Body, type Coroutine, call, type Goroutine, go, sleep } from "@gr/core";

export class FuncTimer<A extends readonly unknown[] = readonly unknown[]> implements Disposable {
  private readonly body: Body<A, unknown>;
  private readonly args: A;
  /** The goroutine that sleeps; null once it has begun to run the function, or was stopped. */
  private pending: Goroutine<void> | null;

  constructor(ms: number, body: Body<A, unknown>, args: A) {
    this.body = body;
    this.args = args;
    this.pending = null;
    this.start(ms);
  }

  /** Keeps the function from running; false if it has begun, or was stopped. Does not wait for it. Never blocks. */
  stop(): boolean {
    const g = this.pending;
    if (g === null) return false;
    this.pending = null;
    g.cancel();
    return true;
  }
  /** Runs the function `ms` from now, whether it has run or not. Returns as stop() does. */
  reset(ms: number): boolean {
    const active = this.stop();
    this.start(ms);
    return active;
  }
  /** Stops it. */
  [Symbol.dispose](): void {
    this.stop();
  }

  private start(ms: number): void {
    const wait = sleep(ms);
    const g = go(
      function* (this: FuncTimer<A>): Coroutine<void> {
        yield* wait;
        // Stopped between the end of the sleep and now: the cancel takes effect at the next operation.
        if (this.pending === g) this.pending = null;
        yield* call(this.body, ...this.args);
      }.bind(this),
    );
    g.name = this.body.name || "afterFunc";
    this.pending = g;
  }
}

// An operation that is given up when an AbortSignal fires.
//
// The rules are the web's: rejected with signal.reason; the signal is ignored if the operation completes at once.

import { expected } from "./errors.ts";
import { kick } from "./kick.ts";
import type { OpBase } from "./op-base.ts";
import { OpBase as Base } from "./op-base.ts";
import { sched } from "./sched.ts";
import { CaseWaiter, type Waiter } from "./wait-queue.ts";
import type { WaitWords } from "./wait-reason.ts";

class SignalWaiter extends CaseWaiter {
  readonly signal: AbortSignal;
  readonly onAbort: () => void;
  aborted: boolean;

  constructor(outer: Waiter, op: OpBase<unknown>, signal: AbortSignal) {
    super(outer, op, 0, null);
    this.signal = signal;
    this.aborted = false;
    this.onAbort = () => {
      if (!this.party.claim()) return;
      this.aborted = true;
      op.dequeue(this);
      this.party.wake(this);
    };
  }
  forget(): void {
    if (--sched.signalWaits === 0 && sched.held) kick();
    this.signal.removeEventListener("abort", this.onAbort);
  }
}

export class SignalOp extends Base<unknown> {
  readonly inner: OpBase<unknown>;
  private readonly signal: AbortSignal;

  constructor(inner: OpBase<unknown>, signal: AbortSignal) {
    super();
    if (typeof signal?.addEventListener !== "function")
      throw new TypeError(expected("signal", "an AbortSignal", signal));
    this.inner = inner;
    this.signal = signal;
  }

  get reason(): number {
    return this.inner.reason;
  }
  override get receives(): boolean {
    return this.inner.receives;
  }
  override get object(): number {
    return this.inner.object;
  }
  override get version(): number {
    return this.inner.version;
  }
  override get late(): boolean {
    return this.inner.late;
  }
  override describe(words: WaitWords): string {
    return this.inner.describe(words);
  }
  // The signal may fire from outside: a wait with one is no deadlock.
  override hostWakes(): boolean {
    return true;
  }

  poll(): boolean {
    if (this.inner.poll()) return true;
    if (this.signal.aborted) throw this.signal.reason;
    return false;
  }
  enqueue(w: Waiter): void {
    const c = new SignalWaiter(w, this.inner, this.signal);
    this.inner.enqueue(c);
    w.queue = c;
    this.signal.addEventListener("abort", c.onAbort);
    sched.signalWaits++;
    // Queueing may have run the user's code: what is sent over a shared channel is encoded there.
    if (this.signal.aborted) c.onAbort();
  }
  dequeue(w: Waiter): void {
    const c = w.queue as SignalWaiter;
    w.queue = null;
    c.forget();
    this.inner.dequeue(c);
  }
  override finish(leaf: Waiter, own: Waiter): unknown {
    const c = own.queue as SignalWaiter;
    own.queue = null;
    c.forget();
    if (c.aborted) throw this.signal.reason;
    return this.inner.finish(leaf, c);
  }
}

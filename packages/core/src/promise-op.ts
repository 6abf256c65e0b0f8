// Waiting for a promise, whoever made it: until, and a body that is an async function.
//
// A PromiseOp is idempotent: it stands for one promise, however often it is used. The settlement is remembered, so a use
// after it completes at once.

import { OpBase } from "./op-base.ts";
import { Done, sched } from "./sched.ts";
import { type Waiter, WaitQueue } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

const COLD = 0;
const PENDING = 1;
const FULFILLED = 2;
const REJECTED = 3;

export class PromiseOp<S = PromiseLike<unknown>> extends OpBase<unknown> {
  protected readonly source: S;
  protected readonly waiters: WaitQueue;
  private state: number;
  private value: unknown;

  constructor(source: S) {
    super();
    this.source = source;
    this.waiters = new WaitQueue();
    this.state = COLD;
    this.value = undefined;
  }

  get reason(): number {
    return Wait.IOWait;
  }
  override hostWakes(): boolean {
    return true;
  }

  /** Whether the promise is still pending. */
  get unsettled(): boolean {
    return this.state <= PENDING;
  }

  poll(): boolean {
    if (this.state === COLD) this.start();
    if (this.state === PENDING) return false;
    Done.value = this.finish();
    return true;
  }
  enqueue(w: Waiter): void {
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
  override finish(): unknown {
    if (this.state === REJECTED) throw this.value;
    return this.value;
  }

  /** The promise, made now if that is still to be done. It may throw. */
  protected promise(): PromiseLike<unknown> {
    return this.source as PromiseLike<unknown>;
  }

  // At the first use, since an Op is cold. If that throws, it is the outcome.
  private start(): void {
    this.state = PENDING;
    sched.ran++;
    const failed = (err: unknown): void => this.settled(REJECTED, err);
    try {
      this.promise().then((value) => this.settled(FULFILLED, value), failed);
    } catch (err) {
      failed(err);
    }
  }

  private settled(state: number, value: unknown): void {
    if (this.state !== PENDING) return;
    this.state = state;
    this.value = value;
    for (let w = this.waiters.dequeue(); w !== null; w = this.waiters.dequeue()) w.party.wake(w);
  }
}

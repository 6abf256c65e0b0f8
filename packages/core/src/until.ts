// until: a goroutine waits for a promise. The host's event loop is our network poller.
//
// An UntilOp is idempotent: it stands for one promise, however often it is used. The settlement is remembered, so a use
// after it completes at once.
//
// A use that is beaten before it waits (a select finds another case ready, or takes default; a timeout of no time) only
// polls, and nobody tells the operation that it lost. But poll and enqueue run with no other code between them, so in
// the microtask after the start either somebody waits or the start was for nobody.

import { expected } from "./errors.ts";
import type { Op } from "./op.ts";
import { OpBase } from "./op-base.ts";
import { Done } from "./sched.ts";
import { type Waiter, WaitQueue } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

export class UntilOp extends OpBase<unknown> {
  private readonly source: PromiseLike<unknown> | ((signal: AbortSignal) => PromiseLike<unknown>);
  private readonly waiters: WaitQueue;
  private state: number;
  private value: unknown;
  private abort: AbortController | null;
  private started: boolean;

  constructor(source: PromiseLike<unknown> | ((signal: AbortSignal) => PromiseLike<unknown>)) {
    super();
    this.source = source;
    this.waiters = new WaitQueue();
    this.state = PENDING;
    this.value = undefined;
    this.abort = null;
    this.started = false;
  }

  get reason(): number {
    return Wait.IOWait;
  }
  override hostWakes(): boolean {
    return true;
  }

  /** Whether the promise is still pending. */
  get unsettled(): boolean {
    return this.state === PENDING;
  }

  poll(): boolean {
    if (!this.started) this.start();
    if (this.state === PENDING) return false;
    if (this.state === REJECTED) throw this.value;
    Done.value = this.value;
    return true;
  }
  enqueue(w: Waiter): void {
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
    this.abandon();
  }
  override finish(): unknown {
    if (this.state === REJECTED) throw this.value;
    return this.value;
  }

  // The function is called at the first use, since an Op is cold. If it throws, that is the outcome.
  private start(): void {
    this.started = true;
    try {
      this.promise().then(
        (value) => this.settled(FULFILLED, value),
        (err) => this.settled(REJECTED, err),
      );
    } catch (err) {
      this.settled(REJECTED, err);
    }
  }

  private promise(): PromiseLike<unknown> {
    const { source } = this;
    if (typeof source !== "function") return source;
    this.abort = new AbortController();
    void Promise.resolve().then(() => this.abandon());
    const made = source(this.abort.signal);
    if (typeof made?.then !== "function")
      throw new TypeError(expected("until", "the function to return a promise", made));
    return made;
  }

  // Once it has settled there is nothing to abort.
  private abandon(): void {
    if (this.waiters.size === 0 && this.abort !== null) this.abort.abort();
  }

  private settled(state: number, value: unknown): void {
    if (this.state !== PENDING) return;
    this.state = state;
    this.value = value;
    this.abort = null;
    for (;;) {
      const w = this.waiters.dequeue();
      if (w === null) return;
      w.party.wake(w);
    }
  }
}

/**
 * Waits for a promise, or for the one that a function makes when the operation is first used; the function's signal is
 * aborted when nobody waits any more: cancelled, timed out, or beaten in a select. Blocks; other goroutines go on.
 * @throws what the promise rejects with
 */
export function until<T>(source: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Op<T> {
  if (typeof source !== "function" && typeof (source as { then?: unknown } | null)?.then !== "function")
    throw new TypeError(expected("until", "a promise or a function that makes one", source));
  return new UntilOp(source) as unknown as Op<T>;
}

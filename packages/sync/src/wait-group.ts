// WaitGroup: a counter to wait for.
//
// wait() blocks while the counter is above zero; the step to zero releases everybody who waits, in the order in which
// they came (go#99, go#102). On one thread nothing can come between the two, so Go's errors for an add that meets a wait
// (go#100) have no cause here: who was released stays released, and the group may be used again at once.
//
// Sources. Go's sync/waitgroup.go.

import type { Body, Op } from "@gr/core";
import { MisuseError } from "@gr/core";
import {
  type AnyBody,
  Done,
  expected,
  goTold,
  OpBase,
  SignalOp,
  Wait,
  type Waiter,
  WaitQueue,
} from "@gr/core/internal";

export interface WaitGroupOptions {
  /** For dumps and deadlock reports. */
  readonly name?: string | undefined;
}

export interface WaitOptions {
  /** Gives the wait up when it fires; ignored if the counter is zero. */
  readonly signal?: AbortSignal | undefined;
}

let ids = 0;

export class WaitGroup {
  /** The codec refuses what carries this: a copy of a group would count for nobody. */
  readonly "~crosses": true;
  readonly id: number;
  readonly name: string;
  /** How many are still to be done. */
  private left: number;
  private readonly waiters: WaitQueue;

  constructor(options?: WaitGroupOptions) {
    this["~crosses"] = true;
    this.id = ++ids;
    this.name = options?.name ?? `wait group#${this.id}`;
    this.left = 0;
    this.waiters = new WaitQueue();
  }

  /** How many are still to be done. */
  get count(): number {
    return this.left;
  }

  /**
   * Adds n, which may be negative. At zero everybody who waits is released. Does not block.
   * @throws MisuseError if the counter would fall below zero (it stays as it was); TypeError if n is no safe integer
   */
  add(n: number): void {
    if (!Number.isSafeInteger(n)) throw new TypeError(expected("WaitGroup.add", "an integer", n));
    const left = this.left + n;
    if (!Number.isSafeInteger(left))
      throw new RangeError(expected("WaitGroup.add", "the counter to stay a safe integer", left));
    if (left < 0) throw new MisuseError("sync: negative WaitGroup counter");
    this.left = left;
    if (left > 0) return;
    for (let w = this.waiters.dequeue(); w !== null; w = this.waiters.dequeue()) w.party.wake(w);
  }

  /** One of them is done: add(-1). */
  done(): void {
    this.add(-1);
  }

  /** Blocks until the counter is zero. Can be cancelled, awaited and selected. */
  wait(options?: WaitOptions): Op<void> {
    const op = new WaitOp(this);
    const signal = options?.signal;
    return signal === undefined ? op : (new SignalOp(op, signal) as unknown as Op<void>);
  }

  /**
   * Counts one, starts body(...args) as a goroutine, and counts it done when that has ended, however it ends (go#101).
   * A failure surfaces as that of a goroutine which nobody joins. Does not block.
   */
  go<A extends readonly unknown[]>(body: Body<A, unknown>, ...args: A): void {
    if (typeof body !== "function") throw new TypeError(expected("WaitGroup.go", "a function", body));
    if (goTold(body as unknown as AnyBody, args, this)) this.add(1);
  }

  toString(): string {
    return `${this.name} (${this.left})`;
  }

  /** @internal */
  enqueue(w: Waiter): void {
    this.waiters.enqueue(w);
  }
  /** @internal */
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
}

class WaitOp extends OpBase<void> {
  private readonly wg: WaitGroup;
  constructor(wg: WaitGroup) {
    super();
    this.wg = wg;
  }
  get reason(): number {
    return Wait.WaitGroupWait;
  }
  override get object(): number {
    return this.wg.id;
  }
  override describe(): string {
    return `${super.describe()} on ${this.wg}`;
  }
  poll(): boolean {
    if (this.wg.count > 0) return false;
    Done.value = undefined;
    return true;
  }
  enqueue(w: Waiter): void {
    w.value = undefined;
    this.wg.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.wg.dequeue(w);
  }
  override finish(): void {}
}

// WaitGroup: a counter to wait for.
//
// wait() blocks while the counter is above zero; the step to zero releases everybody who waits, in the order in which
// they came (go#99, go#102). Nothing can come between the two, on one thread or (shared-count.ts) over several, so Go's
// errors for an add that meets a wait (go#100) have no cause here: who was released stays released, and the group may be
// used again at once.
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
  type Told,
  Wait,
  type Waiter,
  WaitQueue,
  type WaitWords,
} from "@gr/core/internal";
import type { SharedGroupEnd } from "./shared-end.ts";

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
  /** The codec never copies what carries this: a copy of a group would count for nobody. */
  readonly "~crosses": true;
  readonly id: number;
  readonly name: string;
  /** How many are still to be done. */
  private left: number;
  /** @internal */
  readonly waiters: WaitQueue;
  /** @internal Set once another thread has it too: then this object only passes on. */
  shared: SharedGroupEnd | null;
  private told: Ended | null;

  constructor(options?: WaitGroupOptions) {
    this["~crosses"] = true;
    this.id = ++ids;
    this.name = options?.name ?? `wait group#${this.id}`;
    this.left = 0;
    this.waiters = new WaitQueue();
    this.shared = null;
    this.told = null;
  }

  /** How many are still to be done. */
  get count(): number {
    return this.shared === null ? this.left : this.shared.count;
  }

  /**
   * Adds n, which may be negative. At zero everybody who waits is released. Does not block.
   * @throws MisuseError if the counter would fall below zero (it stays as it was); TypeError if n is no safe integer
   */
  add(n: number): void {
    if (!Number.isSafeInteger(n)) throw new TypeError(expected("WaitGroup.add", "an integer", n));
    if (this.shared !== null) {
      if (n !== 0) this.shared.add(n);
      return;
    }
    const left = this.left + n;
    if (!Number.isSafeInteger(left))
      throw new RangeError(expected("WaitGroup.add", "the counter to stay a safe integer", left));
    if (left < 0) throw belowZero();
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
    // Throws here, before anything runs, if nobody can be counted any more.
    this.shared?.isDone();
    this.told ??= new Ended(this);
    if (goTold(body as unknown as AnyBody, args, this.told)) this.add(1);
  }

  toString(): string {
    return `${this.name} (${this.count})`;
  }

  /** @internal */
  enqueue(w: Waiter): void {
    (this.shared ?? this.waiters).enqueue(w);
  }
  /** @internal */
  dequeue(w: Waiter): void {
    if (this.shared !== null) this.shared.dequeue(w);
    else this.waiters.remove(w);
  }
}

export function belowZero(): MisuseError {
  return new MisuseError("sync: negative WaitGroup counter");
}

/** Hears of the ends of a group's goroutines. */
class Ended implements Told {
  private readonly wg: WaitGroup;
  constructor(wg: WaitGroup) {
    this.wg = wg;
  }
  done(): void {
    // Nobody is here to be told that the count is lost; those who wait are.
    if (this.wg.shared?.broken !== true) this.wg.done();
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
  override get version(): number {
    return this.wg.shared === null ? 0 : this.wg.shared.version;
  }
  override hostWakes(_own: Waiter): boolean {
    return this.wg.shared?.hostWakes === true;
  }
  override describe(words: WaitWords): string {
    return `${super.describe(words)} on ${this.wg}`;
  }
  poll(): boolean {
    const { shared } = this.wg;
    if (shared === null ? this.wg.count > 0 : !shared.isDone()) return false;
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
  override finish(w: Waiter): void {
    const failure = w.value;
    w.value = undefined;
    if (failure !== undefined) throw failure;
  }
}

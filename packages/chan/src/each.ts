// range and each: receiving until a channel is closed and drained, in a goroutine.

import type { Coroutine, Op } from "@gr/core";
import { type AnyBody, CallOp, Done, expected, OpBase, toOp, type Waiter, type WaitWords } from "@gr/core/internal";
import type { Receiver } from "./channel.ts";

/** A place in a channel: `while (yield* job.next()) use(job.value)`. */
export interface Cursor<out T> {
  /** Receives the next value; false when the channel is closed and drained. Blocks. */
  next(): Op<boolean>;
  /** The value received last. */
  readonly value: T;
}

class NextOp extends OpBase<boolean> {
  private readonly recv: OpBase<unknown>;
  value: unknown;

  constructor(recv: OpBase<unknown>) {
    super();
    this.recv = recv;
    this.value = undefined;
  }
  get reason(): number {
    return this.recv.reason;
  }
  override get object(): number {
    return this.recv.object;
  }
  override get version(): number {
    return this.recv.version;
  }
  override hostWakes(own: Waiter): boolean {
    return this.recv.hostWakes(own);
  }
  override describe(words: WaitWords): string {
    return this.recv.describe(words);
  }
  poll(): boolean {
    if (!this.recv.poll()) return false;
    this.value = Done.value;
    Done.value = Done.ok;
    return true;
  }
  enqueue(w: Waiter): void {
    this.recv.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.recv.dequeue(w);
  }
  override finish(leaf: Waiter, own: Waiter): boolean {
    const { ok } = leaf;
    this.value = this.recv.finish(leaf, own);
    return ok;
  }
}

/**
 * A cursor over ch: the fastest way to receive many values. It belongs to one goroutine.
 * @throws TypeError if ch is no channel
 */
export function each<T>(ch: Receiver<T>): Cursor<T> {
  const recv = typeof ch?.recv === "function" ? toOp(ch.recv()) : null;
  if (recv === null) throw new TypeError(expected("each", "a channel", ch));
  const op = new NextOp(recv);
  return {
    next: () => op,
    get value(): T {
      return op.value as T;
    },
  };
}

/**
 * Calls body with each value of ch until ch is closed and drained, or body returns false. Blocks. Leaving early leaves
 * the channel as it is (go#44).
 * @throws what body throws
 */
export function range<T>(ch: Receiver<T>, body: (value: T) => Coroutine<void | false> | void | false): Op<void> {
  if (typeof body !== "function") throw new TypeError(expected("range", "a function", body));
  const cursor = each(ch);
  return new CallOp(rangeBody as AnyBody, [cursor, body]) as unknown as Op<void>;
}

function* rangeBody<T>(cursor: Cursor<T>, body: (value: T) => Coroutine<void | false> | void | false): Coroutine<void> {
  while (yield* cursor.next()) {
    const made = body(cursor.value);
    if (typeof made !== "object" || made === null) {
      if (made === false) return;
    } else if (typeof made[Symbol.iterator] === "function") {
      if ((yield* made) === false) return;
    } else throw new TypeError(expected("range", "a plain or generator function as body", made));
  }
}

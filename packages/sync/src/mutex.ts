// Mutex: one goroutine at a time, in the order in which they came.
//
// What.  lock() is an operation: it gives a Lock, which is released once. Whoever has the Lock may release it, so it can
//        be handed to another goroutine (go#86).
// Words. hand off: give the mutex straight to the longest waiting party, without its being free in between.
// How.   poll takes a free mutex. release hands a taken one to the head of the queue, or frees it.
// Invariants.
//   I1  Somebody waits only while the mutex is taken.
//   I2  Of all Locks that a mutex has given, one at most is not released.
// The hard part. A waiter that was cancelled or beaten in a select must not be handed the mutex: WaitQueue claims the
//   party first, so the mutex goes to one that will take it. One that was handed the mutex and is cancelled before it
//   runs still gets its Lock, and can release it: a completed operation delivers its value.
// Rejected. Go's normal mode, in which a woken waiter competes with newcomers (go#89): it saves Go a switch between
//   processors. Here a newcomer cannot run between a release and the waiter's turn but by yielding, and order would be
//   lost for nothing. So every release is what Go does in starvation mode (go#90).
// Sources. Go's sync/mutex.go.

import type { Body, Op } from "@gr/core";
import { type Coroutine, call, MisuseError } from "@gr/core";
import { Done, OpBase, SignalOp, Wait, type Waiter, WaitQueue, type WaitWords } from "@gr/core/internal";
import type { SharedMutexEnd } from "./shared-end.ts";

export interface MutexOptions {
  /** For dumps and deadlock reports. */
  readonly name?: string | undefined;
}

export interface LockOptions {
  /** Gives the wait up when it fires; ignored if the mutex is free. */
  readonly signal?: AbortSignal | undefined;
}

/** A mutex that is held. `using lock = yield* mu.lock()` releases it at the end of the block. */
export interface Lock extends Disposable {
  /**
   * Lets the next one in. Does not block.
   * @throws MisuseError if this Lock was released already
   */
  release(): void;
}

let ids = 0;

export class Mutex {
  /** The codec never copies what carries this: a copy of a mutex would exclude nobody. */
  readonly "~crosses": true;
  readonly id: number;
  readonly name: string;
  private held: boolean;
  /** @internal */
  readonly waiters: WaitQueue;
  /** @internal Set once another thread has it too: then this object only passes on. */
  shared: SharedMutexEnd | null;

  constructor(options?: MutexOptions) {
    this["~crosses"] = true;
    this.id = ++ids;
    this.name = options?.name ?? `mutex#${this.id}`;
    this.held = false;
    this.waiters = new WaitQueue();
    this.shared = null;
  }

  /** Whether somebody holds it. A hint: it may have changed when you act on it. */
  get locked(): boolean {
    return this.shared === null ? this.held : this.shared.locked;
  }

  /** Takes the mutex; blocks while another holds it. First come, first served. Can be cancelled, awaited and selected. */
  lock(options?: LockOptions): Op<Lock> {
    const op = new LockOp(this);
    const signal = options?.signal;
    return signal === undefined ? op : (new SignalOp(op, signal) as unknown as Op<Lock>);
  }

  /**
   * Takes the mutex if it is free, else gives undefined. Does not block (go#88).
   * @throws ThreadLostError if the thread that held it died
   */
  tryLock(): Lock | undefined {
    if (this.shared !== null) return this.shared.tryLock() ? new HeldLock(this) : undefined;
    if (this.held) return undefined;
    this.held = true;
    return new HeldLock(this);
  }

  /** Runs body while holding the mutex, releases it however body ends, and gives what it returns. Blocks. */
  runExclusive<A extends readonly unknown[], T>(body: Body<A, T>, ...args: A): Op<T> {
    return call(exclusively as (mu: Mutex, body: Body<A, T>, args: A) => Coroutine<T>, this, body, args);
  }

  toString(): string {
    return this.name;
  }

  /** @internal Owner thread only. Hands the mutex to the longest waiting party, or frees it. */
  passOn(): void {
    if (this.shared !== null) {
      this.shared.passOn();
      return;
    }
    const w = this.waiters.dequeue();
    if (w === null) {
      this.held = false;
      return;
    }
    w.value = new HeldLock(this);
    w.party.wake(w);
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

function* exclusively<A extends readonly unknown[], T>(mu: Mutex, body: Body<A, T>, args: A): Coroutine<T> {
  const lock = yield* mu.lock();
  try {
    return yield* call(body, ...args);
  } finally {
    lock.release();
  }
}

export class HeldLock implements Lock {
  /** The codec refuses what carries this: it belongs to the thread that locked. */
  readonly "~crosses": true;
  private mu: Mutex | null;
  constructor(mu: Mutex) {
    this["~crosses"] = true;
    this.mu = mu;
  }
  release(): void {
    const { mu } = this;
    if (mu === null) throw new MisuseError("sync: unlock of unlocked mutex");
    this.mu = null;
    mu.passOn();
  }
  // The end of a block that has released early is no mistake.
  [Symbol.dispose](): void {
    if (this.mu !== null) this.release();
  }
}

class LockOp extends OpBase<Lock> {
  private readonly mu: Mutex;
  constructor(mu: Mutex) {
    super();
    this.mu = mu;
  }
  get reason(): number {
    return Wait.MutexLock;
  }
  override get object(): number {
    return this.mu.id;
  }
  override get version(): number {
    return this.mu.shared === null ? 0 : this.mu.shared.version;
  }
  override hostWakes(_own: Waiter): boolean {
    return this.mu.shared?.hostWakes === true;
  }
  override describe(words: WaitWords): string {
    return `${super.describe(words)} on ${this.mu}`;
  }
  poll(): boolean {
    const lock = this.mu.tryLock();
    if (lock === undefined) return false;
    Done.value = lock;
    return true;
  }
  enqueue(w: Waiter): void {
    this.mu.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.mu.dequeue(w);
  }
  override finish(w: Waiter, _own: Waiter): Lock {
    const lock = w.value;
    w.value = undefined;
    if (lock instanceof HeldLock) return lock;
    throw lock;
  }
}

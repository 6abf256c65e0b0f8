// Op: how an operation is polled, waited for and left, whichever way it is used.
//
// What.  OpBase is the class behind every Op: recv, send, sleep, join, lock, select. A kind of operation says how to
//        poll, enqueue and dequeue; yield*, await, select, cancellation, reports and traces are written here, once.
// Words. use: one yield*, await or select of an Op; its state lives in the waiter, never in the Op.
//        poll: complete now, or say it would block. enqueue: leave a waiter. dequeue: take it back, losing nothing.
//        finish: turn a completed waiter into the value or the throw that the user sees.
// How.   An Op is its own iterator. `yield* op` calls next(undefined): poll, and if that succeeds the one reused
//        result object comes back with done = true, so that the ready path neither yields nor allocates. Otherwise the
//        goroutine is its own waiter, is enqueued and set waiting, and next returns SWITCH, which yield* hands through
//        to the scheduler unopened. The scheduler resumes the generator with the waiter that completed, so next is
//        called a second time with an argument, and finishes. A generator that was only held back (its slice was over)
//        is resumed with undefined, and the operation begins afresh.
//        Every use spends one unit of `sched.fuel`; at zero the slow path looks at cancellation and the clock. So the
//        hot path has one test for both, and a loop of operations that never block still leaves the thread in time.
// Invariants.
//   I1  poll and enqueue run with no other code between them on this thread: what poll saw still holds.
//   I2  enqueue completes nothing. It runs no user code, or the operation is `late`; then no other is enqueued after it.
//   I3  After dequeue(w) nothing refers to w; if w had completed, dequeue was not called.
//   I4  done.value is read by the engine before any other code can run.
// The hard part. Who is waiting? next() trusts sched.m.curg, but anybody can call next() on an Op by hand, or drive a
//        generator that yields one. The scheduler then sees its goroutine waiting although the generator did not hand
//        SWITCH through; it takes the wait back and throws a MisuseError there (execute in schedule.ts).
// Rejected. A fresh iterator per use (an allocation per operation); a promise per operation (70 times the cost);
//        yielding a tagged request for the scheduler to interpret (a switch and an allocation on the ready path too).
// Sources. Go's chansend/chanrecv and select share sudog the same way; Reppy's Concurrent ML has operations as values.

import { awaitOutside } from "./awaiter.ts";
import { notDriven } from "./errors.ts";
import * as Ev from "./events.ts";
import type { G } from "./g.ts";
import { Grunnable, Grunning, Gwaiting, setStatus } from "./g-status.ts";
import type { Op, Resumed, Yielded } from "./op.ts";
import { interrupt } from "./preempt.ts";
import { Done, SWITCH, sched } from "./sched.ts";
import { tell } from "./trace.ts";
import type { Waiter } from "./wait-queue.ts";
import type { WaitReason, WaitWords } from "./wait-reason.ts";

export abstract class OpBase<out T> implements Op<T> {
  declare readonly "~op": T;

  constructor() {
    if (sched.opMade !== null) sched.opMade(this);
  }

  /** Why a goroutine waits in it. */
  abstract get reason(): WaitReason;
  /**
   * Goroutine side. Completes now, leaving the value in `Done.value`, and returns true; false if it would block. May throw.
   * One that ran the user's code and would block has raised sched.ran.
   */
  abstract poll(): boolean;
  /** Goroutine side. Records w where the waker will look. If it throws, it has recorded nothing. */
  abstract enqueue(w: Waiter): void;
  /** Owner thread only. Takes back a waiter that has not completed. */
  abstract dequeue(w: Waiter): void;

  /** Goroutine side. The outcome of completed waiter w. `own` is the waiter this Op was given (they differ inside a select). */
  finish(w: Waiter, _own: Waiter): T {
    return w.value as T;
  }
  /** True if the host can complete it without any goroutine's help: such a wait is no deadlock. */
  hostWakes(_own: Waiter): boolean {
    return false;
  }
  /**
   * For select's default: changes whenever another thread makes possible what was not. Two equal readings with polls in
   * between mean that nothing became ready from the first to the second. 0 for what only this thread can complete.
   */
  get version(): number {
    return 0;
  }
  /** Number of the object waited for, for traces; 0 if it has none. */
  get object(): number {
    return 0;
  }

  /** True for an operation that leaves `ok` in Done (poll) or in its waiter: select tells it. */
  get receives(): boolean {
    return false;
  }
  /** True for one whose enqueue may run the user's code: select enqueues it after the others. Then sched.lates is set. */
  get late(): boolean {
    return false;
  }
  /** What it waits for, for deadlock reports: the wait reason, in the words that it is given, and the object's name. */
  describe(words: WaitWords): string {
    return words(this.reason);
  }

  asOp(): OpBase<T> {
    return this;
  }
  [Symbol.iterator](): Iterator<Yielded, T, Resumed> {
    return this as unknown as Iterator<Yielded, T, Resumed>;
  }

  next(resumed?: Waiter): IteratorResult<Yielded, T> {
    if (resumed !== undefined) return this.resume(resumed);
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, T>;
    }
    if (this.poll()) return Done as IteratorResult<Yielded, T>;
    return park(this) as IteratorResult<Yielded, T>;
  }
  /** Goroutine side. The second half of next(): the goroutine was woken by `leaf`. */
  resume(leaf: Waiter): IteratorResult<Yielded, T> {
    Done.value = this.finish(leaf, leaf.party);
    return Done as IteratorResult<Yielded, T>;
  }
  throw(thrown: unknown): never {
    throw thrown;
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return awaitOutside(this).then(onFulfilled, onRejected);
  }
}

/** Goroutine side. Blocks the running goroutine in op. (Go: gopark) */
export function park(op: OpBase<unknown>): typeof SWITCH {
  const g = sched.m.curg;
  if (g === null || g.statusCode !== Grunning) throw notDriven(g !== null);
  if (sched.trace !== null) tell(sched.trace, Ev.GoBlock, op.reason, g.id, op.object);
  setStatus(g, Grunning, Gwaiting);
  g.op = op;
  g.pending = true;
  try {
    op.enqueue(g);
  } catch (err) {
    // enqueue has taken back what it had begun.
    g.op = null;
    takeBack(g);
    throw err;
  }
  return SWITCH;
}

/**
 * Goroutine side. Makes a goroutine that waits go on as if it had not begun to: its generator is on the JavaScript
 * stack, or threw. False if it cannot be: a waker has claimed it.
 */
export function takeBack(g: G): boolean {
  if (g.statusCode !== Gwaiting || !g.claim()) return false;
  const op = g.op;
  g.op = null;
  op?.dequeue(g);
  if (sched.trace !== null) {
    sched.trace.event(Ev.GoUnblock, 0, 0, g.id, g.id);
    sched.trace.event(Ev.GoStart, 0, 0, g.id, 0);
  }
  setStatus(g, Gwaiting, Grunnable);
  setStatus(g, Grunnable, Grunning);
  return true;
}

/** The OpBase behind a user's Op, or null if it is none. */
export function toOp(x: unknown): OpBase<unknown> | null {
  if (typeof x !== "object" || x === null) return null;
  const asOp = (x as { asOp?: unknown }).asOp;
  return typeof asOp === "function" ? ((x as { asOp(): OpBase<unknown> }).asOp() ?? null) : null;
}

// timeout and all: operations made of others.

import { CallOp } from "./call.ts";
import { expected, TimeoutError } from "./errors.ts";
import type { AnyBody, Coroutine, Op } from "./op.ts";
import { OpBase, toOp } from "./op-base.ts";
import { Owned, owning } from "./scope.ts";
import { SleepOp } from "./sleep.ts";
import { CaseWaiter, caseOf, type Waiter } from "./wait-queue.ts";
import type { WaitWords } from "./wait-reason.ts";

class TimeoutOp extends OpBase<unknown> {
  private readonly inner: OpBase<unknown>;
  private readonly clock: SleepOp;
  private readonly ms: number;

  constructor(inner: OpBase<unknown>, ms: number) {
    super();
    this.inner = inner;
    this.clock = new SleepOp(ms).asOp() as SleepOp;
    this.ms = ms;
  }

  get reason(): number {
    return this.inner.reason;
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
  override hostWakes(): boolean {
    return true;
  }
  override describe(words: WaitWords): string {
    return this.inner.describe(words);
  }

  poll(): boolean {
    if (this.inner.poll()) return true;
    if (this.ms <= 0) throw new TimeoutError(this.ms);
    return false;
  }
  enqueue(w: Waiter): void {
    const cases: [CaseWaiter, CaseWaiter] = [
      new CaseWaiter(w, this.inner, 0, null),
      new CaseWaiter(w, this.clock, 1, null),
    ];
    w.queue = cases;
    this.inner.enqueue(cases[0]);
    this.clock.enqueue(cases[1]);
  }
  dequeue(w: Waiter): void {
    const [op, clock] = w.queue as [CaseWaiter, CaseWaiter];
    w.queue = null;
    this.inner.dequeue(op);
    this.clock.dequeue(clock);
  }
  override finish(leaf: Waiter, own: Waiter): unknown {
    const [op, clock] = own.queue as [CaseWaiter, CaseWaiter];
    own.queue = null;
    if (caseOf(leaf, own) === clock) {
      this.inner.dequeue(op);
      throw new TimeoutError(this.ms);
    }
    this.clock.dequeue(clock);
    return this.inner.finish(leaf, op);
  }
}

/**
 * Performs op, but for at most `ms` milliseconds. Blocks. An op that did not complete in time had no effect.
 * @throws TimeoutError when the time is up
 */
export function timeout<T>(op: Op<T>, ms: number): Op<T> {
  const inner = toOp(op);
  if (inner === null) throw new TypeError(expected("timeout", "an operation", op));
  if (typeof ms !== "number" || Number.isNaN(ms))
    throw new TypeError(expected("timeout", "a number of milliseconds", ms));
  return new TimeoutOp(inner, ms) as unknown as Op<T>;
}

type Results<O extends readonly Op<unknown>[]> = { -readonly [I in keyof O]: O[I] extends Op<infer T> ? T : never };

/**
 * Performs all ops at once and gives their results in order. Blocks until the last has completed.
 * @throws the first failure; the others are cancelled first
 */
export function all<const O extends readonly Op<unknown>[]>(ops: O): Op<Results<O>> {
  const list = ops.map((op, i) => {
    const inner = toOp(op);
    if (inner === null) throw new TypeError(expected("all", `an operation at index ${i}`, op));
    return inner;
  });
  return new CallOp(allBody as AnyBody, [list]) as unknown as Op<Results<O>>;
}

function* allBody(ops: readonly OpBase<unknown>[]): Coroutine<unknown[]> {
  const results = new Array<unknown>(ops.length);
  const owned = new Owned();
  // In their order: two sends on one channel arrive as they stand here.
  for (let i = 0; i < ops.length; i++) owned.spawn(operation, [ops[i], results, i], false);
  yield* owning(owned);
  return results;
}

function* operation(op: OpBase<unknown>, results: unknown[], i: number): Coroutine<void> {
  results[i] = yield* op;
}

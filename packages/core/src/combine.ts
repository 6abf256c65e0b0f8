// timeout, all and scope: operations made of others.

import { checkBody } from "./body.ts";
import { CallOp } from "./call.ts";
import { CancelledError, expected, GoexitError, TimeoutError } from "./errors.ts";
import type { G, Goroutine } from "./g.ts";
import { Fjoined } from "./g-status.ts";
import { go, spawn } from "./go.ts";
import type { AnyBody, Body, Coroutine, Op } from "./op.ts";
import { OpBase, toOp } from "./op-base.ts";
import { Party } from "./party.ts";
import { SleepOp } from "./sleep.ts";
import { CaseWaiter, caseOf, type Waiter } from "./wait-queue.ts";

class TimeoutOp extends OpBase<unknown> {
  private readonly inner: OpBase<unknown>;
  private readonly clock: SleepOp;
  private readonly ms: number;

  constructor(inner: OpBase<unknown>, ms: number) {
    super();
    this.inner = inner;
    this.clock = new SleepOp(ms);
    this.ms = ms;
  }

  get reason(): number {
    return this.inner.reason;
  }
  override hostWakes(): boolean {
    return true;
  }
  override describe(): string {
    return this.inner.describe();
  }

  poll(): boolean {
    if (this.inner.poll()) return true;
    if (this.ms <= 0) throw new TimeoutError(this.ms);
    return false;
  }
  enqueue(w: Waiter): void {
    const cases: [CaseWaiter, CaseWaiter] = [new CaseWaiter(w, this.inner, 0), new CaseWaiter(w, this.clock, 1)];
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
  yield* scopeBody(function* (s) {
    for (let i = 0; i < ops.length; i++) s.go(one, ops[i] as OpBase<unknown>, results, i);
  });
  return results;
}

function* one(op: OpBase<unknown>, results: unknown[], i: number): Coroutine<void> {
  results[i] = yield* op;
}

/** What a scope's body is given: starts goroutines that the scope owns. */
export interface Scope {
  /** As go(), but the scope does not end before it, and its failure is the scope's. */
  go<A extends readonly unknown[], T>(body: Body<A, T>, ...args: A): Goroutine<T>;
}

/**
 * Runs body, which starts goroutines with s.go, and ends when body and all of them have ended; gives body's result.
 * Blocks. The first failure cancels the rest; so does cancelling the caller.
 * @throws the first failure
 */
export function scope<T>(body: (s: Scope) => Coroutine<T> | PromiseLike<T> | T): Op<T> {
  checkBody("scope", body);
  return new CallOp(scopeBody as AnyBody, [body]) as unknown as Op<T>;
}

class Owned {
  readonly live: Set<Goroutine<unknown>>;
  error: unknown;
  failed: boolean;
  main: G | null;

  constructor() {
    this.live = new Set();
    this.error = undefined;
    this.failed = false;
    this.main = null;
  }

  add(g: Goroutine<unknown>): void {
    this.live.add(g);
    new Watcher(this, g).watch();
  }
  fail(err: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.error = err;
    this.cancel(err);
  }
  cancel(reason: unknown): void {
    this.main?.cancel(reason);
    for (const g of this.live) g.cancel(reason);
  }
}

/** Joins one goroutine of a scope on the scope's behalf, so that its failure is the scope's and reported nowhere else. */
class Watcher extends Party {
  private readonly owned: Owned;
  private readonly g: Goroutine<unknown>;

  constructor(owned: Owned, g: Goroutine<unknown>) {
    super();
    this.owned = owned;
    this.g = g;
    this.op = toOp(g);
  }

  watch(): void {
    const op = this.op as OpBase<unknown>;
    try {
      if (op.poll()) this.owned.live.delete(this.g);
      else {
        this.pending = true;
        op.enqueue(this);
      }
    } catch (err) {
      this.failed(err);
    }
  }
  wake(w: Waiter): void {
    try {
      (this.op as OpBase<unknown>).finish(w, this);
      this.owned.live.delete(this.g);
    } catch (err) {
      this.failed(err);
    }
  }
  private failed(err: unknown): void {
    this.owned.live.delete(this.g);
    if (!(err instanceof CancelledError) && !(err instanceof GoexitError)) this.owned.fail(err);
  }
}

function* scopeBody<T>(body: (s: Scope) => Coroutine<T> | PromiseLike<T> | T): Coroutine<T> {
  const owned = new Owned();
  const s: Scope = {
    go(child, ...args) {
      const g = go(child, ...args);
      owned.add(g);
      return g;
    },
  };
  const main = spawn(body as unknown as AnyBody, [s] as never) as G;
  main.label = body.name || "scope";
  main.flags |= Fjoined;
  owned.main = main;
  let result: T | undefined;
  try {
    result = (yield* main as unknown as Op<T>) as T;
  } catch (err) {
    if (!owned.failed) owned.fail(err);
  } finally {
    if (!owned.failed && main.status !== "dead") owned.cancel(undefined);
    for (const g of owned.live) yield* settled(g);
  }
  if (owned.failed) throw owned.error;
  return result as T;
}

// Waits for g's end, whatever it is.
function* settled(g: Goroutine<unknown>): Coroutine<void> {
  try {
    yield* g;
  } catch {
    // the watcher has told the scope
  }
}

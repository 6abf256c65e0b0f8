// scope: an operation that owns the goroutines started in it.
//
// Nothing outlives its scope: it ends when its body and all its goroutines have ended. The first failure cancels the
// rest, and is the scope's. Goroutines of a scope run even while their program is ending, because a finally block may
// use a scope to clean up; whoever unwinds the scope's caller a second time cancels them.

import { checkBody } from "./body.ts";
import { CallOp } from "./call.ts";
import { MisuseError } from "./errors.ts";
import { G, type Goroutine } from "./g.ts";
import { Fcancel, Fcancelled, Ffailed, Fjoined, Gdead } from "./g-status.ts";
import { go, start } from "./go.ts";
import { JoinOp } from "./join.ts";
import type { AnyBody, Body, Coroutine, Op } from "./op.ts";
import { Party } from "./party.ts";
import { sched } from "./sched.ts";
import { sideOf } from "./side.ts";
import { UNWIND } from "./unwind.ts";
import type { Waiter } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

/** What a scope's body is given: starts goroutines that the scope owns. */
export interface Scope {
  /**
   * As go(), but the scope does not end before it, and its failure is the scope's.
   * @throws MisuseError when the scope has ended
   */
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

/** The goroutines that one scope owns. */
export class Owned {
  readonly live: Set<G>;
  private error: unknown;
  private failed: boolean;
  /** The scope has ended. */
  closed: boolean;

  constructor() {
    this.live = new Set();
    this.error = undefined;
    this.failed = false;
    this.closed = false;
  }

  /** Goroutine side. Starts a goroutine of this isolate; `next`: as the next to run. */
  spawn(body: AnyBody, args: readonly unknown[], next: boolean): G {
    const g = start(body, args, (sched.m.curg as G).program, next);
    this.add(g);
    return g;
  }

  /** Goroutine side. Takes in a goroutine that was just started. */
  add(g: G): void {
    if (g.program.ending) spare(g);
    this.live.add(g);
    new Watcher(this, g).watch();
    if (this.failed) g.cancel(this.error);
  }

  /** Any point of the owner thread. The first failure is the scope's. */
  fail(err: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.error = err;
    this.cancel(err);
  }
  cancel(reason: unknown): void {
    for (const g of this.live) g.cancel(reason);
  }
  check(): void {
    if (this.failed) throw this.error;
  }
}

/** A join on a scope's behalf. */
class ScopeOp extends JoinOp {
  private readonly owned: Owned;

  constructor(g: G, owned: Owned) {
    super(g);
    this.owned = owned;
  }
  override get reason(): number {
    return Wait.Scope;
  }
  // Who waits here is cancelled. Its goroutines are at once, not when it has unwound so far: what they wait for must not
  // reach them any more.
  override dequeue(w: Waiter): void {
    super.dequeue(w);
    this.owned.cancel(sideOf(w.party as G).reason);
  }
}

// Takes back the cancel that a goroutine started in an ending program is born with.
function spare(g: G): void {
  if (g.statusCode !== Gdead && g.gen === null) g.flags &= ~(Fcancel | Fcancelled);
}

/** Joins one goroutine of a scope on the scope's behalf, so that its failure is the scope's and reported nowhere else. */
class Watcher extends Party {
  private readonly owned: Owned;
  private readonly g: G;

  constructor(owned: Owned, g: G) {
    super();
    this.owned = owned;
    this.g = g;
    this.op = new JoinOp(g);
  }

  watch(): void {
    if (this.g.statusCode === Gdead) this.ended();
    else {
      this.pending = true;
      (this.op as JoinOp).enqueue(this);
    }
  }
  wake(_w: Waiter): void {
    this.ended();
  }
  private ended(): void {
    const { g, owned } = this;
    owned.live.delete(g);
    g.flags |= Fjoined;
    if ((g.flags & Ffailed) !== 0) owned.fail(g.value);
  }
}

/** Goroutine side. Waits until all that `owned` has, and gets, have ended; then throws what the first failure threw. */
export function* owning(owned: Owned): Coroutine<void> {
  try {
    for (const g of owned.live) yield* ended(g, owned);
  } catch (err) {
    const reason = err === UNWIND ? sideOf(sched.m.curg as G).reason : err;
    owned.cancel(reason);
    for (const g of owned.live) yield* ended(g, owned);
    throw err;
  } finally {
    owned.closed = true;
  }
  owned.check();
}

function* scopeBody<T>(body: (s: Scope) => Coroutine<T> | PromiseLike<T> | T): Coroutine<T> {
  const owned = new Owned();
  const s: Scope = {
    go(child, ...args) {
      if (owned.closed) throw new MisuseError("scope: s.go was called after the scope had ended");
      const g = go(child, ...args);
      if (g instanceof G) owned.add(g);
      return g;
    },
  };
  const main = owned.spawn(body as unknown as AnyBody, [s], true);
  sideOf(main).label = body.name || "scope";
  yield* owning(owned);
  return (yield* new JoinOp(main)) as T;
}

// Waits for g's end, whatever it is; what it failed with, the watcher has told the scope.
function* ended(g: G, owned: Owned): Coroutine<void> {
  try {
    yield* new ScopeOp(g, owned);
  } catch (err) {
    if (err === UNWIND) throw err;
  }
}

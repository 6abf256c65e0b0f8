// call: a goroutine's own growable stack.
//
// `yield*` into a helper generator is cheap to write, but each resume walks the whole chain of delegation, and a few
// thousand frames overflow the engine's stack. call(body, ...args) instead suspends the caller and pushes the callee on
// a list that the scheduler keeps: a resume touches only the top, however deep, and a million frames are a list.
// Used outside, or as a case of select, the callee runs as a goroutine of its own, cancelled if the case loses.

import * as Action from "./actions.ts";
import { performer } from "./body.ts";
import { addToStack } from "./errors.ts";
import { Frame } from "./frame.ts";
import type { G } from "./g.ts";
import { checkBody, spawn } from "./go.ts";
import { JoinOp } from "./join.ts";
import type { AnyBody, Body, Coroutine, Op, Yielded } from "./op.ts";
import { OpBase } from "./op-base.ts";
import { interrupt } from "./preempt.ts";
import { Done, SWITCH, sched } from "./sched.ts";
import { sideOf } from "./side.ts";
import { UNWIND } from "./unwind.ts";
import { CaseWaiter, caseOf, type Waiter } from "./wait-queue.ts";
import * as Wait from "./waits.ts";

/** Frames that an error lists; a million would drown it. */
const MAX_NOTED = 16;
const noted = new WeakMap<object, number>();

/** A caller suspended in call(). */
class CallFrame extends Frame {
  // Adds the body that an error came through to its stack, inner to outer, as engines do for async functions.
  override note(err: unknown): void {
    if (err === UNWIND || !(err instanceof Error)) return;
    const n = (noted.get(err) ?? 0) + 1;
    noted.set(err, n);
    if (n <= MAX_NOTED) addToStack(err, `at call ${this.callee || "anonymous"}`);
    else if (n === MAX_NOTED + 1) addToStack(err, "at call …");
  }
}

export class CallOp extends OpBase<unknown> {
  readonly body: AnyBody;
  readonly args: readonly unknown[];

  constructor(body: AnyBody, args: readonly unknown[]) {
    super();
    this.body = body;
    this.args = args;
  }

  get reason(): number {
    return Wait.Join;
  }

  override next(resumed?: Waiter): IteratorResult<Yielded, unknown> {
    if (resumed !== undefined) {
      // The callee returned: the scheduler left its result in the goroutine's own waiter.
      Done.value = resumed.value;
      resumed.value = undefined;
      return Done as IteratorResult<Yielded, unknown>;
    }
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, unknown>;
    }
    sched.action = Action.Call;
    sched.callee = this;
    return SWITCH as IteratorResult<Yielded, unknown>;
  }

  /** Scheduler side. Calls the body on the stack of g, which gave SWITCH for it. */
  enter(g: G): IteratorResult<unknown, unknown> {
    const caller = g.gen as Coroutine<unknown>;
    let made: unknown;
    let gen: Coroutine<unknown> | null;
    try {
      made = this.body(...(this.args as readonly never[]));
      gen = performer(g, made);
    } catch (err) {
      return caller.throw(err);
    }
    if (gen === null) {
      g.value = made;
      return caller.next(g as never);
    }
    const side = sideOf(g);
    side.stack = new CallFrame(caller, side.stack, this.body.name);
    g.gen = gen;
    return gen.next(undefined as never);
  }

  poll(): boolean {
    return false;
  }
  enqueue(w: Waiter): void {
    const g = spawn(this.body, this.args) as G;
    const join = new JoinOp(g);
    const c = new CalleeWaiter(w, join, g);
    w.queue = c;
    join.poll();
    join.enqueue(c);
  }
  dequeue(w: Waiter): void {
    const c = w.queue as CalleeWaiter;
    w.queue = null;
    c.op?.dequeue(c);
    c.g.cancel();
  }
  override finish(leaf: Waiter, own: Waiter): unknown {
    if (leaf === own) return leaf.value;
    own.queue = null;
    return (caseOf(leaf, own).op as JoinOp).finish(leaf, own);
  }
}

class CalleeWaiter extends CaseWaiter {
  readonly g: G;
  constructor(outer: Waiter, join: JoinOp, g: G) {
    super(outer, join, 0, null);
    this.g = g;
  }
}

/**
 * Calls body on the goroutine's own stack and returns what it returns. Blocks as long as body does. Resuming costs the
 * same at any depth, and a million frames fit.
 * @throws what body throws; its stack then lists the bodies it came through
 */
export function call<A extends readonly unknown[], T>(body: Body<A, T>, ...args: A): Op<T> {
  checkBody("call", body);
  return new CallOp(body as AnyBody, args) as unknown as Op<T>;
}

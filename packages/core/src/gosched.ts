// gosched, checkpoint and goexit: operations on the goroutine that performs them.

import * as Action from "./actions.ts";
import { MisuseError, notDriven } from "./errors.ts";
import type { G } from "./g.ts";
import { Fgoexit } from "./g-status.ts";
import type { Op, Yielded } from "./op.ts";
import { interrupt } from "./preempt.ts";
import { Done, SWITCH, sched } from "./sched.ts";
import { SleepOp } from "./sleep.ts";
import type { Waiter } from "./wait-queue.ts";

// As a case, or outside, ready when the scheduler has had a turn: a sleep of no time that is never ready at once.
abstract class YieldOp extends SleepOp {
  constructor() {
    super(0);
  }
  override poll(): boolean {
    return false;
  }
}

function completed(): IteratorResult<Yielded, never> {
  Done.value = undefined;
  return Done as unknown as IteratorResult<Yielded, never>;
}

class GoschedOp extends YieldOp {
  override next(resumed?: Waiter): IteratorResult<Yielded, void> {
    if (resumed !== undefined) return completed();
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null && sched.action === Action.Unwind) return held as IteratorResult<Yielded, void>;
    }
    sched.action = Action.Gosched;
    return SWITCH as IteratorResult<Yielded, void>;
  }
}

class CheckpointOp extends YieldOp {
  override next(resumed?: Waiter): IteratorResult<Yielded, void> {
    if (resumed !== undefined) return completed();
    if (sched.m.curg === null) throw notDriven();
    const held = interrupt();
    if (held === null) return completed();
    if (sched.action === Action.Preempted) sched.action = Action.Gosched;
    return held as IteratorResult<Yielded, void>;
  }
}

class GoexitOp extends YieldOp {
  override next(resumed?: Waiter): IteratorResult<Yielded, void> {
    if (resumed !== undefined) return completed();
    const g = sched.m.curg as G | null;
    if (g === null) throw notDriven();
    g.flags |= Fgoexit;
    sched.action = Action.Unwind;
    return SWITCH as IteratorResult<Yielded, void>;
  }
  override poll(): boolean {
    throw new MisuseError("goexit: expected yield* goexit() in a goroutine, not a case of select or an await");
  }
}

const GOSCHED = /* @__PURE__ */ new GoschedOp();
const CHECKPOINT = /* @__PURE__ */ new CheckpointOp();
const GOEXIT = /* @__PURE__ */ new GoexitOp();

/** Lets others run: the goroutine goes to the tail of the global queue and resumes by itself (go#16). Always yields. */
export function gosched(): Op<void> {
  return GOSCHED;
}

/** For loops that compute: yields only if the goroutine's time slice is used up. Reads the clock (some 70 ns). */
export function checkpoint(): Op<void> {
  return CHECKPOINT;
}

/** Ends this goroutine: its finally blocks run, nothing after (go#147). Write `return yield* goexit()`. */
export function goexit(): Op<never> {
  return GOEXIT as unknown as Op<never>;
}

/** Calls fn when the scope is left: `using _d = defer(() => …)`. Last in, first out. */
export function defer(fn: () => void): Disposable {
  if (typeof fn !== "function") throw new TypeError(`defer: expected a function, got ${typeof fn}`);
  return { [Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose)]: fn } as Disposable;
}

// Awaiting an Op outside every goroutine: the party is a promise.
//
// Completions count against a slice of their own: a loop of awaits that are always ready runs in microtasks and would
// starve the host's timers. When the slice is used up, the next completion is delivered by a macrotask.

import type { OpBase } from "./op-base.ts";
import { Party } from "./party.ts";
import { worded } from "./rare-later.ts";
import { Done, SLICE_MS, sched } from "./sched.ts";
import type { Waiter } from "./wait-queue.ts";

/** Completions between two looks at the clock. */
const LOOK_EVERY = 32;

class Awaiter extends Party {
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (reason: unknown) => void;
  /** The waiter that completed while enqueue ran (see OpBase.late). */
  private early: Waiter | null;

  constructor(op: OpBase<unknown>, resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
    super();
    this.resolve = resolve;
    this.reject = reject;
    this.early = null;
    this.pending = true;
    op.enqueue(this);
    this.op = op;
    if (this.early !== null) this.wake(this.early);
  }

  wake(w: Waiter): void {
    const { op } = this;
    if (op === null) {
      this.early = w;
      return;
    }
    this.op = null;
    try {
      deliver(this.resolve, op.finish(w, this));
    } catch (err) {
      fail(this.reject, err);
    }
  }
}

/** Outside every goroutine. Performs op once; the promise settles with its outcome. */
export function awaitOutside<T>(op: OpBase<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    try {
      if (op.poll()) {
        const value = Done.value as T;
        Done.value = undefined;
        deliver(resolve as (value: unknown) => void, value);
        return;
      }
    } catch (err) {
      fail(reject, err);
      return;
    }
    new Awaiter(op, resolve as (value: unknown) => void, reject);
  });
}

let untilLook = LOOK_EVERY;
let sliceEnd = 0;
let late: { settle: (v: unknown) => void; value: unknown }[] = [];

function deliver(settle: (v: unknown) => void, value: unknown): void {
  if (late.length > 0) {
    late.push({ settle, value });
    return;
  }
  if (--untilLook <= 0) {
    untilLook = LOOK_EVERY;
    const now = sched.host.now();
    if (sliceEnd === 0) sliceEnd = now + SLICE_MS;
    else if (now >= sliceEnd) {
      late.push({ settle, value });
      sched.host.post(deliverLate, false);
      return;
    }
  }
  settle(value);
}

function fail(reject: (reason: unknown) => void, err: unknown): void {
  worded(() => deliver(reject, err));
}

function deliverLate(): void {
  const list = late;
  late = [];
  sliceEnd = 0;
  for (const { settle, value } of list) settle(value);
}

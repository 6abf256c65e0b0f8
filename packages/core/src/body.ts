// What a goroutine's body may be, what it may return, and how the usual mistakes are told.

import { expected } from "./errors.ts";
import type { G } from "./g.ts";
import { Fdetached } from "./g-status.ts";
import type { Coroutine, Resumed, Yielded } from "./op.ts";
import { toOp } from "./op-base.ts";
import { PromiseOp } from "./promise-op.ts";
import { rarely } from "./rare-later.ts";
import { sched } from "./sched.ts";

// The engine's own word for it: a generator's prototype chain differs from one to the next.
function tagOf(x: object): unknown {
  return (x as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

/**
 * Goroutine side. What g's body returned, as the generator that performs it: its own, or one that drives a promise or an
 * Op. null: it is the result.
 * @throws TypeError for an async generator
 */
export function performer(g: G, made: unknown): Coroutine<unknown> | null {
  if (typeof made !== "object" || made === null) return null;
  const tag = tagOf(made);
  if (tag === "Generator") return made as Coroutine<unknown>;
  if (tag === "AsyncGenerator") throw mistake(TypeError, "asyncGenerator", made);
  if (toOp(made) !== null) return isHandle(made) ? null : driveOp(made);
  return typeof (made as { then?: unknown }).then === "function" ? drivePromise(g, made as PromiseLike<unknown>) : null;
}

// A body that returned an Op (`go(() => ch.recv())`) performs it.
function* driveOp(op: unknown): Coroutine<unknown> {
  return yield* op as Iterable<Yielded, unknown, Resumed>;
}

// A body that is an async function waits for its promise. Cancelled, the handle settles and the function runs on.
function* drivePromise(g: G, promise: PromiseLike<unknown>): Coroutine<unknown> {
  const op = new PromiseOp(promise);
  g.flags |= Fdetached;
  try {
    return yield* op as unknown as Iterable<Yielded, unknown, Resumed>;
  } finally {
    g.flags &= ~Fdetached;
    const p = g.program;
    if (op.unsettled && p.settle !== null && !p.settled) rarely((rare) => rare.detach(p, g, promise));
  }
}

/** Whether a generator body returned an Op or a generator that it should have run. */
export function unfinished(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return tagOf(value) === "Generator" || (toOp(value) !== null && !isHandle(value));
}

// A goroutine's handle is a value that may be returned and passed on; other Ops are work not done.
function isHandle(x: object): boolean {
  return "cancel" in x && "status" in x;
}

/**
 * Goroutine side. The error for a mistake, to be thrown where it was made: at once, or a cancellation could come first.
 * Its words may have to be loaded; who reports an error waits for them (`worded`).
 */
export function mistake(
  What: new (text: string) => Error,
  why: "misusedYield" | "unfinished" | "asyncGenerator",
  value: unknown,
): Error {
  const err = new What(`${why}: its explanation is being loaded`);
  rarely((rare) => rare.explain(err, rare[why](sched, value, toOp(value))));
  return err;
}

/** Checks what was given to go(), call() and run(). */
export function checkBody(who: string, body: unknown): void {
  if (typeof body !== "function")
    throw new TypeError(`${expected(who, "a function", body)}; its arguments come after it`);
}

// What a goroutine's body may be, what it may return, and how the usual mistakes are told.

import { addToStack, expected } from "./errors.ts";
import type { G } from "./g.ts";
import { Fdetached } from "./g-status.ts";
import type { Coroutine, Resumed, Yielded } from "./op.ts";
import { toOp } from "./op-base.ts";
import { PromiseOp } from "./promise-op.ts";
import type { Rare } from "./rare.ts";
import { loadRare } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { UNWIND } from "./unwind.ts";

/** What a body returned. */
export const entered = { value: 0, generator: 1, promise: 2, op: 3, asyncGenerator: 4 } as const;

const GeneratorProto: object = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()));
const AsyncGeneratorProto: object = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})()));

const inherits = Object.prototype.isPrototypeOf;

function isGenerator(x: object): boolean {
  return inherits.call(GeneratorProto, x);
}

/** Goroutine side. Says how a body's return value is to be taken. */
export function bodyResult(made: unknown): number {
  if (typeof made !== "object" || made === null) return entered.value;
  if (isGenerator(made)) return entered.generator;
  if (inherits.call(AsyncGeneratorProto, made)) return entered.asyncGenerator;
  if (toOp(made) !== null) return isHandle(made) ? entered.value : entered.op;
  return typeof (made as { then?: unknown }).then === "function" ? entered.promise : entered.value;
}

/** A body that returned an Op (`go(() => ch.recv())`) performs it. */
export function* driveOp(op: unknown): Coroutine<unknown> {
  return yield* op as Iterable<Yielded, unknown, Resumed>;
}

/** A body that is an async function waits for its promise. Cancelled, the handle settles and the function runs on. */
export function* drivePromise(g: G, promise: PromiseLike<unknown>): Coroutine<unknown> {
  const op = new PromiseOp(promise);
  g.flags |= Fdetached;
  try {
    return yield* op as unknown as Iterable<Yielded, unknown, Resumed>;
  } finally {
    g.flags &= ~Fdetached;
    if (op.unsettled) g.program.detach(g, promise);
  }
}

/** Whether a generator body returned an Op or a generator that it should have run. */
export function unfinished(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isGenerator(value) || (toOp(value) !== null && !isHandle(value));
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
  const words = (rare: Rare): string => rare[why](sched, value, toOp(value));
  if (sched.rare !== null) return new What(words(sched.rare));
  const err = new What(`${why}: its explanation is being loaded`);
  void loadRare().then((rare) => rare?.explain(err, words));
  return err;
}

/** Checks what was given to go(), call() and run(). */
export function checkBody(who: string, body: unknown): void {
  if (typeof body !== "function")
    throw new TypeError(`${expected(who, "a function", body)}; its arguments come after it`);
}

/** Frames that an error lists; a million would drown it. */
const MAX_NOTED = 16;
const noted = new WeakMap<object, number>();

/** Adds the body that an error came through to its stack, inner to outer, as engines do for async functions. */
export function noteCallee(err: unknown, callee: string): void {
  if (err === UNWIND || !(err instanceof Error)) return;
  const n = (noted.get(err) ?? 0) + 1;
  noted.set(err, n);
  if (n <= MAX_NOTED) addToStack(err, `at call ${callee || "anonymous"}`);
  else if (n === MAX_NOTED + 1) addToStack(err, "at call …");
}

// What a goroutine's body may be, what it may return, and the errors for the usual mistakes.

import { addToStack, expected, MisuseError } from "./errors.ts";
import type { G } from "./g.ts";
import { Fdetached } from "./g-status.ts";
import type { Coroutine, Resumed, Yielded } from "./op.ts";
import { type OpBase, toOp } from "./op-base.ts";
import { sched } from "./sched.ts";
import { UntilOp } from "./until.ts";
import { UNWIND } from "./unwind.ts";

/** What a body returned. */
export const entered = { value: 0, generator: 1, promise: 2, op: 3 } as const;

const GeneratorProto: object = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})()));
const AsyncGeneratorProto: object = Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})()));

const inherits = Object.prototype.isPrototypeOf;

function isGenerator(x: object): boolean {
  return inherits.call(GeneratorProto, x);
}

/**
 * Goroutine side. Says how a body's return value is to be taken.
 * @throws TypeError for an async generator, which can be neither entered nor awaited
 */
export function bodyResult(made: unknown): number {
  if (typeof made !== "object" || made === null) return entered.value;
  if (isGenerator(made)) return entered.generator;
  if (inherits.call(AsyncGeneratorProto, made))
    throw new TypeError(
      "go: an async generator cannot be a goroutine's body: use function* with yield*, or an async function",
    );
  if (toOp(made) !== null) return isHandle(made) ? entered.value : entered.op;
  return typeof (made as { then?: unknown }).then === "function" ? entered.promise : entered.value;
}

/** A body that returned an Op (`go(() => ch.recv())`) performs it. */
export function* driveOp(op: unknown): Coroutine<unknown> {
  return yield* op as Iterable<Yielded, unknown, Resumed>;
}

/** A body that is an async function waits for its promise. Cancelled, the handle settles and the function runs on. */
export function* drivePromise(g: G, promise: PromiseLike<unknown>): Coroutine<unknown> {
  const op = new UntilOp(promise);
  g.flags |= Fdetached;
  try {
    return yield* op as unknown as Iterable<Yielded, unknown, Resumed>;
  } finally {
    g.flags &= ~Fdetached;
    if (op.unsettled) g.program.detach(g, promise);
  }
}

/** The error for a generator body that returned an Op or a generator it should have run, or null. */
export function unfinished(value: unknown): TypeError | null {
  if (typeof value !== "object" || value === null) return null;
  const op = toOp(value) !== null && !isHandle(value);
  if (!op && !isGenerator(value)) return null;
  return new TypeError(
    `a goroutine's body returned ${op ? "an operation" : "a generator"} that was never run: write return yield* …`,
  );
}

// A goroutine's handle is a value that may be returned and passed on; other Ops are work not done.
function isHandle(x: object): boolean {
  return "cancel" in x && "status" in x;
}

/** The error for a body that yielded something itself. */
export function misusedYield(value: unknown): MisuseError {
  if (typeof value === "object" && value !== null) {
    const op = toOp(value);
    if (op !== null)
      return new MisuseError(
        `a goroutine yielded an operation (${op.describe()})${madeAt(op)}: write yield* (with the star), as in yield* ch.recv()`,
      );
    if (typeof (value as { then?: unknown }).then === "function")
      return new MisuseError("a goroutine yielded a promise: write yield* until(promise)");
    if ("write yield* (with the star), not yield" in value)
      return new MisuseError(
        "an operation was driven by a generator that the scheduler does not run: delegate to it with yield*, or use call()",
      );
  }
  return new MisuseError(expected("yield", "yield* and an operation", value));
}

// A generator does not tell where it stands, and the error is made outside it. But the operation was made in the line of
// its yield, and GRDEBUG=ops=1 knows where.
function madeAt(op: OpBase<unknown>): string {
  const site = sched.opMade === null ? "" : sched.opMade(op);
  return site === "" ? "" : ` made at ${site}`;
}

/** Checks what was given to go(), call() and run(). */
export function checkBody(who: string, body: unknown): void {
  if (typeof body === "function") return;
  if (typeof body === "object" && body !== null && isGenerator(body))
    throw new TypeError(
      `${who}: expected a function, got a generator: pass the generator function itself, and its arguments after it`,
    );
  throw new TypeError(expected(who, "a function", body));
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

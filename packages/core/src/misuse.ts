// The words for the usual mistakes in a body.

import type { OpBase } from "./op-base.ts";
import type { Sched } from "./sched.ts";
import { waitReasonText } from "./wait-words.ts";

/** Gives an error that was thrown before its words were here what it should say. */
export function explain(err: Error, words: string): void {
  try {
    const { message, stack } = err;
    err.message = words;
    err.stack = (stack as string).replace(message, () => words);
  } catch {
    // whoever caught it may have frozen it, and it keeps its short text; not every engine has a stack
  }
}

/** A body yielded something itself: `op` is what it yielded, if that is an operation. */
export function misusedYield(sched: Sched, value: unknown, op: OpBase<unknown> | null): string {
  if (op !== null)
    return `a goroutine yielded an operation (${op.describe(waitReasonText)})${madeAt(sched, op)}: write yield* (with the star), as in yield* ch.recv()`;
  if (value === sched.switch.value)
    return "an operation was driven by a generator that the scheduler does not run: delegate to it with yield*, or use call()";
  if (typeof (value as { then?: unknown } | null | undefined)?.then === "function")
    return "a goroutine yielded a promise: write yield* until(promise)";
  return `yield: expected yield* and an operation, got ${Object(value) === value ? `a value of type ${typeof value}` : String(value)}`;
}

// A generator does not tell where it stands, and the error is made outside it. But the operation was made in the line of
// its yield, and GRDEBUG=ops=1 knows where.
function madeAt(sched: Sched, op: OpBase<unknown>): string {
  const site = sched.opMade === null ? "" : sched.opMade(op);
  return site === "" ? "" : ` made at ${site}`;
}

/** A generator body returned an operation or a generator that it should have run. */
export function unfinished(_sched: Sched, _value: unknown, op: OpBase<unknown> | null): string {
  return `a goroutine's body returned ${op === null ? "a generator" : "an operation"} that was never run: write return yield* …`;
}

/** A body made an async generator, which can be neither entered nor awaited. */
export function asyncGenerator(): string {
  return "go: an async generator cannot be a goroutine's body: use function* with yield*, or an async function";
}

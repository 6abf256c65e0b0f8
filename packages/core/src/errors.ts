// Every error that core throws on purpose, and the three doors (Go: panic, fatal, throw).
//
// User error: a GrError with a stable `code`. Bad argument: TypeError or RangeError made by `expected`.
// Runtime bug: `fatal`, which nobody catches. Codes are API, texts are not.

/** Base of every error that gr throws on purpose. `code` is API; the text is not. */
export abstract class GrError extends Error {
  abstract readonly code: `GR_${string}`;
}

/** Nobody can make progress any more (Go's text). `dump` is stacks() at that moment, `cycle` says who waits for whom. */
export class DeadlockError extends GrError {
  override readonly name = "DeadlockError";
  readonly code = "GR_DEADLOCK";
  declare readonly dump: string;
  declare readonly cycle: string;
  constructor(message: string, dump: string, cycle: string) {
    super(`${message}${cycle && `\n${cycle}`}\n\n${dump}`);
    // They are in the message: whoever prints the error wants them once.
    Object.defineProperties(this, { dump: { value: dump }, cycle: { value: cycle } });
  }
}

/** Joining a goroutine that was cancelled. `cause` is the reason given to cancel(). */
export class CancelledError extends GrError {
  override readonly name = "CancelledError";
  readonly code = "GR_CANCELLED";
  constructor(what: string, reason: unknown) {
    super(`${what} was cancelled${reason === undefined ? "" : `: ${printValue(reason)}`}`, { cause: reason });
  }
}

/** Joining a goroutine that ended by goexit(). */
export class GoexitError extends GrError {
  override readonly name = "GoexitError";
  readonly code = "GR_GOEXIT";
  constructor(what: string) {
    super(`${what} called goexit`);
  }
}

/** timeout(op, ms): the time was up before op completed. */
export class TimeoutError extends GrError {
  override readonly name = "TimeoutError";
  readonly code = "GR_TIMEOUT";
  readonly ms: number;
  constructor(ms: number) {
    super(`timed out after ${ms} ms`);
    this.ms = ms;
  }
}

/** A goroutine threw something that is not an Error. `cause` is what it threw. */
export class PanicError extends GrError {
  override readonly name = "PanicError";
  readonly code = "GR_PANIC";
  constructor(thrown: unknown) {
    super(`panic: ${printValue(thrown)}`, { cause: thrown });
  }
}

/** A function that was to run on another thread cannot be found there, or is not portable. */
export class NotPortableError extends GrError {
  override readonly name = "NotPortableError";
  readonly code = "GR_NOT_PORTABLE";
}

/** The thread that ran a goroutine is gone. */
export class ThreadLostError extends GrError {
  override readonly name = "ThreadLostError";
  readonly code = "GR_THREAD_LOST";
}

/** The runtime was used in a way that cannot be answered (Go: fatal error). */
export class MisuseError extends GrError {
  override readonly name = "MisuseError";
  readonly code = "GR_MISUSE";
}

/** The error for an operation that is started where no goroutine runs; or, `inside` one, while another still waits. */
export function notDriven(inside = false): MisuseError {
  return new MisuseError(
    `an operation was ${inside ? "driven by hand and still waits" : "started outside every goroutine"}: use yield* in a goroutine, await elsewhere`,
  );
}

/** The runtime broke its own rule. Never caught, never thrown for a caller's mistake. (Go: throw) */
export function fatal(rule: string): never {
  throw new Error(`gr: runtime bug: ${rule}`);
}

/** The text of a bad-argument error: `who: expected what, got value`. */
export function expected(who: string, what: string, got: unknown): string {
  return `${who}: expected ${what}, got ${printValue(got)}`;
}

/** Adds a line to an error's stack; nothing if the error does not allow it (frozen, or a getter). */
export function addToStack(err: Error, line: string): void {
  try {
    if (typeof err.stack === "string") err.stack += `\n    ${line}`;
  } catch {
    // the error is the user's: it stays as it is
  }
}

/** A short, safe rendering of any value for error texts (go#145). */
export function printValue(v: unknown): string {
  try {
    if (typeof v === "string") return v.length > 80 ? `${v.slice(0, 80)}…` : v;
    if (typeof v === "function") return `function ${v.name || "anonymous"}`;
    if (v instanceof Error) return v.message;
    if (typeof v === "object" && v !== null) return Object.prototype.toString.call(v);
    return String(v);
  } catch {
    return "panic while printing panic value";
  }
}

// The types of the one idea of the core: an operation is a value.
//
// Strings as keys, since a symbol-keyed member does not survive isolatedDeclarations. The members that begin with `~`
// exist for the compiler only.

/** What a goroutine's body yields to the scheduler. Never made by users: they write `yield*` an Op. */
export interface Yielded {
  readonly "write yield* (with the star), not yield": never;
}
/** What the scheduler passes back. */
export interface Resumed {
  readonly "~resumed": never;
}
/** What a generator body returns: `function* f(a: A): Coroutine<T>`. */
export type Coroutine<T> = Generator<Yielded, T, Resumed>;

/**
 * An operation: nothing happens until it is used, by `yield*` in a goroutine, by `await` anywhere else, or as a case of
 * select. Each use performs it anew. One that did not complete had no effect.
 */
export interface Op<out T> extends PromiseLike<T> {
  readonly "~op": T;
  [Symbol.iterator](): Iterator<Yielded, T, Resumed>;
}

/** An Op that, as a case of select, also knows whether the channel was closed. */
export interface RecvOp<out T> extends Op<T | undefined> {
  readonly "~recv": T;
}

/** What go() starts: a generator, async or plain function. */
export type Body<A extends readonly unknown[], T> = (...args: A) => Coroutine<T> | PromiseLike<T> | T;

/** What crosses threads by reference: channels, shared locks. */
export interface Crosses {
  readonly "~crosses": true;
}

/** A body whose arguments and result have been checked already. */
export type AnyBody = Body<readonly never[], unknown>;

// blocking: a call that blocks its thread, on a thread of its own; the P goes on without it.

import { type Body, type Coroutine, NotPortableError, type Op, type Portable } from "@gr/core";
import { portableOf, sched, spawn, Wait } from "@gr/core/internal";
import { queueBlocking } from "./blocking-calls.ts";
import type { MPeers } from "./m-peers.ts";
import { noGoroutine } from "./no-goroutine.ts";
import { BLOCKING } from "./start-record.ts";
import { TaskOp } from "./task-op.ts";

/** What a body returns, awaited. */
export type Result<R> = R extends Coroutine<infer T> ? T : R extends PromiseLike<infer T> ? T : R;

/** unknown when a function that returns R can be called so; else an object type whose key says what to do. */
export type Callable<R> = 0 extends 1 & R
  ? unknown
  : [R] extends [never]
    ? unknown
    : [R] extends [Coroutine<unknown>]
      ? { readonly "a goroutine is no blocking call: new Thread(fn), or go(fn)": R }
      : unknown;

/**
 * Calls fn(...args) on an extra thread, which it may block: in Atomics.wait, a synchronous read, a long computation.
 * Blocks the caller only. It holds no P, so goroutines go on meanwhile on as many threads as before (Go: a system call).
 * Cancelled before a thread has taken it, it never runs. One that runs cannot be interrupted: who waits is let go at once,
 * the call goes on and its result is dropped. While there is one thread it is an ordinary call.
 * A call has no goroutine: a generator function is refused, since only a scheduler could run it, and that thread's is what
 * may be blocked. `new Thread(fn)` gives it a thread of its own.
 * @throws NotPortableError if fn is not portable; TypeError if it is a generator function; what fn throws
 */
export function blocking<A extends readonly unknown[], R>(
  fn: Portable<(...args: A) => R> & Callable<R>,
  ...args: A
): Op<Result<R>> {
  const portable = portableOf(fn);
  if (portable === undefined)
    throw new NotPortableError(
      `blocking: expected a function made by portable(), got ${fn.name || "an anonymous one"}`,
    );
  const wrong = noGoroutine(fn, portable.name);
  if (wrong !== null) throw wrong;
  return new TaskOp<Result<R>>(Wait.Blocking, () => {
    const { peers } = sched;
    if (peers === null) return spawn(fn as unknown as Body<readonly never[], unknown>, args);
    const here = peers as MPeers;
    const put = (record: number): void => queueBlocking(here.group, here, record);
    here.putBlocking ??= put;
    const g = here.home.make(portable, args, BLOCKING);
    if (g.record !== 0) put(g.record);
    return g;
  }) as unknown as Op<Result<R>>;
}

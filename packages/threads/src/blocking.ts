// blocking: a call that blocks its thread, on a thread of its own; the P goes on without it.

import { type Body, type Coroutine, NotPortableError, type Op, type Portable } from "@gr/core";
import { portableOf, sched, spawn, Wait } from "@gr/core/internal";
import { queueBlocking } from "./blocking-calls.ts";
import type { MPeers } from "./m-peers.ts";
import { BLOCKING } from "./start-record.ts";
import { TaskOp } from "./task-op.ts";

/** What a body returns, awaited. */
export type Result<R> = R extends Coroutine<infer T> ? T : R extends PromiseLike<infer T> ? T : R;

/**
 * Calls fn(...args) on an extra thread, which it may block: in Atomics.wait, a synchronous read, a long computation.
 * Blocks the caller only. It holds no P, so goroutines go on meanwhile on as many threads as before (Go: a system call).
 * Cancelled before a thread has taken it, it never runs. One that runs cannot be interrupted: who waits is let go at once,
 * the call goes on and its result is dropped. While there is one thread it is an ordinary call.
 * @throws NotPortableError if fn is not portable; what fn throws
 */
export function blocking<A extends readonly unknown[], R>(fn: Portable<(...args: A) => R>, ...args: A): Op<Result<R>> {
  const portable = portableOf(fn);
  if (portable === undefined)
    throw new NotPortableError(
      `blocking: expected a function made by portable(), got ${fn.name || "an anonymous one"}`,
    );
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

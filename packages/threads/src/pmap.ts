// pmap: a portable function over many items, on all threads.

import { type Coroutine, go, gomaxprocs, type Op, type Portable, scope } from "@gr/core";
import { expected, spawn, Wait } from "@gr/core/internal";
import { TaskOp } from "./task-op.ts";

export interface PmapOptions {
  /** Most goroutines at once. Default: four per P, so that none runs dry. */
  readonly concurrency?: number | undefined;
}

/**
 * Runs fn(item) for every item on all threads and gives the results in the items' order. The first failure cancels the
 * rest and is thrown. Reads the items as it goes, no further ahead than `concurrency`.
 * @throws RangeError if concurrency is not a positive integer
 */
export function pmap<T, R>(
  items: Iterable<T>,
  fn: Portable<(item: T) => Coroutine<R> | PromiseLike<R> | R>,
  options: PmapOptions = {},
): Op<R[]> {
  const { concurrency } = options;
  if (concurrency !== undefined && (!Number.isInteger(concurrency) || concurrency < 1))
    throw new RangeError(expected("pmap", "concurrency to be an integer >= 1", concurrency));
  function* pmapBody(): Coroutine<R[]> {
    const results: R[] = [];
    const source = items[Symbol.iterator]();
    let next = 0;
    function* lane(): Coroutine<void> {
      for (;;) {
        const item = source.next();
        if (item.done === true) return;
        const i = next++;
        const g = go(fn as (item: T) => Coroutine<R>, item.value);
        try {
          results[i] = yield* g;
        } finally {
          g.cancel();
        }
      }
    }
    // An empty slot per lane costs little; a lane that finds nothing ends at once.
    const lanes = concurrency ?? 4 * gomaxprocs();
    yield* scope(function* (s) {
      for (let i = 0; i < lanes; i++) s.go(lane);
    });
    return results;
  }
  return new TaskOp<R[]>(Wait.Scope, () => spawn(pmapBody, [])) as unknown as Op<R[]>;
}

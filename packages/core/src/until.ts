// until: a goroutine waits for a promise, or for one that a function makes. The host's event loop is our network poller.
//
// A use that is beaten before it waits (a select finds another case ready, or takes default; a timeout of no time) only
// polls, and nobody tells the operation that it lost. But poll and enqueue run with no other code between them, so in
// the microtask after the start either somebody waits or the start was for nobody.

import { expected } from "./errors.ts";
import type { Op } from "./op.ts";
import { PromiseOp } from "./promise-op.ts";
import type { Waiter } from "./wait-queue.ts";

/** Its promise is made at the first use, with a signal that says when nobody waits any more. */
class MadeOp extends PromiseOp<(signal: AbortSignal) => PromiseLike<unknown>> {
  private abort: AbortController | null = null;

  override dequeue(w: Waiter): void {
    super.dequeue(w);
    this.abandon();
  }

  protected override promise(): PromiseLike<unknown> {
    this.abort = new AbortController();
    void Promise.resolve().then(() => this.abandon());
    const made = this.source(this.abort.signal);
    if (typeof made?.then !== "function")
      throw new TypeError(expected("until", "the function to return a promise", made));
    return made;
  }

  // Once it has settled there is nothing to abort.
  private abandon(): void {
    if (this.waiters.size === 0 && this.unsettled) this.abort?.abort();
  }
}

function ignore(): void {}

/**
 * Waits for a promise, or for the one that a function makes when the operation is first used; the function's signal is
 * aborted when nobody waits any more: cancelled, timed out, or beaten in a select. Blocks; other goroutines go on.
 * @throws what the promise rejects with
 */
export function until<T>(source: PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>)): Op<T> {
  if (typeof source !== "function" && typeof (source as { then?: unknown } | null)?.then !== "function")
    throw new TypeError(expected("until", "a promise or a function that makes one", source));
  if (typeof source === "function") return new MadeOp(source) as unknown as Op<T>;
  // A select polls its cases in a random order, up to the first that is ready: without this, whether one behind it
  // reports its rejection would be chance. Another's `then` may do more than wait: it is asked at the first use.
  if ((source as object).constructor === Promise) source.then(undefined, ignore);
  return new PromiseOp(source) as unknown as Op<T>;
}

// `for await` over a channel, outside every goroutine: leaving early leaves the channel as it is.

import { awaitOutside, type Waiter } from "@gr/core/internal";
import type { LocalChan } from "./chan.ts";
import { RecvOkOp } from "./chan-ops.ts";

export class ChanIterator<T> implements AsyncIterator<T> {
  private readonly op: IteratorRecv<T>;
  private left: boolean;
  constructor(c: LocalChan<T>) {
    this.op = new IteratorRecv<T>(c);
    this.left = false;
  }
  async next(): Promise<IteratorResult<T>> {
    if (this.left) return { done: true, value: undefined };
    const r = await awaitOutside(this.op);
    return r.ok ? { done: false, value: r.value } : { done: true, value: undefined };
  }
  async return(): Promise<IteratorResult<T>> {
    this.left = true;
    this.op.leave();
    return { done: true, value: undefined };
  }
}

// `for await` never leaves while it waits, but others that read an iterator do (Node's Readable.from, when destroyed), and
// what is left there would take the next value from the channel and lose it.
class IteratorRecv<T> extends RecvOkOp<T> {
  private readonly waiting: Set<Waiter>;
  constructor(c: LocalChan<T>) {
    super(c);
    this.waiting = new Set();
  }
  override enqueue(w: Waiter): void {
    super.enqueue(w);
    this.waiting.add(w);
  }
  override finish(w: Waiter, own: Waiter): ReturnType<RecvOkOp<T>["finish"]> {
    this.waiting.delete(w);
    return super.finish(w, own);
  }
  /** Takes back those who wait: they are told that nothing more comes. */
  leave(): void {
    for (const w of this.waiting) {
      if (!w.party.claim()) continue;
      this.dequeue(w);
      w.value = undefined;
      w.ok = false;
      w.party.wake(w);
    }
  }
}

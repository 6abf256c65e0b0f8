// `for await` over a channel, outside every goroutine.

import { awaitOutside } from "@gr/core/internal";
import type { LocalChan } from "./chan.ts";
import { RecvOkOp } from "./chan-ops.ts";

/** `for await` over a channel: leaving early leaves the channel as it is. */
export class ChanIterator<T> implements AsyncIterator<T> {
  private readonly op: RecvOkOp<T>;
  constructor(c: LocalChan<T>) {
    this.op = new RecvOkOp<T>(c);
  }
  async next(): Promise<IteratorResult<T>> {
    const r = await awaitOutside(this.op);
    return r.ok ? { done: false, value: r.value } : { done: true, value: undefined };
  }
  async return(): Promise<IteratorResult<T>> {
    return { done: true, value: undefined };
  }
}

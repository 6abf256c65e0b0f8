// fromAsyncIterable: a channel of what an async iterable gives.

import { expected } from "@gr/core/internal";
import { checkCapacity } from "./capacity.ts";

import { HostChan, pump, type Source, type SourceOptions } from "./host-chan.ts";

/**
 * A channel of source's values, read one at a time as they are received. It is closed when source ends, and throws at
 * the receiver what source throws. Disposing calls the iterator's return(). Reading begins at once.
 * @throws TypeError if source is no async iterable
 */
export function fromAsyncIterable<T>(source: AsyncIterable<T>, options?: SourceOptions): Source<T> {
  if (typeof source?.[Symbol.asyncIterator] !== "function")
    throw new TypeError(expected("fromAsyncIterable", "an async iterable", source));
  const capacity = checkCapacity("fromAsyncIterable", options?.capacity ?? 0);
  const c = new HostChan<T>(capacity, options?.name ?? "async iterable");
  const iterator = source[Symbol.asyncIterator]();
  c.onLeave(() => iterator.return?.());
  void pump(c, () => iterator.next());
  return c;
}

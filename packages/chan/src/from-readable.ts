// fromReadable: a channel of the chunks of a stream, the web's or Node's.

import { expected } from "@gr/core/internal";
import { checkCapacity } from "./capacity.ts";

import { HostChan, pump, type Source, type SourceOptions } from "./host-chan.ts";

/** What is used of a Node Readable; no package of Node's is imported for it. */
export interface NodeReadable extends AsyncIterable<unknown> {
  destroy(error?: Error): unknown;
}

/**
 * A channel of stream's chunks, read one at a time as they are received. It is closed when the stream ends, and throws
 * at the receiver what the stream fails with. Disposing cancels a web stream and destroys Node's. Reading begins at
 * once, and the stream is locked: nobody else may read it.
 * @throws TypeError if stream is neither kind; what getReader() throws if it is locked
 */
export function fromReadable<T>(stream: ReadableStream<T>, options?: SourceOptions): Source<T>;
export function fromReadable<T = Uint8Array>(stream: NodeReadable, options?: SourceOptions): Source<T>;
export function fromReadable(stream: ReadableStream<unknown> | NodeReadable, options?: SourceOptions): Source<unknown> {
  const capacity = checkCapacity("fromReadable", options?.capacity ?? 0);
  const c = new HostChan<unknown>(capacity, options?.name ?? "readable");
  if (isWeb(stream)) {
    const reader = stream.getReader();
    c.onLeave(() => reader.cancel());
    void pump(c, () => reader.read()).then(() => reader.releaseLock());
  } else if (isNode(stream)) {
    const iterator = stream[Symbol.asyncIterator]();
    // Not iterator.return(): it would wait in line behind a read that may never end.
    c.onLeave(() => stream.destroy());
    void pump(c, () => iterator.next());
  } else throw new TypeError(expected("fromReadable", "a ReadableStream or a Node Readable", stream));
  return c;
}

function isWeb(stream: unknown): stream is ReadableStream<unknown> {
  return typeof (stream as ReadableStream | null)?.getReader === "function";
}
function isNode(stream: unknown): stream is NodeReadable {
  const node = stream as NodeReadable | null;
  return typeof node?.[Symbol.asyncIterator] === "function" && typeof node.destroy === "function";
}

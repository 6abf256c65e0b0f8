// toReadable: a web stream of what a channel gives.

import { expected } from "@gr/core/internal";
import type { Receiver } from "./channel.ts";

export interface ToReadableOptions {
  /**
   * Called when the stream's consumer cancels it, instead of disposing of the channel. A value that was on its way to a
   * read in that turn is lost with the read, as what a stream holds in its own queue is.
   */
  readonly onCancel?: ((reason: unknown) => void) | undefined;
}

/**
 * A web ReadableStream of ch's values (Node's: Readable.fromWeb(toReadable(ch), { objectMode: true })). It takes a value only when one is
 * read, ends when ch is closed and drained, and fails with what ch's source fails with. Cancelling it disposes of ch:
 * a source stops, a Chan is closed, so that its senders are thrown SendOnClosedChannelError and not left waiting.
 * @throws TypeError if ch is no channel
 */
export function toReadable<T>(ch: Receiver<T>, options?: ToReadableOptions): ReadableStream<T> {
  if (typeof ch?.recvOk !== "function") throw new TypeError(expected("toReadable", "a channel", ch));
  const left = new AbortController();
  return new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const r = await ch.recvOk({ signal: left.signal });
          if (left.signal.aborted) return;
          if (r.ok) controller.enqueue(r.value);
          else controller.close();
        } catch (err) {
          if (!left.signal.aborted) throw err;
        }
      },
      cancel(reason) {
        left.abort(reason);
        if (options?.onCancel !== undefined) options.onCancel(reason);
        else (ch as Partial<Disposable>)[Symbol.dispose]?.();
      },
    },
    { highWaterMark: 0 },
  );
}

// close: Go's built-in, for a channel that may be nil.

import type { Sender } from "./channel.ts";
import { CloseOfNilChannelError } from "./errors.ts";

/**
 * The same as ch.close(), for a channel that may be undefined or null. Never blocks.
 * @throws CloseOfNilChannelError, CloseOfClosedChannelError
 */
export function close(ch: Sender<never> | undefined | null): void {
  if (ch === undefined || ch === null) throw new CloseOfNilChannelError();
  ch.close();
}

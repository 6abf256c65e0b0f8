// transfer: an argument, a result or a message whose buffers move instead of being copied for good (shm/transfer.ts says
// how).
//
// They are emptied when the goroutine has been queued (or has ended), or when the send has won; never if that fails.

import { sched } from "@gr/core/internal";
import { moveWith } from "@gr/shm";

/**
 * Marks an argument of a portable, its result, or a message on a channel: the buffers in `list` are emptied here once it
 * is on its way to another thread; a send that is cancelled or loses leaves them whole. What arrives is what they held when
 * the send began. It is the value itself that is given back: on its own thread it goes on as it is, and nothing is
 * emptied; nor is it while there is one thread. As a part of another value it throws a DataCloneError.
 * @throws DataCloneError if a buffer is listed twice or empty already
 */
export function transfer<T>(value: T, list: readonly ArrayBuffer[]): T {
  if (sched.peers !== null) moveWith(value, list);
  return value;
}

// transfer: an argument or a result whose buffers move instead of being copied for good (shm/transfer.ts says how).
//
// They are emptied when the goroutine has been queued (or has ended), never if that fails.

import { sched } from "@gr/core/internal";
import { moveWith } from "@gr/shm";

/**
 * Marks an argument of a portable, or its result: the buffers in `list` are emptied here once it is on its way. It is
 * the value itself that is given back: on its own thread it goes on as it is, and nothing is emptied; nor is it while
 * there is one thread. As a part of another value, or sent to another thread on a channel, it throws a DataCloneError.
 * @throws DataCloneError if a buffer is listed twice or empty already
 */
export function transfer<T>(value: T, list: readonly ArrayBuffer[]): T {
  if (sched.peers !== null) moveWith(value, list);
  return value;
}

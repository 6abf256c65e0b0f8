// transfer: an argument or a result whose buffers move instead of being copied for good.
//
// A buffer is copied into shared memory and then emptied on this side, so that a value has one owner. It is emptied when
// the goroutine has been queued (or has ended), never if that fails.

import { sched } from "@gr/core/internal";
import { checkTransfer } from "@gr/shm";

/** What transfer() makes; the receiver gets `value`. */
export class Transfer {
  readonly value: unknown;
  readonly list: readonly ArrayBuffer[];
  constructor(value: unknown, list: readonly ArrayBuffer[]) {
    this.value = value;
    this.list = list;
  }
}

/**
 * Marks an argument of a portable, or its result: the buffers in `list` are emptied here once it is on its way. While
 * there is one thread it is the value itself, and nothing is emptied.
 * @throws DataCloneError if a buffer is listed twice or empty already
 */
export function transfer<T>(value: T, list: readonly ArrayBuffer[]): T {
  checkTransfer(list);
  return sched.peers === null ? value : (new Transfer(value, list) as unknown as T);
}

/** Throws what emptying them would, before anything is sent. */
export function checkTransfers(moved: readonly Transfer[]): void {
  checkTransfer(moved.flatMap(({ list }) => list));
}

/** The arguments with transfers replaced by what they hold. */
export function unpack(args: readonly unknown[]): readonly unknown[] {
  return args.map((arg) => (arg instanceof Transfer ? arg.value : arg));
}

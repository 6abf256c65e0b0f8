// The words that say who holds a thing that threads share: refs, and their holders. See shared-objects.ts.

import { ops } from "./atomics.ts";
import { numberOf, slotOf } from "./deaths.ts";

/** Where a thing of one kind has these words. */
export interface RefWords {
  /** How many refs there are. */
  readonly refs: number;
  /** The sum of M + 1 over those that are objects. */
  readonly holders: number;
  /** The queues of those who wait at it. */
  readonly queues: readonly number[];
}

/** Any thread. The object of thread m, or (m is -1) a message, is no more; the refs that are left. */
export function dropRef(mem: Int32Array, at: number, words: RefWords, m: number): number {
  // Order matters: whoever leaves one ref finds in the holders who has it.
  if (m >= 0) ops.sub(mem, at + words.holders, m + 1);
  return ops.sub(mem, at + words.refs, 1) - 1;
}

/**
 * Any thread, after it has left one ref. The thread that is alone with the thing and has somebody waiting there; or -1.
 * A guess: the cell may be another's by now.
 */
export function leftAlone(mem: Int32Array, at: number, words: RefWords): number {
  // Order matters: after the refs went down; pairs with isAlone.
  if (words.queues.every((q) => ops.load(mem, at + q) === 0)) return -1;
  const m = ops.load(mem, at + words.holders) - 1;
  return m >= 0 && numberOf(mem, slotOf(m)) === m ? m : -1;
}

/** Thread that has an object, once its waiters are queued. Is that the only ref? Then it stays so until it makes another. */
export function isAlone(mem: Int32Array, at: number, words: RefWords): boolean {
  return ops.load(mem, at + words.refs) === 1;
}

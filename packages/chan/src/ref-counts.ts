// The words that say who holds a shared channel: REFS and HOLDERS. See shared-refs.ts.

import { numberOf, ops, slotOf } from "@gr/shm";
import { HOLDERS, RECVQ, REFS, SENDQ } from "./shared-words.ts";

/** Any thread. The object of thread m, or (m is -1) a message, is no more; the refs that are left. */
export function dropRef(mem: Int32Array, c: number, m: number): number {
  // Order matters: whoever leaves one ref finds in HOLDERS who has it.
  if (m >= 0) ops.sub(mem, c + HOLDERS, m + 1);
  return ops.sub(mem, c + REFS, 1) - 1;
}

/**
 * Any thread, after it has left one ref. The thread that is alone with the channel and has somebody waiting there; or -1.
 * A guess: the cell may be another's by now.
 */
export function leftAlone(mem: Int32Array, c: number): number {
  // Order matters: after REFS went down; pairs with isAlone.
  if (ops.load(mem, c + RECVQ) === 0 && ops.load(mem, c + SENDQ) === 0) return -1;
  const m = ops.load(mem, c + HOLDERS) - 1;
  return m >= 0 && numberOf(mem, slotOf(m)) === m ? m : -1;
}

/** Thread that has an object, once its waiters are queued. Is that the only ref? Then it stays so until it makes another. */
export function isAlone(mem: Int32Array, c: number): boolean {
  return ops.load(mem, c + REFS) === 1;
}

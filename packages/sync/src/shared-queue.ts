// What the protocols of a shared mutex and of a shared wait group have in common.

import { breakLock, claimFirst, lock, ops, ownerOf, removeWaiter, unlock, W_NEXT, W_OK } from "@gr/shm";
import { BROKEN, LOCK, QUEUE, STATE, VERSION } from "./shared-words.ts";

/** What an operation came to. */
export const BLOCKED = 0;
export const COMPLETED = 1;
/** The waiter that was to be queued has been claimed through another queue meanwhile. */
export const LOST = 2;
/** Nobody can use it any more. */
export const ON_BROKEN = 3;

export function lockAt(mem: Int32Array, x: number, m: number, canBlock: boolean): void {
  lock(mem, x + LOCK, m, canBlock);
}
export function unlockAt(mem: Int32Array, x: number, m: number): void {
  unlock(mem, x + LOCK, m);
}

/**
 * Any thread, without the lock. Two equal readings with polls in between: it became neither free nor zero from the first
 * to the second.
 */
export function versionOf(mem: Int32Array, x: number): number {
  // Order matters: whoever is inside now counts up before it lets go, so this waits for it.
  while (ops.load(mem, x + LOCK) !== 0) ops.pause();
  return ops.load(mem, x + VERSION);
}

/** Holder of LOCK. What was not possible is possible now. */
export function bump(mem: Int32Array, x: number): void {
  ops.store(mem, x + VERSION, (ops.peek(mem, x + VERSION) + 1) | 0);
}

/** Holder of LOCK. Claims all who wait, as thread m, and says `ok` to them; a list by W_NEXT, the first queued first. */
export function claimAll(mem: Int32Array, x: number, m: number, ok: number): number {
  let first = 0;
  let last = 0;
  for (let w = claimFirst(mem, x + QUEUE, m); w !== 0; w = claimFirst(mem, x + QUEUE, m)) {
    ops.poke(mem, w + W_NEXT, 0);
    ops.store(mem, w + W_OK, ok);
    if (last === 0) first = w;
    else ops.poke(mem, last + W_NEXT, w);
    last = w;
  }
  return first;
}

/** Holder of LOCK. Takes a waiter off the queue; nothing if it is on none. */
export function unlink(mem: Int32Array, x: number, w: number): void {
  // The links may be half changed, and nobody follows them any more.
  if (ops.peek(mem, x + STATE) !== BROKEN) removeWaiter(mem, w);
}

/** Any thread, once thread `dead` runs no more. If it held LOCK, the thing is broken from now on. */
export function brokenBy(mem: Int32Array, x: number, dead: number): void {
  // Order matters: broken before anybody else can have the lock.
  if (ownerOf(mem, x + LOCK) === dead) ops.store(mem, x + STATE, BROKEN);
  breakLock(mem, x + LOCK, dead);
}

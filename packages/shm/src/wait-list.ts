// The queue of those who wait at a shared thing: a list of waiter cells, its two words (first, last) at `q`.
//
// Everything here runs under the locks of the thing, but for a look at the first word: 0 means that nobody waits.

import { ops } from "./atomics.ts";
import { take1 } from "./claim.ts";
import { isDead } from "./deaths.ts";
import { W_CLAIM, W_M, W_NEXT, W_ON, W_PREV } from "./waiter-words.ts";

/** Holder of the locks. Appends a waiter. */
export function appendWaiter(mem: Int32Array, q: number, w: number): void {
  const last = ops.peek(mem, q + 1);
  ops.poke(mem, w + W_NEXT, 0);
  ops.poke(mem, w + W_PREV, last);
  ops.poke(mem, w + W_ON, q);
  if (last === 0) ops.store(mem, q, w);
  else ops.poke(mem, last + W_NEXT, w);
  ops.poke(mem, q + 1, w);
}

/** Holder of the locks. Takes a waiter out of its queue; nothing if it is on none. */
export function removeWaiter(mem: Int32Array, w: number): void {
  const q = ops.peek(mem, w + W_ON);
  if (q === 0) return;
  const next = ops.peek(mem, w + W_NEXT);
  const prev = ops.peek(mem, w + W_PREV);
  if (prev === 0) ops.store(mem, q, next);
  else ops.poke(mem, prev + W_NEXT, next);
  if (next === 0) ops.poke(mem, q + 1, prev);
  else ops.poke(mem, next + W_PREV, prev);
  ops.poke(mem, w + W_ON, 0);
}

/** Holder of the locks. Takes out and claims, for thread m, the longest waiting; 0 if there is none. */
export function claimFirst(mem: Int32Array, q: number, m: number): number {
  for (;;) {
    const w = ops.peek(mem, q);
    if (w === 0) return 0;
    const claim = ops.peek(mem, w + W_CLAIM);
    const lost = isDead(mem, ops.peek(mem, w + W_M));
    removeWaiter(mem, w);
    if (!lost && take1(mem, claim, m)) return w;
  }
}

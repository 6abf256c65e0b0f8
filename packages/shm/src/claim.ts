// The claim word: who has won a party, and which thread did it.
//
//   OPEN   0              not yet
//   TAKEN  thread * 4 + 1 for good, by that thread
//   BUSY   thread * 4 + 2 its own thread, that one, is trying to complete it

import { ops } from "./atomics.ts";
import { isDead } from "./deaths.ts";

export const OPEN = 0;
export const TAKEN = 1;
export const BUSY = 2;

export const taken = (m: number): number => (m << 2) | TAKEN;
export const busy = (m: number): number => (m << 2) | BUSY;
export const kindOf = (claim: number): number => claim & 3;
export const ownerOfClaim = (claim: number): number => claim >> 2;

/**
 * Any thread, as thread m. Makes `claim` TAKEN; false if it was. Waits while its thread is trying to complete it, unless
 * that thread is dead: then nobody needs it any more.
 */
export function take1(mem: Int32Array, claim: number, m: number): boolean {
  for (;;) {
    const was = ops.compareExchange(mem, claim, OPEN, taken(m));
    if (was === OPEN) return true;
    if (kindOf(was) === TAKEN || isDead(mem, ownerOfClaim(was))) return false;
    ops.pause();
  }
}

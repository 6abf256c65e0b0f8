// The protocol of a shared mutex: what happens to its words. No values, no goroutines.
//
// What.  holdNow takes the mutex if it is free; matchHold does so for a waiter, or queues it; passOn hands it to the
//        longest waiting, or frees it.
// Words. holder: the M in STATE. Which of its goroutines it is, only that M knows: it has the Lock. dead: see
//        shm/deaths.ts. claim, party, BUSY: see shm/claim.ts.
// How.   A free mutex is taken by one CAS, without the lock. It is passed on under the lock, from holder to holder: it is
//        never free while somebody waits, so newcomers cannot overtake.
// Invariants.
//   I1  STATE leaves the value m + 1 by thread m alone, under LOCK, or by whoever finds it dead.
//   I2  Whenever LOCK is free and STATE is 0, nobody is on the queue.
//   I3  A mutex whose holder is dead is broken, for good; nobody need have said so.
// The hard part. A select that is about to queue itself finds the mutex free. It must win both its own claim and the
//   mutex, or neither: its own is BUSY while it tries the mutex.
//   A hand-over to a thread that dies. The dying one may be marked dead, and all others may have looked at what they wait
//   for, before it stands in STATE; then nobody would look again.
//     passer: 1 write STATE   2 look for the mark       burier: 1 write the mark   2 look at STATE
//   One of them sees the other; if it is the passer, it tells all who wait that the mutex is broken.
// Rejected. Freeing the mutex of a dead holder (what it guards may be half changed); the waiter's goroutine in STATE (its
//   number needs more than a word, and the Lock may be released by another).
// Sources. Go's sync/mutex.go, its starvation mode.

import {
  appendWaiter,
  busy,
  claimFirst,
  isDead,
  OK_DONE,
  OK_NO,
  OPEN,
  ops,
  taken,
  W_CLAIM,
  W_M,
  W_NEXT,
  W_OK,
} from "@gr/shm";
import { BLOCKED, bump, COMPLETED, claimAll, LOST, ON_BROKEN } from "./shared-queue.ts";
import { BROKEN, QUEUE, STATE } from "./shared-words.ts";

/** Any thread. Is the thread that holds it gone, or did one die inside? */
export function isLost(mem: Int32Array, x: number): boolean {
  return gone(mem, ops.load(mem, x + STATE));
}

function gone(mem: Int32Array, state: number): boolean {
  return state === BROKEN || (state !== 0 && isDead(mem, state - 1));
}

/** Any thread, as thread m. Takes the mutex: COMPLETED, BLOCKED or ON_BROKEN. */
export function holdNow(mem: Int32Array, x: number, m: number): number {
  const seen = ops.compareExchange(mem, x + STATE, 0, m + 1);
  if (seen === 0) return COMPLETED;
  return gone(mem, seen) ? ON_BROKEN : BLOCKED;
}

/** Holder of LOCK, as thread m. Takes the mutex for waiter w, or queues it. */
export function matchHold(mem: Int32Array, x: number, m: number, w: number): number {
  const mine = ops.peek(mem, w + W_CLAIM);
  if (ops.compareExchange(mem, mine, OPEN, busy(m)) !== OPEN) return LOST;
  const came = holdNow(mem, x, m);
  if (came !== BLOCKED) {
    ops.store(mem, mine, taken(m));
    return came;
  }
  ops.store(mem, mine, OPEN);
  appendWaiter(mem, x + QUEUE, w);
  return BLOCKED;
}

/**
 * Holder of LOCK and of the mutex, as thread m. Hands it on, or frees it. The waiters to wake, as a list by W_NEXT: who
 * has it now, or all if it is broken by that.
 */
export function passOn(mem: Int32Array, x: number, m: number): number {
  if (ops.load(mem, x + STATE) !== m + 1) return 0;
  const w = claimFirst(mem, x + QUEUE, m);
  if (w === 0) {
    ops.store(mem, x + STATE, 0);
    bump(mem, x);
    return 0;
  }
  const to = ops.peek(mem, w + W_M);
  // Order matters: named before it is looked at; pairs with who buries it.
  ops.store(mem, x + STATE, to + 1);
  if (isDead(mem, to)) return claimAll(mem, x, m, OK_NO);
  ops.poke(mem, w + W_NEXT, 0);
  ops.store(mem, w + W_OK, OK_DONE);
  return w;
}

// The protocol of a shared wait group: what happens to its words. No values, no goroutines.
//
// What.  addNow counts up or down; addUnder does under the lock what addNow left; matchWait queues a waiter.
// Words. step: the counter falls to zero. claim, party: see shm/claim.ts.
// How.   The counter is one word, changed by one CAS without the lock, unless that would be the step. The step is made
//        under the lock, and all who wait are claimed before it is let go. Waiters queue under the lock, having seen that
//        the counter is not zero.
// Invariants.
//   I1  While LOCK is held by another, the counter does not fall to zero. So a waiter that is queued waits for a step that
//       is still to come, and only for one.
//   I2  The queue is empty whenever the counter is zero and LOCK is free.
//   I3  The counter is never below zero: what would make it so changes nothing.
// The hard part. The group is used again at once: somebody adds just after the step. Go forbids that while a waiter has not
//   returned (go#100), since its waiters count on the counter; here who was claimed stays released, and who queues
//   afterwards finds the new count.
// Rejected. A fetch-and-subtract (below zero it would have to be taken back, and others would have seen it); a bit in the
//   counter for "somebody waits", which keeps the step without waiters off the lock (then nothing tells a select's default
//   that the group became done in between; and a step is rare).
// Sources. Go's sync/waitgroup.go.

import { appendWaiter, ops, take1, W_CLAIM } from "@gr/shm";
import { BLOCKED, bump, COMPLETED, LOST, ON_BROKEN } from "./shared-queue.ts";
import { BROKEN, QUEUE, STATE } from "./shared-words.ts";

/** The counter's largest value. */
export const MOST = 0x7fffffff;

/** What an add came to, beside ON_BROKEN. */
export const ADDED = 10;
/** It would be the step, for which the lock is needed; under the lock: it was. */
export const STEP = 11;
export const BELOW_ZERO = 12;
export const TOO_MANY = 13;

/** Any thread. Adds n, which is not 0, unless the counter would fall to zero. */
export function addNow(mem: Int32Array, x: number, n: number): number {
  for (;;) {
    const seen = ops.load(mem, x + STATE);
    const came = judge(seen, n);
    if (came !== ADDED || ops.compareExchange(mem, x + STATE, seen, seen + n) === seen) return came;
  }
}

/** Holder of LOCK. Adds n, which is not 0. STEP: it became zero, and the caller must claim all who wait. */
export function addUnder(mem: Int32Array, x: number, n: number): number {
  for (;;) {
    const seen = ops.load(mem, x + STATE);
    const came = judge(seen, n);
    if (came !== ADDED && came !== STEP) return came;
    if (ops.compareExchange(mem, x + STATE, seen, seen + n) !== seen) continue;
    if (came === STEP) bump(mem, x);
    return came;
  }
}

function judge(seen: number, n: number): number {
  if (seen === BROKEN) return ON_BROKEN;
  const left = seen + n;
  if (left < 0) return BELOW_ZERO;
  if (left > MOST) return TOO_MANY;
  return left === 0 ? STEP : ADDED;
}

/** Holder of LOCK, as thread m. Queues waiter w, unless the counter is zero. */
export function matchWait(mem: Int32Array, x: number, m: number, w: number): number {
  const seen = ops.load(mem, x + STATE);
  if (seen > 0) {
    appendWaiter(mem, x + QUEUE, w);
    return BLOCKED;
  }
  if (!take1(mem, ops.peek(mem, w + W_CLAIM), m)) return LOST;
  return seen === 0 ? COMPLETED : ON_BROKEN;
}

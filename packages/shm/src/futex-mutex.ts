// Mutex over one shared word, with its owner in it.
//
// What.  Mutual exclusion between threads for a few dozen instructions; no user code runs inside one.
// Words. owner: a number per thread, 0 to 2^30 - 2. free: the word is 0.
//
//          bit 31   30        29 ....... 0
//          | zero | WAITERS | owner + 1   |
//
// How.   Uncontended: one CAS in, one exchange out. Contended: spin a little, then set WAITERS and sleep on the word.
//        unlock wakes one sleeper if WAITERS was set. A thread that may have slept takes the lock with WAITERS set,
//        for it cannot know whether others still sleep.
// Invariants.
//   I1  Only the thread named by the word is inside.
//   I2  While a thread sleeps on the word, the word has WAITERS, or a thread that was woken is about to take it.
// The hard part. Going to sleep races with unlock:
//   sleeper: 1 set WAITERS (CAS)   2 wait while the word is as it set it
//   owner:   1 exchange 0          2 if WAITERS was set, notify one
//   The wait compares, so an exchange between 1 and 2 makes it return at once. If the woken thread took the lock
//   without WAITERS, a second sleeper would be forgotten (model test "three threads").
//   A thread that dies may have been woken and not yet taken the lock: breakLock therefore always passes a wake on.
// Rejected. A ticket or queue lock (a dead thread in the queue blocks all behind it); a recursive lock (hides bugs);
//   owner kept in a second word (between two writes nobody can tell who holds it).
// Sources. Drepper, "Futexes Are Tricky", mutex 2; the words and layout are ours.
//
// | word | unit  | written by                                     | read by    |
// |------|-------|------------------------------------------------|------------|
// | at   | state | any thread (CAS in; owner's exchange out)      | any thread |

import { ops } from "./atomics.ts";
import { fatal } from "./fatal.ts";

/** A mutex is this many words, all 0 at first. */
export const MUTEX_WORDS = 1;

const FREE = 0;
const WAITERS = 1 << 30;
const OWNER = WAITERS - 1;

/** Spins before sleeping: about the time a short critical section takes. */
const DEFAULT_SPINS = 100;
let spins = DEFAULT_SPINS;

/** Model tests only. Returns the number before. */
export function setMutexSpins(n: number): number {
  const before = spins;
  spins = n;
  return before;
}

/** Any thread. Takes the lock if it is free; never blocks. */
export function tryLock(mem: Int32Array, at: number, owner: number): boolean {
  return ops.compareExchange(mem, at, FREE, owner + 1) === FREE;
}

/** Any thread. Takes the lock; blocks if `canBlock`, else spins until it is free (a browser's main thread). */
export function lock(mem: Int32Array, at: number, owner: number, canBlock: boolean): void {
  if (ops.compareExchange(mem, at, FREE, owner + 1) !== FREE) lockSlow(mem, at, owner + 1, canBlock);
}

function lockSlow(mem: Int32Array, at: number, me: number, canBlock: boolean): void {
  if ((ops.load(mem, at) & OWNER) === me) fatal("futex mutex: locked again by its owner");
  for (let i = 0; i < spins || !canBlock; i++) {
    if (ops.load(mem, at) === FREE && ops.compareExchange(mem, at, FREE, me) === FREE) return;
    ops.pause();
  }
  for (;;) {
    const seen = ops.load(mem, at);
    if (seen === FREE) {
      // Others may sleep; keep WAITERS for them (I2).
      if (ops.compareExchange(mem, at, FREE, me | WAITERS) === FREE) return;
      continue;
    }
    if ((seen & WAITERS) === 0 && ops.compareExchange(mem, at, seen, seen | WAITERS) !== seen) continue;
    ops.wait(mem, at, seen | WAITERS);
  }
}

/** Owner thread only. Releases the lock and wakes one sleeper. */
export function unlock(mem: Int32Array, at: number, owner: number): void {
  const seen = ops.exchange(mem, at, FREE);
  if ((seen & OWNER) !== owner + 1) fatal(`futex mutex: unlocked by ${owner}, held by ${(seen & OWNER) - 1}`);
  if ((seen & WAITERS) !== 0) ops.notify(mem, at, 1);
}

/** Any thread. The holder, or -1. */
export function ownerOf(mem: Int32Array, at: number): number {
  return (ops.load(mem, at) & OWNER) - 1;
}

/**
 * Any thread, once `deadOwner` runs no more. Frees the lock if it was held by it; true if so: what it guards may be half
 * changed. Must be called for every lock the dead thread may have waited on too, for it may have taken a wake with it.
 */
export function breakLock(mem: Int32Array, at: number, deadOwner: number): boolean {
  for (;;) {
    const seen = ops.load(mem, at);
    if ((seen & OWNER) !== deadOwner + 1) {
      ops.notify(mem, at, 1);
      return false;
    }
    if (ops.compareExchange(mem, at, seen, FREE) === seen) {
      ops.notify(mem, at, 1);
      return true;
    }
  }
}

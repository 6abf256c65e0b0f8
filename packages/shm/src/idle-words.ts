// Idle words: who sleeps, and who is woken when there is work.
//
// What.  Keeps some thread awake for each published unit of work, and wakes no more than one for each.
// Words. idle: parked or about to park; one bit per thread. claim: to clear another's bit, which gives the right and the
//        duty to unpark it. look: the caller's search for work, everywhere that it can come from.
// How.   The caller's loop is   for (;;) { if (look()) return; announce; if (look()) { retract; return; } park; }
//        A submitter publishes, then calls wakeOne. Parking is parker.ts.
// Invariants.
//   I1  A published unit is seen by an awake thread, or some idle thread is being unparked for it.
//   I2  Only thread m sets bit m; only a claimer or thread m clears it.
//   I3  A claimed thread is unparked by its claimer, once.
// The hard part. Going to sleep races with submit:
//   sleeper:   1 announce (set bit)   2 look again   3 park
//   submitter: 1 publish              2 read IDLE    3 claim and unpark
//   Whichever makes its step 2 last sees the other's step 1. With the sleeper's 1 and 2 swapped both can miss each other
//   (model test "never slept through").
//   If the sleeper finds work at 2 and its bit is gone, a wake was spent on it for another unit, which may now have
//   nobody: retract says so, and the sleeper must wake another in its place (Go: resetspinning, then wakep).
// Rejected. A count of sleepers under a lock (all threads meet there); waking everyone (they find nothing and sleep
//   again); a list of sleepers (threads die in it).
// Sources. Go proc.go, "Worker thread parking/unparking"; tokio's idle.rs.
//
// | word          | unit | written by                                      | read by    |
// |---------------|------|-------------------------------------------------|------------|
// | idle + m / 32 | bits | thread m sets bit m; m or a claimer clears it   | any thread |

import { ops } from "./atomics.ts";

/** Words for `threads` threads, all 0 at first. */
export const idleWords = (threads: number): number => (threads + 31) >>> 5;

/** Owner thread only (thread m). Says that m is about to park. Look again after it. */
export function announceIdle(mem: Int32Array, idle: number, m: number): void {
  // Order matters: before the second look; pairs with claimIdle(), which is after the publishing.
  ops.or(mem, idle + (m >>> 5), 1 << (m & 31));
}

/**
 * Owner thread only (thread m). Takes the announcement back, because the second look found work, or m woke by itself.
 * False if somebody has claimed m: an unpark for it is on its way, and m must wake another in its place.
 */
export function retractIdle(mem: Int32Array, idle: number, m: number): boolean {
  const bit = 1 << (m & 31);
  return (ops.and(mem, idle + (m >>> 5), ~bit) & bit) !== 0;
}

/** Any thread, after it has published. An idle thread that the caller must now unpark, or -1 if none is idle. */
export function claimIdle(mem: Int32Array, idle: number, threads: number): number {
  const words = idleWords(threads);
  for (let word = 0; word < words; word++) {
    for (;;) {
      const seen = ops.load(mem, idle + word);
      if (seen === 0) break;
      const bit = seen & -seen;
      if ((ops.and(mem, idle + word, ~bit) & bit) !== 0) return word * 32 + (31 - Math.clz32(bit));
    }
  }
  return -1;
}

/** Any thread. How many are idle, as a hint. */
export function countIdle(mem: Int32Array, idle: number, threads: number): number {
  let count = 0;
  for (let word = 0; word < idleWords(threads); word++) {
    for (let bits = ops.load(mem, idle + word); bits !== 0; bits &= bits - 1) count++;
  }
  return count;
}

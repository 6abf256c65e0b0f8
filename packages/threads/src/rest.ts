// Rest: whether any M will ever act again. Here is what each M says; the look at all of them is in all-rest.ts.
//
// What.  Tells, at one instant and exactly, that every M sleeps, that nothing is on its way between them, and, for
//        judgement in exact mode, that no event loop can wake any of them either.
// Words. rest: a word of each M: bits for how it rests, and a version. asleep: the M's pass has ended with nothing
//        runnable. drained: moreover its event loop has nothing left that could call it. stir: what an M does first
//        when it is called again. mail: see shm's isolate.ts; it is the only thing that makes a resting M act.
// How.   An M that falls asleep says so in its word, and again when its loop has drained. An M that is called stirs
//        before it looks at its mail. Who wants to know reads all words, then the group's counts under the lock, then
//        all inboxes and all words again.
//        The last M to come to rest finds all others at rest, and rings main by mail if it is not main itself.
// Invariants.
//   I1  An M whose bits say that it rests sends no mail, queues nothing and takes no P.
//   I2  It takes mail out of its inbox only after it has stirred.
//   I3  allRest is true only if at one instant all rested, all inboxes were empty and the counts said that nothing is
//       queued, held or starting. Then nothing ever changes again, but for what the host does in an M that did not drain.
// The hard part. Words are read one after the other while Ms go on:
//   reader: 1 all words    2 counts, under the lock    3 inbox, then word, of each
//   M:      1 stir         2 take mail                 3 act (push mail)          4 rest
//   A word that is the same in 1 and 3 stood still at 2. A letter that lay in an inbox at 2 lies there at 3, or its M
//   has stirred before its word is read again: hence the inbox first. Without versions an M may have stirred, mailed one
//   that was read already, and come to rest between the two looks (model test "a letter behind the reader").
//   Finding it at last: each M says that it rests, then looks at the others; of two that do so at once, one sees both.
//   M that starts meanwhile: STARTING counts it until it is Awake, and an M that was none at 1 may not be one at 3.
// Rejected. A count of mail sent and received (each push would pay); asking by mail (it wakes everybody, again and
//   again); process.getActiveResourcesInfo in workers (it does not list what runs in libuv's thread pool).
// Sources. Mattern, Algorithms for distributed termination detection (1987); Go's checkdead has one lock for it.
//
// | word   | unit                                        | written by | read by    |
// |--------|---------------------------------------------|------------|------------|
// | M_REST | Rest bits, version from bit 4               | the M      | any thread |

import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import { BITS, VERSION } from "./rest-bits.ts";

/** Owner thread only. This M rests, as the bits say. */
export function rest(s: Group, bits: number): void {
  const at = s.slot + w.M_REST;
  // Order matters: said before it looks at the others; pairs with theirs.
  ops.store(s.mem, at, (ops.peek(s.mem, at) & ~BITS) | bits);
}

/** Owner thread only. This M is about to look at its mail, or to act. */
export function stir(s: Group): void {
  const at = s.slot + w.M_REST;
  const was = ops.peek(s.mem, at);
  // Order matters: before the inbox is taken; pairs with the last look of allRest.
  if ((was & BITS) !== 0) ops.store(s.mem, at, ((was & ~BITS) + VERSION) | 0);
}

/** Any thread, as a hint. How M m rests. */
export function restOf(mem: Int32Array, m: number): number {
  return ops.load(mem, w.mSlot(m) + w.M_REST) & BITS;
}

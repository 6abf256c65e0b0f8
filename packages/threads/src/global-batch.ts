// GlobalBatch: takes a batch of records from the global queue, most of it outside the lock.
//
// What.  min(n / procs + 1, max) records (go#163): the first to be started, the others into this P's queue, which is empty.
// Words. walk: from GHEAD along the links. cut: GHEAD moves behind the last record of the walk. GTAKEN: raised whenever
//        GHEAD has moved on.
// How.   The records were written by another thread, so each step of a walk waits for a line of the cache; a batch of 128
//        under the lock kept everybody out who had a record to queue. So the walk comes before the lock, and what it finds
//        is staged behind the tail of this P's queue, where nobody looks. Under the lock the batch is cut off and the tail
//        moved, if GTAKEN is still what it was. Else the walk is done again, under the lock.
// Invariants.
//   I1  GHEAD moves on under the lock alone, and GTAKEN is raised after it. Other than that records are only appended.
//   I2  From a reading of GTAKEN until it changes, GHEAD stays as it was, and so do the links of records behind it.
// The hard part. What the walk reads may be anything, for the records may have been taken, started and used anew:
//   walker: 1 read GTAKEN   2 read GHEAD, walk   3 lock                    4 is GTAKEN as it was?   5 cut
//   other:  1 lock          2 move GHEAD         3 raise GTAKEN, unlock    4 queue a record of the batch again
//   With the other's 3 before 2, the walker could read the new GTAKEN and the old head, and walk links that are no more
//   (model test "a record that comes back"). Until 4 nothing that was read is believed.
//   A thread that dies between the two stores of a cut takes its batch with it, as one does with the record in its hands.
// Rejected. Taking the whole queue and putting the rest back (for a moment there is nothing to find, and Ms go to sleep);
//   a queue of batches (records of the front would have to say where the next batch is, and a cancelled one is any).

import type { Deque } from "@gr/shm";
import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";

/** Who takes, and how many came with its last take. */
export interface Taker {
  readonly group: Group;
  got: number;
}

/** Holder of the P whose queue is `own`, which has room for max - 1 more. The record to start; 0 if there is none. */
export function takeBatch({ ops }: Pick<Handed, "ops">, q: Taker, own: Deque, max: number): number {
  const s = q.group;
  const { mem } = s;
  const taken = ops.load(mem, w.GTAKEN);
  let n = share(ops, s, max);
  if (n === 0) return 0;
  let first = ops.load(mem, w.GHEAD);
  let last = walk(ops, mem, own, first, n);
  s.lock();
  if (last === 0 || ops.load(mem, w.GTAKEN) !== taken) {
    n = share(ops, s, max);
    first = ops.load(mem, w.GHEAD);
    last = walk(ops, mem, own, first, n);
  }
  if (n > 0) {
    cut(ops, s, last, n);
    // Order matters: after the slots; pairs with a thief's load of the tail.
    if (n > 1) ops.store(mem, own.tail, (ops.peek(mem, own.tail) + n - 1) | 0);
    q.got = n;
  }
  s.unlock();
  return n === 0 ? 0 : first;
}

function share(ops: Handed["ops"], s: Group, max: number): number {
  const all = ops.load(s.mem, w.NGLOBAL);
  return Math.min(all, Math.floor(all / s.procs) + 1, max);
}

// Stages all of n but the first. The last; 0 if this is no list of n.
function walk(ops: Handed["ops"], mem: Int32Array, own: Deque, first: number, n: number): number {
  const tail = ops.peek(mem, own.tail);
  let record = first;
  for (let i = 1; i < n; i++) {
    record = ops.peek(mem, record);
    // What lies outside the memory reads as undefined.
    if (!(record > 0)) return 0;
    ops.poke(mem, own.slots + ((tail + i - 1) & own.mask), record);
  }
  return record;
}

/** Caller holds the lock. The `n` oldest records, of which `last` is the last, are queued no more. */
export function cut(ops: Handed["ops"], { mem }: Group, last: number, n: number): void {
  const next = ops.peek(mem, last);
  ops.store(mem, w.GHEAD, next);
  if (next === 0) ops.poke(mem, w.GTAIL, 0);
  // Order matters: after the head has moved; pairs with the walk, which reads it first.
  ops.store(mem, w.GTAKEN, (ops.peek(mem, w.GTAKEN) + 1) | 0);
  ops.sub(mem, w.NGLOBAL, n);
}

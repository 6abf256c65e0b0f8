// Deque: the run queue of a P. One owner puts, anyone takes.
//
// What.  A ring of start records, one word each, from which idle threads steal half at a time.
// Words. owner: the thread that holds the P; only it puts, and only it steals into this ring. thief: any other.
//        record: any number but 0.
//
//          head                    tail
//           v                       v
//     |..|r1|r2|r3|r4|r5|..|..|..|..|..|      slot of index i: i & (size - 1); indices only grow, and wrap at 2^32
//
// How.   put writes the slot at tail, then publishes tail. get and steal read slots from head, then claim them by one
//        CAS of head. A full ring gives half of itself back to the caller, who puts it into the global queue: half, so
//        that the next overflow is half a ring away.
// Invariants.
//   I1  0 <= tail - head <= size.
//   I2  Only the owner writes tail and slots; a slot in [head, tail) is not written.
//   I3  A record leaves by exactly one successful CAS of head.
// The hard part. A thief reads slots before it owns them:
//   thief: 1 load head   2 load tail   3 copy slots   4 CAS head
//   owner: 1 load head   2 write slot at tail         3 store tail
//   The owner may reuse a slot only after head has passed it, which makes the thief's CAS fail. If the thief loaded
//   tail before head, it could see tail - head too large after others moved head; if the owner published tail before
//   the slot, a thief could claim what is not there yet. Head may move between the thief's 1 and 2, so that the
//   difference exceeds the size: then it looks again.
// Rejected. Chase and Lev's deque (its owner takes from the thieves' far end: not FIFO, and stealing one by one);
//   a lock (the owner would pay for every put); growing (unbounded latency of one put, and a bounded ring is what makes
//   work flow to the global queue).
// Sources. Go's runq (runqput, runqget, runqgrab, runqputslow).
//
// | word              | unit   | written by               | read by    |
// |-------------------|--------|--------------------------|------------|
// | base + HEAD       | index  | any thread (CAS)         | any thread |
// | base + TAIL       | index  | owner                    | any thread |
// | base + SLOTS + i  | record | owner                    | any thread |

import { ops } from "./atomics.ts";

const HEAD = 0;
/** A cache line away from head: thieves write head, the owner writes tail. */
const TAIL = 16;
const SLOTS = 32;

export const DEQUE_SIZE = 256;

/** Words of a deque of `size` records, all 0 at first. */
export const dequeWords = (size: number = DEQUE_SIZE): number => SLOTS + size;

/** A view of a deque in shared words. All threads' views of one base must have one size. */
export class Deque {
  readonly size: number;
  private readonly mem: Int32Array;
  private readonly head: number;
  /** Where the word and the slots are: for the owner, who may write several behind the tail before it moves that. */
  readonly tail: number;
  readonly slots: number;
  readonly mask: number;

  constructor(mem: Int32Array, base: number, size: number = DEQUE_SIZE) {
    if (size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`shm: expected deque size to be a power of two >= 2, got ${size}`);
    }
    this.size = size;
    this.mem = mem;
    this.head = base + HEAD;
    this.tail = base + TAIL;
    this.slots = base + SLOTS;
    this.mask = size - 1;
  }

  /** Any thread. Number of records at some moment during the call. */
  get length(): number {
    for (;;) {
      const head = ops.load(this.mem, this.head);
      const tail = ops.load(this.mem, this.tail);
      if (ops.load(this.mem, this.head) === head) return (tail - head) | 0;
    }
  }

  /**
   * Owner thread only. Puts a record at the tail; never blocks. Returns 0 if it is in. If the ring was full, moves the
   * oldest half and the record itself to `spill` (at least size / 2 + 1 long) and returns their number.
   */
  put(record: number, spill: Int32Array | number[]): number {
    const { mem, mask } = this;
    const tail = ops.peek(mem, this.tail); // ours: nobody else writes it
    for (;;) {
      const head = ops.load(mem, this.head);
      if (((tail - head) | 0) < this.size) {
        ops.poke(mem, this.slots + (tail & mask), record);
        // Order matters: publishes the slot; pairs with the thief's load of tail.
        ops.store(mem, this.tail, (tail + 1) | 0);
        return 0;
      }
      const half = this.size >> 1;
      for (let i = 0; i < half; i++) spill[i] = ops.peek(mem, this.slots + ((head + i) & mask));
      if (ops.compareExchange(mem, this.head, head, (head + half) | 0) !== head) continue;
      spill[half] = record;
      return half + 1;
    }
  }

  /** Owner thread only. Takes the oldest record; 0 if there is none. */
  get(): number {
    const { mem } = this;
    const tail = ops.peek(mem, this.tail);
    for (;;) {
      const head = ops.load(mem, this.head);
      if (head === tail) return 0;
      const record = ops.peek(mem, this.slots + (head & this.mask));
      if (ops.compareExchange(mem, this.head, head, (head + 1) | 0) === head) return record;
    }
  }

  /**
   * Owner thread only (of this ring). Steals half of the victim's records, rounded up, at most `max` and as many as
   * fit. Returns the last of them, to be run now, and puts the others into this ring; 0 if there was nothing.
   */
  stealFrom(victim: Deque, max: number = Infinity): number {
    const { mem, mask } = this;
    const tail = ops.peek(mem, this.tail);
    const room = this.size - ((tail - ops.load(mem, this.head)) | 0);
    for (;;) {
      // Order matters: head before tail, or records that left meanwhile count as still there.
      const head = ops.load(mem, victim.head);
      const count = (ops.load(mem, victim.tail) - head) | 0;
      let n = Math.min(count - (count >> 1), max);
      if (n <= 0) return 0;
      if (n > victim.size >> 1) continue; // head and tail are of different moments
      if (n - 1 > room) n = room + 1;
      let last = 0;
      for (let i = 0; i < n; i++) {
        last = ops.peek(mem, victim.slots + ((head + i) & victim.mask));
        if (i < n - 1) ops.poke(mem, this.slots + ((tail + i) & mask), last);
      }
      if (ops.compareExchange(mem, victim.head, head, (head + n) | 0) !== head) continue;
      if (n > 1) ops.store(mem, this.tail, (tail + n - 1) | 0);
      return last;
    }
  }
}

// Bounded ring for many producers and many consumers; each cell carries a stamp.
//
// A cell's stamp says whose turn it is: index = free for the push of that index, index + 1 = holds the value of that
// index. A push claims its index by CAS of tail, writes the value, then sets the stamp; a pop claims by CAS of head,
// reads, then sets the stamp for the next lap. Claim and commit are two calls, so that a value of any width can be
// written in place. A thread that stops between the two makes the ring look full or empty at that cell; others wait
// for nothing but that cell.
//
//   I1  A claimed cell is touched by its claimer only, until its commit.
//   I2  Values leave in the order in which their pushes were claimed.
//
// Sources. Vyukov's bounded MPMC queue; crossbeam-channel's array flavor for the two phases.
//
// | word                | unit   | written by                    | read by         |
// |---------------------|--------|-------------------------------|-----------------|
// | base + HEAD         | index  | poppers (CAS)                 | any thread      |
// | base + TAIL         | index  | pushers (CAS)                 | any thread      |
// | cell + 0            | stamp  | the cell's claimer, at commit | any thread      |
// | cell + 1 ...        | value  | pusher, between its two calls | popper, likewise |

import { ops } from "./atomics.ts";

const HEAD = 0;
/** A cache line away: pushers and poppers should not share one. */
const TAIL = 16;
const CELLS = 32;

/** Words of a ring of `size` cells with `width` words of value each. */
export const mpmcWords = (size: number, width: number): number => CELLS + size * (width + 1);

/** Before sharing. Sets the stamps of fresh words. */
export function initMpmc(mem: Int32Array, base: number, size: number, width: number): void {
  ops.store(mem, base + HEAD, 0);
  ops.store(mem, base + TAIL, 0);
  for (let i = 0; i < size; i++) ops.store(mem, base + CELLS + i * (width + 1), i);
}

/** A view of a ring in shared words. */
export class MpmcRing {
  readonly size: number;
  private readonly mem: Int32Array;
  private readonly head: number;
  private readonly tail: number;
  private readonly cells: number;
  private readonly mask: number;
  private readonly stride: number;

  constructor(mem: Int32Array, base: number, size: number, width: number) {
    // With one cell, "holds index 0" and "free for index 1" would be the same stamp.
    if (size < 2 || (size & (size - 1)) !== 0) {
      throw new RangeError(`shm: expected ring size to be a power of two >= 2, got ${size}`);
    }
    this.size = size;
    this.mem = mem;
    this.head = base + HEAD;
    this.tail = base + TAIL;
    this.cells = base + CELLS;
    this.mask = size - 1;
    this.stride = width + 1;
  }

  /** Any thread. Address of the value words to write before commitPush, or 0 if the ring is full. Never blocks. */
  claimPush(): number {
    const { mem } = this;
    for (;;) {
      const tail = ops.load(mem, this.tail);
      const cell = this.cells + (tail & this.mask) * this.stride;
      const lag = (ops.load(mem, cell) - tail) | 0;
      if (lag < 0) return 0;
      if (lag === 0 && ops.compareExchange(mem, this.tail, tail, (tail + 1) | 0) === tail) return cell + 1;
    }
  }

  /** The claimer. Publishes the value. */
  commitPush(value: number): void {
    const cell = value - 1;
    // Order matters: after the value; pairs with the load of the stamp in claimPop.
    ops.store(this.mem, cell, (ops.peek(this.mem, cell) + 1) | 0);
  }

  /** Any thread. Address of the value words to read before commitPop, or 0 if the ring is empty. Never blocks. */
  claimPop(): number {
    const { mem } = this;
    for (;;) {
      const head = ops.load(mem, this.head);
      const cell = this.cells + (head & this.mask) * this.stride;
      const lag = (ops.load(mem, cell) - (head + 1)) | 0;
      if (lag < 0) return 0;
      if (lag === 0 && ops.compareExchange(mem, this.head, head, (head + 1) | 0) === head) return cell + 1;
    }
  }

  /** The claimer. Gives the cell to the push of the next lap. */
  commitPop(value: number): void {
    const cell = value - 1;
    ops.store(this.mem, cell, (ops.peek(this.mem, cell) - 1 + this.size) | 0);
  }

  /** Any thread. Number of claimed values at some moment during the call. */
  get length(): number {
    for (;;) {
      const head = ops.load(this.mem, this.head);
      const tail = ops.load(this.mem, this.tail);
      if (ops.load(this.mem, this.head) === head) return (tail - head) | 0;
    }
  }
}

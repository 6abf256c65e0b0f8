// Inbox: an unbounded list with many producers and one consumer.
//
// What.  Any thread hands cells to one thread: ready tokens, completions, start records.
// Words. head: the word that is the inbox. cell: any even address; its first word is the link while it is in here.
//        empty: head is 0.
// How.   Producers push onto a stack by CAS. The consumer takes the whole stack by one exchange and reverses it, so
//        each producer's cells come out in its own order. Nothing is allocated; a cell carries its own link.
// Invariants.
//   I1  A pushed cell is reachable from head, or was taken by exactly one takeAll.
//   I2  Only the consumer follows links, and only of cells it has taken.
// The hard part. The link must be written before the CAS that publishes the cell, and anew for each try:
//   producer: 1 read head   2 write link   3 CAS head
//   With 2 after 3 the consumer may follow a stale link (model test "loses none").
//   A head that was taken and pushed again between 1 and 3 has the same value and is still the right link, because
//   the only other operation on head takes everything: there is no ABA to guard against.
// Rejected. A ring (bounded: a full inbox would have to block the waker); a linked queue with a dummy (a producer that
//   dies between its two writes cuts the list in two).
// Sources. Treiber's stack, with take-all instead of pop.
//
// | word | unit    | written by                             | read by                    |
// |------|---------|----------------------------------------|----------------------------|
// | head | address | any thread (CAS); consumer (exchange)  | any thread                 |
// | link | address | producer until published, then consumer | consumer                  |

import { ops } from "./atomics.ts";

/** An inbox is this many words, 0 at first. */
export const INBOX_WORDS = 1;

/** Any thread. Puts the cell in; never blocks. True if the inbox was empty: then its owner may be asleep. */
export function push(mem: Int32Array, head: number, cell: number): boolean {
  for (;;) {
    const first = ops.load(mem, head);
    // Order matters: the link is part of what the CAS publishes; pairs with takeAll().
    ops.poke(mem, cell, first);
    if (ops.compareExchange(mem, head, first, cell) === first) return first === 0;
  }
}

/** Owner thread only. Takes all cells, oldest first; 0 if there is none. Follow with nextOf. */
export function takeAll(mem: Int32Array, head: number): number {
  // Most looks find nothing; a load is cheaper than an exchange and leaves the cache line shared.
  if (ops.load(mem, head) === 0) return 0;
  let cell = ops.exchange(mem, head, 0);
  let older = 0;
  while (cell !== 0) {
    const next = ops.peek(mem, cell);
    ops.poke(mem, cell, older);
    older = cell;
    cell = next;
  }
  return older;
}

/** Owner thread only. The cell after `cell` in what takeAll returned, or 0. Read it before freeing the cell. */
export function nextOf(mem: Int32Array, cell: number): number {
  return ops.peek(mem, cell);
}

/** Any thread. A hint. */
export function isEmpty(mem: Int32Array, head: number): boolean {
  return ops.load(mem, head) === 0;
}

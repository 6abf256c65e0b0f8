// The shared part of the arena: central lists of free cells, and pages. All under the arena's lock (see arena.ts).
//
// A page's table word says what it is: 0 free, 1 + class a page of cells, RUN | n the first of n pages that are one
// large cell, REST a further page of such a run. Free runs need no list and no joining: they are neighbours in the table.
//
// Every change has one store that commits it, and what comes before is reachable from nowhere: a holder that dies
// loses what it had in its hands, and no list is broken.

import type { ArenaLayout } from "./arena-layout.ts";
import { ops } from "./atomics.ts";
import { fatal } from "./fatal.ts";

const FREE = 0;
const REST = -1;
const RUN = 1 << 30;

/** Words of one cell of class c. */
export const classWords = (layout: ArenaLayout, c: number): number => 1 << (layout.minShift + c);

/** Cells that move at once. */
export function batchOf(layout: ArenaLayout, c: number): number {
  return Math.max(1, Math.min(layout.batchCells, layout.batchWords >> (layout.minShift + c)));
}

/** Holder of lock. Takes up to a batch of cells as a chain, ended by 0; 0 if the arena is full. */
export function takeBatch(mem: Int32Array, layout: ArenaLayout, c: number): number {
  const first = ops.load(mem, layout.central + c);
  const batch = batchOf(layout, c);
  if (first !== 0) {
    let last = first;
    let n = 1;
    let rest = ops.load(mem, first);
    for (; n < batch && rest !== 0; n++) {
      last = rest;
      rest = ops.load(mem, last);
    }
    ops.store(mem, layout.central + c, rest);
    ops.store(mem, layout.centralCount + c, ops.load(mem, layout.centralCount + c) - n);
    ops.store(mem, last, 0);
    return first;
  }
  return carve(mem, layout, c, batch);
}

/** Cells that were never handed out: the rest of the class's current page, or a new one. */
function carve(mem: Int32Array, layout: ArenaLayout, c: number, batch: number): number {
  const words = classWords(layout, c);
  const pageMask = (1 << layout.pageShift) - 1;
  let at = ops.load(mem, layout.bump + c);
  // At a page's first word the last page is used up: the first cell of a page is carved when the page is taken.
  if ((at & pageMask) === 0) {
    const page = takePages(mem, layout, 1);
    if (page === 0) return 0;
    ops.store(mem, layout.table + page, 1 + c);
    ops.store(mem, layout.classPages + c, ops.load(mem, layout.classPages + c) + 1);
    at = page << layout.pageShift;
  }
  const first = at;
  const end = (at | pageMask) + 1;
  for (let n = 1; n < batch && at + words < end; n++) {
    ops.poke(mem, at, at + words);
    at += words;
  }
  ops.poke(mem, at, 0);
  ops.store(mem, layout.bump + c, at + words);
  return first;
}

/** Holder of lock. Gives back a chain of n cells from first to last. */
export function giveBatch(
  mem: Int32Array,
  layout: ArenaLayout,
  c: number,
  first: number,
  last: number,
  n: number,
): void {
  ops.store(mem, last, ops.load(mem, layout.central + c));
  ops.store(mem, layout.central + c, first);
  ops.store(mem, layout.centralCount + c, ops.load(mem, layout.centralCount + c) + n);
}

/** Holder of lock. The first of n neighbouring free pages, now counted as used; 0 if there are none. */
function takePages(mem: Int32Array, layout: ArenaLayout, n: number): number {
  const from = Math.max(ops.load(mem, layout.firstFree), layout.heapPage);
  let run = 0;
  let firstFree = 0;
  for (let page = from; page < layout.pages; page++) {
    if (ops.load(mem, layout.table + page) !== FREE) {
      run = 0;
      continue;
    }
    if (firstFree === 0) firstFree = page;
    if (++run < n) continue;
    const first = page - n + 1;
    ops.store(mem, layout.firstFree, first === firstFree ? page + 1 : firstFree);
    const used = ops.load(mem, layout.used) + n;
    ops.store(mem, layout.used, used);
    if (used > ops.load(mem, layout.high)) ops.store(mem, layout.high, used);
    return first;
  }
  return 0;
}

/** Holder of lock. A cell of its own pages; 0 if there is no such run. */
export function takeRun(mem: Int32Array, layout: ArenaLayout, words: number): number {
  const n = Math.ceil(words / (1 << layout.pageShift));
  const page = takePages(mem, layout, n);
  if (page === 0) return 0;
  for (let i = 1; i < n; i++) ops.store(mem, layout.table + page + i, REST);
  ops.store(mem, layout.table + page, RUN | n);
  return page << layout.pageShift;
}

/** Holder of lock. */
export function giveRun(mem: Int32Array, layout: ArenaLayout, page: number, pages: number): void {
  for (let i = 0; i < pages; i++) ops.store(mem, layout.table + page + i, FREE);
  ops.store(mem, layout.used, ops.load(mem, layout.used) - pages);
  if (page < ops.load(mem, layout.firstFree)) ops.store(mem, layout.firstFree, page);
}

/** The class of the cells of a page (0 and up), or -n for a run of n pages. */
export function useOf(mem: Int32Array, layout: ArenaLayout, page: number): number {
  const use = ops.peek(mem, layout.table + page);
  if (use === FREE || use === REST) fatal(`arena: page ${page} holds no cell`);
  return (use & RUN) !== 0 ? -(use & ~RUN) : use - 1;
}

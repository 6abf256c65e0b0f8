// Where the arena's words lie, and its sizes. A plain record, so that model tests can shrink it.
//
// | word                 | unit    | written by                           | read by                    |
// |----------------------|---------|--------------------------------------|----------------------------|
// | lock                 | state   | futex-mutex.ts                       | any thread                 |
// | used                 | pages   | holder of lock                       | any thread                 |
// | high                 | pages   | holder of lock                       | any thread                 |
// | firstFree            | page    | holder of lock                       | holder of lock             |
// | central + c          | address | holder of lock                       | holder of lock             |
// | centralCount + c     | cells   | holder of lock                       | any thread, as a hint      |
// | bump + c             | address | holder of lock                       | holder of lock             |
// | classPages + c       | pages   | holder of lock                       | any thread, as a hint      |
// | table + page         | use     | holder of lock, while nobody has a   | any thread with a cell of  |
// |                      |         | cell of the page                     | that page                  |
// | magazine(m) + 2c     | address | thread m                             | thread m                   |
// | magazine(m) + 2c + 1 | cells   | thread m                             | any thread, as a hint      |
// | a free cell's word 0 | address | holder of the list it is on          | likewise                   |

import { ARENA_BASE, PAGE_SHIFT, PAGE_WORDS, PAGES } from "./memory.ts";

export interface ArenaLayout {
  readonly pageShift: number;
  /** Pages of the whole memory; the heap is [heapPage, pages). */
  readonly pages: number;
  readonly heapPage: number;
  /** Words of a cell of class 0 is 1 << minShift; each class doubles. */
  readonly minShift: number;
  readonly classes: number;
  /** At most this many cells move between a magazine and the central lists at once. */
  readonly batchCells: number;
  /** And at most this many words, but at least one cell. */
  readonly batchWords: number;
  readonly lock: number;
  readonly used: number;
  readonly high: number;
  readonly firstFree: number;
  readonly central: number;
  readonly centralCount: number;
  readonly bump: number;
  readonly classPages: number;
  readonly table: number;
  readonly magazines: number;
  readonly magazineWords: number;
}

/** Threads that can have a magazine: as many as there can ever be Ms. */
export const MAX_OWNERS = 256;

const MIN_SHIFT = 4; // 16 words, 64 bytes: a cache line
const CLASSES = 10; // 64 B to 32 KiB

/** The layout of a memory made by createMemory. */
export function arenaLayout(mem: Int32Array): ArenaLayout {
  const pages = mem[PAGES]!;
  const table = ARENA_BASE + 128;
  const magazineWords = 32; // two cache lines, so that two threads' magazines share none
  const magazines = (table + pages + 31) & ~31;
  const end = magazines + MAX_OWNERS * magazineWords;
  return {
    pageShift: PAGE_SHIFT,
    pages,
    heapPage: Math.ceil(end / PAGE_WORDS),
    minShift: MIN_SHIFT,
    classes: CLASSES,
    batchCells: 32,
    batchWords: 4096,
    lock: ARENA_BASE + 16,
    used: ARENA_BASE + 17,
    high: ARENA_BASE + 18,
    firstFree: ARENA_BASE + 19,
    central: ARENA_BASE + 32,
    centralCount: ARENA_BASE + 48,
    bump: ARENA_BASE + 64,
    classPages: ARENA_BASE + 80,
    table,
    magazines,
    magazineWords,
  };
}

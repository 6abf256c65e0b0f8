// Arena: hands out cells of the shared memory.
//
// What.  allocate(bytes) gives the address of a cell of at least that size; any thread may free it. Addresses are word
//        indices, even, never 0. Contents are not cleared.
// Words. cell: what is handed out. class: cells of one size, 64 B to 32 KiB by powers of two. page: 64 KiB, of one
//        class, or part of a large cell (a run of pages). magazine: free cells of one class that one thread keeps.
//        central: free cells of one class that nobody keeps.
// How.   A cell comes from the thread's own magazine and goes back to the freeing thread's: a list in shared words that
//        only its owner touches, so neither takes a lock or an atomic operation. An empty magazine is refilled, and one
//        of two batches drained by one, under the arena's lock; a batch is 32 cells or 16 KiB. A cell has no header: the
//        page table tells its class. Large cells go straight to the page table, first fit.
// Invariants.
//   I1  A cell is handed out once, in exactly one magazine, in exactly one central list, or not yet carved.
//   I2  A magazine holds at most two batches.
//   I3  A page never changes its class while a cell of it exists; class pages stay with their class.
// The hard part. A thread may die anywhere, also with the lock: each list changes by one store of its head, and what
//   moves is in the mover's hands alone until then. So a death loses at most one batch, page or run, and sysmon may break
//   the lock and go on. Counts are hints: after a death they may be off by as much.
// Rejected. A header per cell (8 bytes and a cache miss per free); lists of free runs with joining (the page table is
//   that list, and 4,096 words are scanned in a few microseconds, less than filling the run takes); one free list per
//   class with CAS (ABA, and all threads on one word); giving empty class pages back (counting per page on each free;
//   revisit if a program's sizes shift for good).
// Sources. Go's mcache, mcentral and mheap; Bonwick's magazines.
//
// The table of words is in arena-layout.ts. Hot path: allocate and free of small cells.

import { batchOf, classWords, giveBatch, giveRun, takeBatch, takeRun, useOf } from "./arena-central.ts";
import { checkFree, poison, wasFreed } from "./arena-debug.ts";
import { type ArenaLayout, arenaLayout, MAX_OWNERS } from "./arena-layout.ts";
import { ops } from "./atomics.ts";
import { fatal } from "./fatal.ts";
import { lock, unlock } from "./futex-mutex.ts";
import { DEBUG, type Memory } from "./memory.ts";

/** There is no room for a cell. The operation that needed it has had no effect. */
export class ArenaFullError extends Error {
  override readonly name = "ArenaFullError";
  readonly code = "GR_ARENA_FULL";
  constructor(bytes: number, totalBytes: number) {
    super(`shared memory is full: no room for ${bytes} bytes in ${totalBytes}`);
  }
}

export interface ArenaOptions {
  /** May this thread block on the arena's lock? False on a browser's main thread. Default true. */
  readonly canBlock?: boolean;
  /** Model tests only. */
  readonly layout?: ArenaLayout;
}

/** One thread's door to the arena. `owner` is its number, below 256; no two living threads may share one. */
export class Arena {
  readonly memory: Memory;
  readonly owner: number;
  readonly mem: Int32Array;
  readonly layout: ArenaLayout;
  private readonly canBlock: boolean;
  private readonly debug: boolean;
  private readonly magazine: number;
  private readonly minShift: number;
  private readonly pageShift: number;
  private readonly table: number;
  private readonly maxSmall: number;
  readonly heapBytes: number;
  /** Two batches, by class. */
  private readonly limits: Int32Array;

  constructor(memory: Memory, owner: number, options: ArenaOptions = {}) {
    if (!Number.isInteger(owner) || owner < 0 || owner >= MAX_OWNERS) {
      throw new RangeError(`shm: expected an arena's owner to be an integer from 0 to ${MAX_OWNERS - 1}, got ${owner}`);
    }
    const { layout = arenaLayout(memory.i32) } = options;
    this.memory = memory;
    this.owner = owner;
    this.mem = memory.i32;
    this.layout = layout;
    this.canBlock = options.canBlock ?? true;
    this.debug = options.layout === undefined && memory.i32[DEBUG] === 1;
    this.magazine = layout.magazines + owner * layout.magazineWords;
    this.minShift = layout.minShift;
    this.pageShift = layout.pageShift;
    this.table = layout.table;
    this.maxSmall = classWords(layout, layout.classes - 1);
    this.heapBytes = (layout.pages - layout.heapPage) * (4 << layout.pageShift);
    this.limits = Int32Array.from({ length: layout.classes }, (_, c) => 2 * batchOf(layout, c));
  }

  /**
   * Owner thread only. Address of a cell of at least `bytes`; its contents are whatever they were.
   *
   * @throws ArenaFullError if there is no room
   */
  allocate(bytes: number): number {
    const words = (bytes + 3) >>> 2;
    if (words > this.maxSmall || bytes > 0x7fffffff) return this.allocateLarge(bytes);
    const min = this.minShift;
    const c = words <= 1 << min ? 0 : 32 - Math.clz32(words - 1) - min;
    const list = this.magazine + 2 * c;
    let cell = ops.peek(this.mem, list);
    if (cell === 0) cell = this.refill(c, bytes);
    // Taken first, counted after: a death between the two loses a count, not a cell.
    ops.poke(this.mem, list, ops.peek(this.mem, cell));
    ops.poke(this.mem, list + 1, ops.peek(this.mem, list + 1) - 1);
    if (this.debug) checkFree(this.mem, cell, classWords(this.layout, c));
    return cell;
  }

  /** Owner thread only. Frees a cell that any thread allocated. */
  free(cell: number): void {
    const use = ops.peek(this.mem, this.table + (cell >>> this.pageShift));
    // Classes are 1 and up in the table; all else is a run, or a mistake.
    if (use <= 0 || use > this.layout.classes) {
      this.freeLarge(cell);
      return;
    }
    const c = use - 1;
    const list = this.magazine + 2 * c;
    if (this.debug) poison(this.mem, cell, classWords(this.layout, c));
    ops.poke(this.mem, cell, ops.peek(this.mem, list));
    ops.poke(this.mem, list, cell);
    const count = ops.peek(this.mem, list + 1) + 1;
    ops.poke(this.mem, list + 1, count);
    if (count >= this.limits[c]!) this.drain(c);
  }

  /** Any thread that holds the cell. Bytes it has room for. */
  sizeOf(cell: number): number {
    const use = useOf(this.mem, this.layout, cell >>> this.pageShift);
    return (use < 0 ? -use << this.pageShift : classWords(this.layout, use)) * 4;
  }

  /** Any thread. Fails if debug is on and the cell has been freed; else does nothing. */
  checkLive(cell: number): void {
    if (!this.debug) return;
    const use = useOf(this.mem, this.layout, cell >>> this.pageShift);
    if (use >= 0 && wasFreed(this.mem, cell, classWords(this.layout, use))) {
      fatal(`arena: cell ${cell} used after it was freed`);
    }
  }

  /** Owner thread only. Gives all magazines back, when the thread ends. */
  close(): void {
    this.reclaim(this.owner);
  }

  /** Any thread, once thread `dead` runs no more (and the arena's lock, if it held it, was broken). Takes its magazines. */
  reclaim(dead: number): void {
    const magazine = this.layout.magazines + dead * this.layout.magazineWords;
    for (let c = 0; c < this.layout.classes; c++) {
      const first = ops.load(this.mem, magazine + 2 * c);
      if (first === 0) continue;
      ops.store(this.mem, magazine + 2 * c, 0);
      ops.store(this.mem, magazine + 2 * c + 1, 0);
      // Its count may be off: count anew.
      let n = 1;
      let last = first;
      for (let next = ops.load(this.mem, last); next !== 0; next = ops.load(this.mem, last)) {
        last = next;
        n++;
      }
      this.lockArena();
      giveBatch(this.mem, this.layout, c, first, last, n);
      this.unlockArena();
    }
  }

  /** The word of the arena's lock, for sysmon's breakLock. */
  get lockWord(): number {
    return this.layout.lock;
  }

  private refill(c: number, bytes: number): number {
    this.lockArena();
    const first = takeBatch(this.mem, this.layout, c);
    this.unlockArena();
    if (first === 0) throw this.full(bytes);
    let n = 1;
    for (let cell = ops.peek(this.mem, first); cell !== 0; cell = ops.peek(this.mem, cell)) n++;
    const list = this.magazine + 2 * c;
    ops.poke(this.mem, list, first);
    ops.poke(this.mem, list + 1, n);
    return first;
  }

  /** Gives half of a full magazine back: the half freed last, which is at hand without a walk over the other. */
  private drain(c: number): void {
    const list = this.magazine + 2 * c;
    const n = this.limits[c]! >> 1;
    const first = ops.peek(this.mem, list);
    let last = first;
    for (let i = 1; i < n; i++) last = ops.peek(this.mem, last);
    ops.poke(this.mem, list, ops.peek(this.mem, last));
    ops.poke(this.mem, list + 1, ops.peek(this.mem, list + 1) - n);
    this.lockArena();
    giveBatch(this.mem, this.layout, c, first, last, n);
    this.unlockArena();
  }

  private allocateLarge(bytes: number): number {
    if (!(bytes <= this.heapBytes)) throw this.full(bytes);
    this.lockArena();
    const cell = takeRun(this.mem, this.layout, Math.ceil(bytes / 4));
    this.unlockArena();
    if (cell === 0) throw this.full(bytes);
    return cell;
  }

  private freeLarge(cell: number): void {
    const page = cell >>> this.pageShift;
    const pages = -useOf(this.mem, this.layout, page);
    if (pages <= 0 || cell !== page << this.pageShift) fatal(`arena: freed ${cell}, which is no cell`);
    // Fresh pages are zero; checkFree relies on it when they become cells.
    if (this.debug) this.mem.fill(0, cell, cell + (pages << this.pageShift));
    this.lockArena();
    giveRun(this.mem, this.layout, page, pages);
    this.unlockArena();
  }

  /** Any thread. For a few dozen instructions. */
  lockArena(): void {
    lock(this.mem, this.layout.lock, this.owner, this.canBlock);
  }

  unlockArena(): void {
    unlock(this.mem, this.layout.lock, this.owner);
  }

  private full(bytes: number): ArenaFullError {
    return new ArenaFullError(bytes, this.heapBytes);
  }
}

import { expect, test } from "vitest";
import { Arena, ArenaFullError } from "../src/arena.ts";
import type { ArenaLayout } from "../src/arena-layout.ts";
import { ops } from "../src/atomics.ts";
import { breakLock, setMutexSpins } from "../src/futex-mutex.ts";
import type { Memory } from "../src/memory.ts";
import { holds } from "./model.ts";

setMutexSpins(0);

/** Pages of 8 words, cells of 2 and 4, batches of 1 or 2; the heap is pages 4 and up. */
const layout = (pages: number, batchCells: number): ArenaLayout => ({
  pageShift: 3,
  pages: 4 + pages,
  heapPage: 4,
  minShift: 1,
  classes: 2,
  batchCells,
  batchWords: 4,
  lock: 1,
  used: 2,
  high: 3,
  firstFree: 4,
  central: 6,
  centralCount: 8,
  bump: 10,
  classPages: 12,
  table: 14 - 4, // the first heap page's word is 14
  magazines: 18,
  magazineWords: 4,
});
const words = (pages: number): number => (4 + pages) * 8;
const SMALL = 8;
const LARGE = 40;

const arenaOf = (mem: Int32Array, owner: number, l: ArenaLayout): Arena =>
  new Arena({ i32: mem } as Memory & { i32: Int32Array }, owner, { layout: l });

/** Allocates, marks the cell, looks whether the mark is still there, and frees it. */
const use =
  (owner: number, l: ArenaLayout, bytes: number, rounds = 1) =>
  (mem: Int32Array) => {
    const arena = arenaOf(mem, owner, l);
    for (let i = 0; i < rounds; i++) {
      const cell = arena.allocate(bytes);
      ops.poke(mem, cell + 1, owner + 1);
      if (ops.peek(mem, cell + 1) !== owner + 1) throw new Error(`cell ${cell} was given to two`);
      arena.free(cell);
    }
  };

/** All cells of all lists, by walking them: each at most once, and none in use. */
function cellsOf(mem: Int32Array, l: ArenaLayout, owners: number): number[] {
  const heads = [l.central];
  for (let m = 0; m < owners; m++) heads.push(l.magazines + m * l.magazineWords);
  const found: number[] = [];
  for (const head of heads) {
    for (let cell = mem[head]!; cell !== 0; cell = mem[cell]!) {
      expect(found).not.toContain(cell);
      found.push(cell);
    }
  }
  return found;
}

test("two threads that refill and drain at once keep every cell apart", () => {
  const l = layout(1, 1);
  holds({
    words: words(1),
    threads: [use(0, l, SMALL, 2), use(1, l, SMALL)],
    check: ({ mem }) => {
      const bump = mem[l.bump]! & 7;
      expect(cellsOf(mem, l, 2)).toHaveLength((bump === 0 ? 8 : bump) / 2);
      expect(mem[l.used]).toBe(1);
    },
  });
});

test("a cell that one thread frees and another takes is in one list at a time", () => {
  const l = layout(1, 1);
  const BOX = 0;
  holds({
    words: words(1),
    threads: [
      (mem) => {
        const arena = arenaOf(mem, 0, l);
        ops.store(mem, BOX, arena.allocate(SMALL));
        arena.free(arena.allocate(SMALL));
      },
      (mem) => {
        let cell = ops.load(mem, BOX);
        for (; cell === 0; cell = ops.load(mem, BOX)) ops.pause();
        arenaOf(mem, 1, l).free(cell);
      },
    ],
    check: ({ mem }) => expect(cellsOf(mem, l, 2).length).toBeGreaterThanOrEqual(2),
  });
});

test("large cells of two threads never overlap, and their pages come back", () => {
  const l = layout(3, 1);
  const run = (owner: number) => (mem: Int32Array) => {
    const arena = arenaOf(mem, owner, l);
    let cell: number;
    try {
      cell = arena.allocate(LARGE);
    } catch (error) {
      if (!(error instanceof ArenaFullError)) throw error;
      return "full";
    }
    for (const at of [cell, cell + 9]) {
      ops.poke(mem, at, owner + 1);
      if (ops.peek(mem, at) !== owner + 1) throw new Error("two cells overlap");
    }
    arena.free(cell);
    return "used";
  };
  const answers = new Set<string>();
  holds({
    words: words(3),
    threads: [run(0), run(1)],
    check: ({ mem, results }) => {
      answers.add(results.join());
      expect(mem[l.used]).toBe(0);
      for (let page = l.heapPage; page < l.pages; page++) expect(mem[l.table + page]).toBe(0);
    },
  });
  // Three pages have room for one run of two at a time.
  expect(answers).toEqual(new Set(["used,used", "used,full", "full,used"]));
});

test("a death anywhere breaks no list: the others go on once the lock is broken", () => {
  const l = layout(2, 1);
  holds(
    {
      words: words(2),
      threads: [use(0, l, SMALL), use(1, l, SMALL)],
      undertaker: (mem, awaitDeath) => {
        const dead = awaitDeath();
        breakLock(mem, l.lock, dead);
        arenaOf(mem, 2, l).reclaim(dead);
      },
      check: ({ mem, dead }) => {
        expect(mem[l.lock]).toBe(0);
        const cells = cellsOf(mem, l, 3);
        // The dead may have had a batch in its hands, and a page that it had taken and not carved.
        if (!dead.includes(true)) expect(cells.length).toBeGreaterThan(0);
      },
    },
    { kill: true },
  );
});

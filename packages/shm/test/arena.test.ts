import fc from "fast-check";
import { expect, test } from "vitest";
import { Arena, ArenaFullError } from "../src/arena.ts";
import { arenaStats } from "../src/arena-stats.ts";
import { breakLock, lock } from "../src/futex-mutex.ts";
import { attachMemory, createMemory, PAGE_BYTES } from "../src/memory.ts";

const MB = 1 << 20;

test("cells are even, distinct and at least as big as asked", () => {
  const arena = new Arena(createMemory(16 * MB), 0);
  const sizes = [0, 1, 64, 65, 128, 1000, 32768, 32769, 65536, 65537, 200_000];
  const cells = sizes.map((bytes) => ({ bytes, at: arena.allocate(bytes) }));
  cells.sort((a, b) => a.at - b.at);
  for (const [i, { bytes, at }] of cells.entries()) {
    expect(at % 2).toBe(0);
    expect(at).toBeGreaterThan(0);
    expect(arena.sizeOf(at)).toBeGreaterThanOrEqual(bytes);
    const next = cells[i + 1];
    if (next) expect(at * 4 + arena.sizeOf(at)).toBeLessThanOrEqual(next.at * 4);
  }
});

test("any order of allocations and frees by three threads keeps cells apart and counts them", () => {
  const step = fc.record({
    who: fc.nat(2),
    bytes: fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(150_000)),
    free: fc.boolean(),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memory = createMemory(32 * MB, { debug: true });
      const arenas = [0, 1, 2].map((m) => new Arena(memory, m));
      const live: { at: number; mark: number }[] = [];
      let marks = 1;
      let bytes = 0;
      const release = (i: number, who: number): void => {
        const [cell] = live.splice(i, 1);
        const size = arenas[0]!.sizeOf(cell!.at);
        expect(memory.i32[cell!.at]).toBe(cell!.mark);
        expect(memory.i32[cell!.at + size / 4 - 1]).toBe(cell!.mark);
        bytes -= size;
        arenas[who]!.free(cell!.at);
      };
      for (const { who, bytes: want, free, which } of steps) {
        if (free && live.length > 0) {
          release(which % live.length, who);
          continue;
        }
        const at = arenas[who]!.allocate(want);
        const size = arenas[0]!.sizeOf(at);
        memory.i32.fill(marks, at, at + size / 4);
        bytes += size;
        live.push({ at, mark: marks++ });
      }
      expect(arenaStats(arenas[0]!).cellBytes).toBe(bytes);
      while (live.length > 0) release(0, live.length % 3);
      expect(arenaStats(arenas[0]!).cellBytes).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("a full arena throws with its code, loses nothing, and has room again after frees", () => {
  const arena = new Arena(createMemory(4 * PAGE_BYTES + 28 * PAGE_BYTES), 0);
  const fill = (bytes: number): number[] => {
    const cells: number[] = [];
    for (;;) {
      try {
        cells.push(arena.allocate(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(ArenaFullError);
        expect(error).toMatchObject({ code: "GR_ARENA_FULL", name: "ArenaFullError" });
        return cells;
      }
    }
  };
  const large = fill(100_000);
  const before = large.length;
  expect(before).toBeGreaterThan(10);
  for (const cell of large) arena.free(cell);
  expect(fill(100_000)).toHaveLength(before);
  expect(arenaStats(arena).highBytes).toBeLessThanOrEqual(arenaStats(arena).totalBytes);
});

test.each([2 ** 20, 2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY])("no room for %d bytes", (bytes) => {
  expect(() => new Arena(createMemory(MB), 0).allocate(bytes)).toThrow(ArenaFullError);
});

test("cells freed by one thread serve another; small cells never strand each other", () => {
  const memory = createMemory(2 * MB);
  const [a, b] = [new Arena(memory, 0), new Arena(memory, 1)];
  // Far more than fits, unless what b frees comes back to a.
  for (let round = 0; round < 200; round++) {
    const cells = Array.from({ length: 100 }, () => a.allocate(2000));
    for (const cell of cells) b.free(cell);
  }
  expect(arenaStats(a).pageBytes).toBeLessThan(1.2 * MB);
  expect(arenaStats(a).cellBytes).toBe(0);
});

test("a million allocations of mixed sizes leave the high-water mark near the most that was live", () => {
  const arena = new Arena(createMemory(64 * MB), 0);
  const live = new Int32Array(1000);
  let seed = 1;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % n;
  };
  let bytes = 0;
  let most = 0;
  for (let i = 0; i < 1_000_000; i++) {
    const slot = random(1000);
    if (live[slot] !== 0) {
      bytes -= arena.sizeOf(live[slot]!);
      arena.free(live[slot]!);
    }
    live[slot] = arena.allocate(1 << random(13));
    bytes += arena.sizeOf(live[slot]!);
    most = Math.max(most, bytes);
  }
  expect(arenaStats(arena).cellBytes).toBe(bytes);
  expect(arenaStats(arena).highBytes).toBeLessThan(most * 2);
});

test("debug catches a double free", () => {
  const arena = new Arena(createMemory(MB, { debug: true }), 0);
  const cell = arena.allocate(100);
  arena.free(cell);
  expect(() => arena.free(cell)).toThrow(`cell ${cell} freed twice`);
  const large = arena.allocate(100_000);
  arena.free(large);
  expect(() => arena.free(large)).toThrow("holds no cell");
});

test("debug catches a write to a freed cell, at the latest when it is handed out again", () => {
  const memory = createMemory(MB, { debug: true });
  const arena = new Arena(memory, 0);
  const cell = arena.allocate(100);
  arena.checkLive(cell);
  arena.free(cell);
  expect(() => arena.checkLive(cell)).toThrow("used after it was freed");
  memory.i32[cell + 7] = 1;
  expect(() => arena.allocate(100)).toThrow("written after it was freed");
});

test("what a dead thread kept serves the others again, also when it died with the lock", () => {
  const memory = createMemory(MB);
  const [dead, other] = [new Arena(memory, 3), new Arena(memory, 4)];
  const cells = Array.from({ length: 50 }, () => dead.allocate(64));
  for (const cell of cells) dead.free(cell);
  lock(memory.i32, dead.lockWord, 3, true);
  expect(breakLock(memory.i32, other.lockWord, 3)).toBe(true);
  other.reclaim(3);
  expect(arenaStats(other).cellBytes).toBe(0);
  const pages = arenaStats(other).pageBytes;
  for (let i = 0; i < 50; i++) other.allocate(64);
  expect(arenaStats(other).pageBytes).toBe(pages);
});

test("memory: sizes are checked, and only a memory of ours is attached", () => {
  expect(() => createMemory(100)).toThrow("shm: expected memory size");
  const memory = createMemory(MB);
  expect(attachMemory(memory.buffer).i32.length).toBe(MB / 4);
  expect(() => attachMemory(new SharedArrayBuffer(MB))).toThrow("made by createMemory");
  expect(() => attachMemory(new SharedArrayBuffer(8))).toThrow(TypeError);
  expect(() => new Arena(memory, 256)).toThrow(RangeError);
});

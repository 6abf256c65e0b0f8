import { arenaStats } from "@gr/shm";
// Real threads on the built package: what the model tests prove for one step at a time holds on this machine too.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Arena, Codec, createMemory, Deque, dequeWords, nextOf, Parker, takeAll, unpark } from "../src/index.ts";

const THREADS = 3;
const memory = createMemory(64 << 20);
const mem = memory.i32;
const arena = new Arena(memory, 0);
const codec = new Codec(arena);

function wordsOf(): { [name: string]: number } & { parks: number[]; rings: number[] } {
  const block = arena.allocate(1024);
  mem.fill(0, block, block + 256);
  const at = (i: number): number => block + i * 16;
  const parks = Array.from({ length: THREADS + 1 }, (_, i) => at(5 + i));
  const rings = Array.from({ length: THREADS + 1 }, () => {
    const ring = arena.allocate(dequeWords() * 4);
    mem.fill(0, ring, ring + dequeWords());
    return ring;
  });
  return { lock: at(0), count: at(1), inbox: at(2), park: at(3), stop: at(4), ...{ parks, rings } } as never;
}

function start(part: string, me: number, rounds: number, words: object): Promise<unknown> {
  const workerData = { buffer: memory.buffer, words, me, rounds, part };
  const worker = new Worker(new URL("./fixtures/worker.mjs", import.meta.url), { workerData });
  return once(worker, "exit").then(([code]) => expect(code).toBe(0));
}

test("threads that count under the lock lose no count", async () => {
  const words = wordsOf();
  await Promise.all([1, 2, 3].map((me) => start("count", me, 20_000, words)));
  expect(mem[words.count!]).toBe(60_000);
  expect(mem[words.lock!]).toBe(0);
});

test("values of three threads arrive whole, in each thread's order, while the owner sleeps in its event loop", async () => {
  const words = wordsOf();
  const before = arenaStats(arena).cellBytes;
  const rounds = 3000;
  const parker = new Parker(mem, words.park!);
  const next = new Map<number, number>();
  const done = Promise.all([1, 2, 3].map((me) => start("send", me, rounds, words)));
  let got = 0;
  while (got < 3 * rounds) {
    let cell = takeAll(mem, words.inbox!);
    if (cell === 0) {
      // waitAsync holds no process alive; the workers do, here.
      await parker.whenWoken();
      continue;
    }
    while (cell !== 0) {
      const following = nextOf(mem, cell);
      const value = codec.take(mem[cell + 1]!) as { from: number; i: number };
      expect(value).toEqual({
        from: value.from,
        i: value.i,
        text: `value ${value.i}`,
        list: [value.i, { deep: new Set([value.i]) }],
      });
      expect(value.i).toBe(next.get(value.from) ?? 0);
      next.set(value.from, value.i + 1);
      arena.free(cell);
      got++;
      cell = following;
    }
  }
  await done;
  expect(arenaStats(arena).cellBytes).toBe(before);
});

test("every record of a ring under three thieves is run once", async () => {
  const words = wordsOf();
  const mine = new Deque(mem, words.rings[0]!);
  const spill = new Int32Array(129);
  const done = Promise.all([1, 2, 3].map((me) => start("steal", me, 0, words)));
  const records = 200_000;
  let ran = 0;
  for (let i = 1; i <= records; i++) {
    const spilled = mine.put((i % 1000) + 1, spill);
    for (let k = 0; k < spilled; k++) ran += spill[k]!;
    if (i % 3 === 0) ran += mine.get();
  }
  for (let record = mine.get(); record !== 0; record = mine.get()) ran += record;
  Atomics.store(mem, words.stop!, 1);
  await done;
  let expected = 0;
  for (let i = 1; i <= records; i++) expected += (i % 1000) + 1;
  expect(ran + Atomics.load(mem, words.count!)).toBe(expected);
});

test("ping and pong: a sleeper is never slept through", async () => {
  const words = wordsOf();
  const rounds = 2000;
  const parker = new Parker(mem, words.park!);
  const done = start("pong", 1, rounds, words);
  for (let i = 0; i < rounds; i++) {
    unpark(mem, words.parks[1]!);
    while (Atomics.load(mem, words.count!) <= i) await parker.whenWoken();
  }
  await done;
  expect(mem[words.count!]).toBe(rounds);
});

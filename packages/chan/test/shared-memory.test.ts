import { arenaStats } from "@gr/shm";
// What shared channels leave behind in the arena.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { chan } from "@gr/chan";
import { expect, test } from "vitest";
import { join, settle, share } from "./shared-world.ts";

const BATCH = 25_000;
const CELL = 64;

test("a million shared channels made and dropped leave a bounded high-water mark", { timeout: 120_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const world = join({ bytes: 1 << 25 });
  try {
    const empty = world.cellBytes();
    const make = (): void => {
      for (let i = 0; i < BATCH; i++) {
        const c = chan<number>(i % 2);
        if (i % 2 === 1) c.trySend(i);
        share(world, c);
      }
    };
    for (let made = 0; made < 1_000_000; made += BATCH) {
      make();
      gc();
      await settle(world);
    }
    // A header each, and every second one a buffer: at most what a few of the forty batches need was ever in use.
    expect(arenaStats(world.arena).highBytes).toBeLessThan(6 * BATCH * 1.5 * CELL);
    for (let i = 0; i < 10 && world.cellBytes() > empty; i++) {
      gc();
      await settle(world);
    }
    // The last object made may still be on some stack.
    expect(world.cellBytes() - empty).toBeLessThanOrEqual(2 * CELL);
  } finally {
    world.leave();
  }
});

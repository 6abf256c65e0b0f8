import { arenaStats } from "@gr/shm";
// What shared mutexes and wait groups leave behind in the arena.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Mutex, WaitGroup } from "../src/index.ts";
import { join, settle, share } from "./shared-world.ts";

const BATCH = 10_000;
const CELL = 64;

test("two hundred thousand made, shared and dropped leave a bounded high-water mark", {
  timeout: 120_000,
}, async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const world = join({ bytes: 1 << 24 });
  try {
    const empty = world.cellBytes();
    const make = (): void => {
      for (let i = 0; i < BATCH; i++)
        share(world, i % 2 === 0 ? new Mutex({ name: "m" }) : new WaitGroup({ name: "g" }));
    };
    for (let made = 0; made < 200_000; made += BATCH) {
      make();
      gc();
      await settle(world);
    }
    // At most what a few of the twenty batches need was ever in use.
    expect(arenaStats(world.arena).highBytes).toBeLessThan(6 * BATCH * CELL);
    for (let i = 0; i < 10 && world.cellBytes() > empty; i++) {
      gc();
      await settle(world);
    }
    // The last object made may still be on some stack.
    expect(world.cellBytes() - empty).toBeLessThanOrEqual(CELL);
  } finally {
    world.leave();
  }
});

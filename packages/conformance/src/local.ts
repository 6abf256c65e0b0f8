// The local backend: one thread, plain channels.
import { chan } from "@gr/chan";
import { type Coroutine, gosched, run } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
import type { SyncMaker } from "./sync-suite.ts";
import { spawn } from "./task.ts";

// gosched() puts the caller behind all that is runnable, so each round lets every other goroutine
// take at least one step. No test has a chain of wake-ups longer than this between two settles.
const settleRounds = 64;

function* settle(): Coroutine<void> {
  for (let i = 0; i < settleRounds; i++) yield* gosched();
}

export function localMaker(scale = 1): SyncMaker {
  return {
    name: "local",
    scale,
    patience: 10_000,
    cancelsAtOnce: true,
    chan: (capacity, options) => chan(capacity, options),
    run: (main) => run(main, { deadlock: "closed" }),
    spawn,
    settle,
    waitGroup: (options) => new WaitGroup(options),
    mutex: (options) => new Mutex(options),
  };
}

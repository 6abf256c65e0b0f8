// Ten million goroutines in rounds: made, run and gone, with the heap after each round. It must not grow between rounds:
// fails if the last ones hold more than the second, by more than what compiled code and the console may take.
//
//   node --expose-gc bench/heap-rounds.mjs [goroutines] [rounds]
import { go, run, sleep } from "@gr/core";

const goroutines = Number(process.argv[2] ?? 10_000_000);
const rounds = Number(process.argv[3] ?? 10);
const BATCH = 1000;
/** A word per goroutine would be eight times this in each round of a million. */
const MAY_GROW = 1_000_000;
if (globalThis.gc === undefined) throw new Error("heap-rounds: start it with --expose-gc");

function heapBytes() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

await run(function* () {
  let ran = 0;
  const task = function* () {
    yield* sleep(0);
    ran++;
  };
  const heaps = [];
  const each = Math.ceil(goroutines / rounds);
  for (let round = 1; round <= rounds; round++) {
    const target = ran + each;
    while (ran < target) {
      const batch = Array.from({ length: Math.min(BATCH, target - ran) }, () => go(task));
      for (const g of batch) yield* g;
    }
    heaps.push(heapBytes());
    console.log(`round ${round}: ${ran} goroutines gone, ${heaps.at(-1)} bytes of heap`);
  }
  // The first round compiles, and fills what is kept for the next.
  const grown = heaps.at(-1) - heaps[1];
  if (!(grown <= MAY_GROW)) throw new Error(`heap-rounds: the heap has grown by ${grown} bytes since round 2`);
});

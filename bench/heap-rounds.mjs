// Ten million goroutines in rounds: made, run and gone, with the heap after each round. It must not grow between rounds.
//
//   node --expose-gc bench/heap-rounds.mjs [goroutines] [rounds]
import { go, run, sleep } from "@gr/core";

const goroutines = Number(process.argv[2] ?? 10_000_000);
const rounds = Number(process.argv[3] ?? 10);
const BATCH = 1000;
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
  const each = Math.ceil(goroutines / rounds);
  for (let round = 1; round <= rounds; round++) {
    const target = ran + each;
    while (ran < target) {
      const batch = Array.from({ length: Math.min(BATCH, target - ran) }, () => go(task));
      for (const g of batch) yield* g;
    }
    console.log(`round ${round}: ${ran} goroutines gone, ${heapBytes()} bytes of heap`);
  }
});

import { chan } from "@gr/chan";
import { go, gosched, run, sleep } from "@gr/core";

function usedBytes() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const parkedBytes = (n, p) =>
  run(function* () {
    const quiet = chan();
    const end = chan();
    let woken = 0;
    const task = function* () {
      yield* quiet.recv();
      if (++woken === n) yield* end.send(woken);
    };
    const before = usedBytes();
    for (let i = 0; i < n; i++) go(task);
    yield* p.settleMs > 0 ? sleep(p.settleMs) : gosched();
    p.bytes = usedBytes() - before;
    quiet.close();
    return yield* end.recv();
  });

const millionSleepers = (n, { sleepMs }) =>
  run(function* () {
    const end = chan();
    let done = 0;
    const task = function* () {
      yield* sleep(sleepMs);
      if (++done === n) yield* end.send(done);
    };
    for (let i = 0; i < n; i++) go(task);
    return yield* end.recv();
  });

export const programs = { "parked-bytes": parkedBytes, "million-sleepers": millionSleepers };

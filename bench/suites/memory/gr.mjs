import { chan } from "@gr/chan";
import { go, gosched, run, sleep } from "@gr/core";
import { sched } from "@gr/core/internal";

function usedBytes() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// How many goroutines of running programs are registered for leak reports, and held weakly.
function registered() {
  let sum = 0;
  for (const program of sched.programs) sum += program.ghosts;
  return sum;
}

/** A second until the first ones are registered, and a few for a million. */
const REGISTERED_WITHIN_MS = 60_000;

function* allRegistered(n) {
  const limit = performance.now() + REGISTERED_WITHIN_MS;
  while (registered() < n) {
    if (performance.now() > limit) throw new Error(`${registered()} of ${n} goroutines were registered`);
    yield* sleep(100);
  }
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
    yield* gosched();
    if (p.registered) yield* allRegistered(n);
    else if (registered() > 0) throw new Error("some goroutines were registered already");
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

import { all, go, run, sleep, ThreadLostError } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as t from "./fixtures/tasks.mjs";
import { start } from "./program.ts";

let threads: Threads;
const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeEach(async () => {
  warn.mockClear();
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

function* failure(g: ReturnType<typeof go>) {
  try {
    yield* g;
  } catch (err) {
    return err as Error;
  }
  throw new Error("it did not fail");
}

/** Main warns when it has seen the thread end. */
async function warned(text: string): Promise<void> {
  while (!warn.mock.calls.flat().join().includes(text)) await new Promise((resolve) => setTimeout(resolve, 1));
}

test("a worker that exits loses its goroutines, and nothing else", async () => {
  await run(function* () {
    const lost = go(t.dies, 5);
    const err = yield* failure(lost);
    expect(err).toBeInstanceOf(ThreadLostError);
    expect(err.message).toMatch(/^goroutine \d+ \(test:dies\) was lost: M\d+, which ran it, is gone$/);
    expect(err.cause).toMatchObject({ message: "exit code 5" });
    for (let i = 0; i < 50; i++) expect(yield* go(t.add, i, 1)).toBe(i + 1);
  });
  expect(threads.stats().ms.every((m) => m.live === 0)).toBe(true);
});

test("an error thrown outside every goroutine of a worker is the cause, and is warned of", async () => {
  await run(function* () {
    const err = yield* failure(go(t.throwsOutside));
    expect(err).toBeInstanceOf(ThreadLostError);
    expect(err.cause).toMatchObject({ message: "thrown by a timer" });
  });
  await warned("thrown by a timer");
});

test("records that are queued when a worker dies are run by another", async () => {
  await run(function* () {
    const lost = Array.from({ length: 3 }, () => go(t.dies, 1));
    const kept = Array.from({ length: 300 }, (_, i) => go(t.add, i, 0));
    for (const g of lost) expect(yield* failure(g)).toBeInstanceOf(ThreadLostError);
    let lostToo = 0;
    for (const [i, g] of kept.entries()) {
      try {
        expect(yield* g).toBe(i);
      } catch (err) {
        // Those that the dying threads had taken from the queues go with them.
        expect(err).toBeInstanceOf(ThreadLostError);
        lostToo++;
      }
    }
    expect(lostToo).toBeLessThan(kept.length / 2);
  });
});

test("a goroutine on a sleeping worker that waits for a thread is woken by the death of that thread", async () => {
  expect(await go(t.outlivesThread)).toBe("GR_THREAD_LOST");
});

test("a worker's death is known to the others while main is blocked (go#153)", { timeout: 120_000 }, async () => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  await run(function* () {
    // Two workers, so that the second goroutine starts on the other one.
    yield* all([go(t.spin, 30), go(t.spin, 30)]);
    const teller = go(t.tellsOfDeath, words);
    while (Atomics.load(words, 0) !== 1) yield* sleep(1);
    Atomics.store(words, 0, 2);
    expect(Atomics.wait(words, 1, 0, 60_000)).not.toBe("timed-out");
    expect(words[1]).toBe(1);
    yield* teller;
    expect(yield* go(t.add, 1, 1)).toBe(2);
  });
  await warned("exit code 7");
});

test("close ends what runs elsewhere with ThreadLostError, computing or not", async () => {
  const gs = [go(t.nap, 3_600_000), go(t.spin, 3_600_000)];
  await run(function* () {
    while (gs.some((g) => g.status !== "running")) yield* sleep(1);
  });
  const ends = Promise.allSettled(gs);
  await threads.close();
  for (const end of await ends) expect(end).toMatchObject({ status: "rejected", reason: { code: "GR_THREAD_LOST" } });
  await threads.close();
});

test("a thread that is terminated in the middle of an operation leaves channels that go on, and no lock behind", async () => {
  expect(await start("kills.mjs").ended).toMatchObject({ out: "0 twice\n", err: "", code: 0 });
}, 60_000);

import { Worker } from "node:worker_threads";
import { all, go, run, sleep } from "@gr/core";
import { blocking, startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 1, mainRuns: false });
});
afterEach(() => threads.close());

const started = (): number => threads.stats().ms.reduce((n, m) => n + m.started, 0);
const spare = (): number => threads.stats().ms.find((m) => m.state === "spare")?.m ?? -1;
const retaken = (): number => threads.stats().ms.reduce((n, m) => n + m.retaken, 0);

test("the only P is taken from a blocked main, and what it had queued runs meanwhile (go#171, go#173)", async () => {
  await run(function* () {
    yield* go(t.add, 1, 1);
    // It starts after the first worker; a blocked main cannot start it.
    while (threads.stats().sysmon === "none") yield* sleep(1);
    const before = started();
    const gs = Array.from({ length: 100 }, (_, i) => go(t.add, i, 1));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    expect(started() - before).toBe(100);
    for (const g of gs) yield* g;
  });
  expect(threads.stats().ms[0]?.retaken).toBe(1);
});

test("while a worker computes without an end, others get its P, and it goes on without one", async () => {
  await run(function* () {
    const hog = go(t.spin, 400);
    while (hog.status !== "running") yield* sleep(1);
    while (retaken() === 0) yield* sleep(1);
    expect(yield* go(t.add, 2, 3)).toBe(5);
    const m = yield* hog;
    expect(threads.stats().ms.find((s) => s.m === m)?.retaken).toBeGreaterThan(0);
  });
});

test("a spare sleeps ahead: with the only worker and then main blocked, the queue waits for no start (go#170)", async () => {
  const words = new Int32Array(new SharedArrayBuffer(12));
  const startedBy = (m: number): number => threads.stats().ms.find((s) => s.m === m)?.started ?? -1;
  await run(function* () {
    yield* go(t.add, 1, 1);
    while (spare() < 0) yield* sleep(1);
    const [taker, { stuck, threads: n }] = [spare(), threads.stats()];
    expect([stuck, n, startedBy(taker)]).toEqual([0, 3, 0]);
    const blocked = go(t.blocksUntil, words, 0);
    while (blocked.status !== "running") yield* sleep(1);
    const gs = Array.from({ length: 100 }, () => go(t.countsTo, words, 100));
    expect(Atomics.wait(words, 1, 0, 60_000)).not.toBe("timed-out");
    expect(startedBy(taker)).toBe(100);
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    for (const g of gs) yield* g;
    yield* blocked;
    // Who was taken is replaced, by one that starts or by one that comes back.
    while (spare() < 0) yield* sleep(1);
  });
}, 120_000);

test("a blocking call takes the spare, and another comes", async () => {
  await run(function* () {
    // With a goroutine of its own the first worker takes no blocking call.
    const first = go(t.unwinds);
    while (spare() < 0) yield* sleep(1);
    const before = spare();
    expect(yield* blocking(t.where)).toBe(before);
    while (spare() < 0) yield* sleep(1);
    first.cancel();
  });
});

test("a spare that ends is not replaced, again and again, by others that would end too", async () => {
  const dead = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  // A worker file that only main can start.
  const worker = () => new Worker(new URL("./fixtures/ends-when-told.mjs", import.meta.url));
  await threads.close();
  threads = await startThreads({ procs: 1, mainRuns: false, worker });
  await run(function* () {
    yield* go(t.add, 1, 1);
    while (spare() < 0) yield* sleep(1);
    const line = new BroadcastChannel("test ends");
    line.postMessage(spare());
    line.close();
    while (!dead.mock.calls.join().includes("exit code 3")) yield* sleep(1);
    // While a P is held sysmon looks at every fourth millisecond.
    for (let i = 0; i < 3; i++) yield* go(t.spin, 100);
    expect(spare()).toBe(-1);
    // On a busy machine another worker may have been asked for the work itself.
    expect(threads.stats().threads).toBeLessThanOrEqual(3);
  });
  dead.mockRestore();
}, 60_000);

test("never more Ms hold a P than there are Ps, stuck ones included", async () => {
  await run(function* () {
    const gs = all(Array.from({ length: 6 }, () => go(t.spin, 25)));
    const done = { now: false };
    go(function* () {
      yield* gs;
      done.now = true;
    });
    while (!done.now) {
      expect(threads.stats().ms.filter((m) => m.p >= 0).length).toBeLessThanOrEqual(1);
      yield* sleep(1);
    }
  });
});

test("while nothing runs, sysmon and all Ms sleep (go#170)", async () => {
  await go(t.add, 1, 1);
  for (;;) {
    const { sysmon, idleThreads, threads: n } = threads.stats();
    if (sysmon === "asleep" && idleThreads === n) break;
    // Looked at from outside: a goroutine that wakes to look would wake sysmon.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const parks = threads.stats().ms.map((m) => m.parks);
  expect(await go(t.add, 1, 1)).toBe(2);
  expect(threads.stats().ms.map((m) => m.parks)).not.toEqual(parks);
});

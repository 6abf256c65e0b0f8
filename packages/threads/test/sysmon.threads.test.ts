import { all, go, run, sleep } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 1, mainRuns: false });
});
afterEach(() => threads.close());

const started = (): number => threads.stats().ms.reduce((n, m) => n + m.started, 0);
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
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const parks = threads.stats().ms.map((m) => m.parks);
  expect(await go(t.add, 1, 1)).toBe(2);
  expect(threads.stats().ms.map((m) => m.parks)).not.toEqual(parks);
});

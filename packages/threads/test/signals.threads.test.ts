import { go, run, sleep } from "@gr/core";
import { startThreads, Thread, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

const live = () => threads.stats().ms.reduce((n, m) => n + m.live, 0);

test("an abort reaches every goroutine that was given the signal, with its reason", async () => {
  const source = new AbortController();
  await run(function* () {
    const list = [
      go(t.waitsFor, source.signal),
      go(t.waitsFor, source.signal),
      go(t.passesOn, { inner: source.signal }),
    ];
    while (live() < 4) yield* sleep(1);
    source.abort(new RangeError("enough"));
    for (const g of list) {
      const [how, reason] = yield* g;
      expect(how).toBe("told");
      expect(reason).toBeInstanceOf(RangeError);
      expect(reason).toMatchObject({ message: "enough" });
    }
  });
});

test("one that is aborted arrives aborted; a default reason is an AbortError still", async () => {
  expect(await go(t.waitsFor, AbortSignal.abort("no"))).toEqual(["already", "no"]);
  const [how, reason] = await go(t.waitsFor, AbortSignal.abort());
  expect(how).toBe("already");
  expect(reason).toMatchObject({ name: "AbortError" });
  expect(
    await go(
      t.waitsFor,
      AbortSignal.abort(() => 1),
    ),
  ).toMatchObject(["already", { message: "() => 1" }]);
});

test("one that aborts while it is on its way is not missed", async () => {
  for (let i = 0; i < 50; i++) {
    const source = new AbortController();
    const g = go(t.waitsFor, source.signal);
    if (i % 2 === 0) await null;
    source.abort(i);
    expect((await g)[1]).toBe(i);
  }
});

test("a signal of another thread aborts here", async () => {
  const signal = await go(t.aborts);
  expect(signal).toBeInstanceOf(AbortSignal);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(signal.reason).toBe("over there");
});

test("one that comes back follows the first", async () => {
  const source = new AbortController();
  const back = await go(t.givesBack, source.signal);
  expect(back.aborted).toBe(false);
  source.abort("round");
  if (!back.aborted) await new Promise((resolve) => back.addEventListener("abort", resolve));
  expect(back.reason).toBe("round");
});

test("a message that is never read gives it back", async () => {
  const source = new AbortController();
  await run(function* () {
    for (let i = 0; i < 20; i++) {
      go(t.waitsFor, source.signal).cancel();
      go(t.waitsFor, AbortSignal.abort(i)).cancel();
    }
    while (live() > 0 || threads.stats().globalQueue > 0) yield* sleep(1);
    const last = go(t.waitsFor, source.signal);
    source.abort("late");
    expect((yield* last)[1]).toBe("late");
  });
});

test("threads take signals too", async () => {
  const source = new AbortController();
  const thread = new Thread(t.waitsFor, source.signal);
  source.abort("thread");
  expect((await thread.join())[1]).toBe("thread");
});

test("an abort after the group has ended, and in the next group, reaches nobody", async () => {
  const source = new AbortController();
  const g = go(t.waitsFor, source.signal);
  await run(function* () {
    while (live() < 1) yield* sleep(1);
  });
  const end = g.then(
    () => "answered",
    (err: Error) => err.name,
  );
  await threads.close();
  threads = await startThreads({ procs: 1, mainRuns: false });
  source.abort();
  expect(await end).toBe("ThreadLostError");
  expect(await go(t.add, 1, 2)).toBe(3);
});

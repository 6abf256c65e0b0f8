// What belongs to one thread is refused at the door, with the path to it; and a group counts portables.
import { type Goroutine, go, run, sleep } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
import { startThreads } from "@gr/threads";
import { expect, test } from "vitest";

type Start<A, T> = (x: A) => Goroutine<T>;
const { echo, half } = (await import(new URL("./fixtures/sync.mjs", import.meta.url).href)) as {
  echo: Start<unknown, unknown>;
  half: Start<number, number>;
};

test("a mutex or a wait group handed to another thread throws in the caller, naming the path", async () => {
  await using _threads = await startThreads({ procs: 2 });
  await run(function* () {
    expect(() => go(echo, { list: [1, new Mutex()] })).toThrow(/list\[1\]/);
    expect(() => go(echo, { wg: new WaitGroup() })).toThrow("belongs to the thread that made it");
    expect(yield* go(echo, [1])).toEqual([1]);
  });
});

test("a wait group counts portables that run on other threads (go#101)", async () => {
  await using _threads = await startThreads({ procs: 2, mainRuns: false });
  await run(function* () {
    const wg = new WaitGroup();
    for (let i = 0; i < 100; i++) wg.go(half, 2 * i);
    expect(wg.count).toBe(100);
    yield* wg.wait();
  });
  const wg = new WaitGroup();
  const failed = run(function* () {
    wg.go(half, 1);
    yield* wg.wait();
  });
  await expect(failed).rejects.toThrow("1 is odd");
  expect(wg.count).toBe(0);
});

test("a portable that is started while the program ends is counted done", async () => {
  await using _threads = await startThreads({ procs: 2 });
  const wg = new WaitGroup();
  let waited = false;
  await run(function* () {
    go(function* () {
      try {
        yield* sleep(1e9);
      } finally {
        wg.go(half, 2);
        yield* wg.wait();
        waited = true;
      }
    });
    yield* sleep(1);
  });
  expect([waited, wg.count]).toEqual([true, 0]);
});

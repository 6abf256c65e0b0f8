import { availableParallelism } from "node:os";
import { chan } from "@gr/chan";
import { go, MisuseError, run, sleep } from "@gr/core";
import { startThreads, Thread } from "@gr/threads";
import { expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

const start = () => new Thread(t.add, 1, 1);

test("as many threads as may be: the next is refused, and one that has ended makes room", async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false, maxThreads: 2 });
  const first = new Thread(t.waitsOn, new Int32Array(new SharedArrayBuffer(8)));
  expect(start).toThrow(MisuseError);
  expect(start).toThrow("there are as many threads as maxThreads allows");
  first.terminate();
  await expect(first.join()).rejects.toThrow("was terminated");
  while (threads.stats().threads > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await start().join()).toBe(2);
});

test("threads come and go without limit, each with a number of its own (go#139)", { timeout: 120_000 }, async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false });
  const numbers = new Set<number>();
  const N = 320;
  await run(function* () {
    for (let n = 0; n < N; ) {
      const some = Array.from({ length: 8 }, () => new Thread(t.where));
      for (const thread of some) numbers.add(yield* thread.join());
      n += some.length;
    }
    // One of them is still expected to run portables, and channels to work between those that came late.
    const [requests, replies] = [chan<number>(0), chan<number>(1)];
    const echo = new Thread(t.echoes, requests, replies);
    yield* requests.send(4);
    expect(yield* replies.recv()).toBe(8);
    requests.close();
    expect(yield* echo.join()).toBe(1);
    expect(yield* go(t.add, 1, 2)).toBe(3);
    while (threads.stats().threads > 2) yield* sleep(1);
  });
  expect(numbers.size).toBe(N);
});

test("a program of a worker whose number came free does not meet one of the next worker with that slot", async () => {
  await using threads = await startThreads({ procs: 1, mainRuns: false });
  for (let i = 0; i < 3; i++) {
    expect(await new Thread(t.runsInside, i).join()).toBe(i + 1);
    while (threads.stats().ms.some((m) => m.state === "in a blocking call"))
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

test("there are as many Ps as the process may use processors, unless GOMAXPROCS or procs says otherwise (go#158)", async () => {
  const wanted = process.env.GOMAXPROCS ?? process.env.GRMAXPROCS;
  expect(wanted).toBeUndefined();
  {
    await using threads = await startThreads();
    expect(threads.stats().procs).toBe(availableParallelism());
  }
  process.env.GOMAXPROCS = "7";
  try {
    await using threads = await startThreads();
    expect(threads.stats().procs).toBe(7);
  } finally {
    delete process.env.GOMAXPROCS;
  }
});

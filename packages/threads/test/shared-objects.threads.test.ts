import { chan } from "@gr/chan";
import { all, go, run, sleep } from "@gr/core";
import { share, startThreads, Thread, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";
import { serving } from "./serving.ts";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

/** Work for two, until both workers are up. */
function* bothWorkers() {
  while (serving(threads) < 2) yield* all([go(t.spin, 2), go(t.spin, 2)]);
}

test("a SharedArrayBuffer that is an argument is the same memory there, and the same object when it comes back", async () => {
  await run(function* () {
    const words = new Int32Array(new SharedArrayBuffer(16));
    expect(yield* go(t.addTo, words, 0, 5)).toBe(5);
    expect(words[0]).toBe(5);
    const back = (yield* go(t.echo, { buffer: words.buffer, view: words })) as Record<string, unknown>;
    expect(back.buffer).toBe(words.buffer);
    expect((back.view as Int32Array).buffer).toBe(words.buffer);
    expect(new DataView(back.buffer as SharedArrayBuffer).getInt32(0, true)).toBe(5);
  });
});

test("it reaches threads that were up, threads that start later, and those of Thread, from whichever thread has made it", async () => {
  await run(function* () {
    yield* bothWorkers();
    const made = yield* go(t.makesShared, 16);
    expect(yield* go(t.addTo, made, 1, 2)).toBe(2);
    const thread = new Thread(t.addTo, made, 1, 3);
    expect(yield* thread.join()).toBe(5);
    const g = all(Array.from({ length: 20 }, () => go(t.addTo, made, 1, 1)));
    yield* g;
    expect(made[1]).toBe(25);
  });
});

test("over a channel, to a thread whose event loop does not turn", async () => {
  await run(function* () {
    yield* bothWorkers();
    const values = chan<Int32Array<SharedArrayBuffer>>(1);
    const meet = new Int32Array(new SharedArrayBuffer(8));
    const g = go(t.takesShared, values, meet);
    while (Atomics.load(meet, 0) === 0) yield* sleep(1);
    const words = new Int32Array(new SharedArrayBuffer(8));
    yield* share(words.buffer);
    yield* values.send(words);
    yield* g;
    expect(words[0]).toBe(1);
  });
});

test("while main is blocked, a thread that starts has the buffers that main had named", async () => {
  await run(function* () {
    const buffers = Array.from({ length: 8 }, () => new Int32Array(new SharedArrayBuffer(8)));
    const gs = buffers.map((words) => go(t.addTo, words, 0, 7));
    // Started by now, and not up; a blocked main answers nothing.
    Atomics.wait(buffers[7] as Int32Array<SharedArrayBuffer>, 0, 0, 10_000);
    expect(buffers[7]?.[0]).toBe(7);
    yield* all(gs);
  });
});

test("a shared WebAssembly.Memory crosses too, and its buffer alone; one that is not shared is refused", async () => {
  await run(function* () {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    expect(yield* go(t.echo, memory)).toBe(memory);
    expect(yield* go(t.addTo, new Int32Array(memory.buffer as unknown as SharedArrayBuffer), 3, 4)).toBe(4);
    expect(new Int32Array(memory.buffer)[3]).toBe(4);
    expect(() => go(t.echo, [new WebAssembly.Memory({ initial: 1 })])).toThrow("args[0][0]: a Memory cannot cross");
  });
});

test("what no thread can reach any more is given up: threads keep nothing of it", async () => {
  await run(function* () {
    yield* bothWorkers();
    const stays = new Int32Array(new SharedArrayBuffer(16));
    yield* go(t.addTo, stays, 0, 1);
    for (let i = 0; i < 40; i++) yield* go(t.addTo, new Int32Array(new SharedArrayBuffer(16)), 0, 1);
    expect(threads.stats().sharedObjects).toBeGreaterThan(1);
    // Collected on every thread, the main one too; finalisers run from the event loop.
    while (threads.stats().sharedObjects > 1) {
      t.collects.call(null);
      yield* all([go(t.collects), go(t.collects)]);
      yield* sleep(1);
    }
    expect(yield* go(t.addTo, stays, 0, 1)).toBe(2);
  });
});

test("shared channels are counted, until no thread can reach them: also those that a thread had which is gone", async () => {
  await run(function* () {
    yield* bothWorkers();
    const before = threads.stats().sharedChannels;
    for (let i = 0; i < 20; i++) yield* go(t.echo, chan(i % 2));
    for (let i = 0; i < 3; i++) yield* new Thread(t.echo, chan(1)).join();
    expect(threads.stats().sharedChannels).toBeGreaterThan(before);
    while (threads.stats().sharedChannels > before) {
      t.collects.call(null);
      yield* all([go(t.collects), go(t.collects)]);
      yield* sleep(1);
    }
  });
});

import { chan } from "@gr/chan";
import { go, MisuseError, NotPortableError, run, sleep, ThreadLostError } from "@gr/core";
import { startThreads, Thread, type Threads } from "@gr/threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeEach(async () => {
  warn.mockClear();
  threads = await startThreads({ procs: 1, mainRuns: false, maxThreads: 6 });
});
afterEach(() => threads.close());

const runsAlone = () => threads.stats().ms.filter((m) => m.state === "in a blocking call");

test("runs its function on a thread of its own and gives what it returns, throws or awaits", async () => {
  const thread = new Thread(t.where);
  const m = await thread.join();
  expect(m).toBeGreaterThan(0);
  expect(await thread.join()).toBe(m);
  expect(await new Thread(t.asynchronous, 4).join()).toBe(8);
  await expect(new Thread(t.boom, "inside").join()).rejects.toThrow(RangeError);
  expect(await new Thread(t.where).join()).not.toBe(m);
});

test("its thread ends with its function", async () => {
  await run(function* () {
    yield* new Thread(t.add, 1, 2).join();
    while (threads.stats().threads > 1) yield* sleep(1);
  });
  expect(warn).not.toHaveBeenCalled();
});

test("blocks in calls and channel operations while goroutines go on with the only P (go#152)", async () => {
  await run(function* () {
    const values = chan<number>(0);
    const thread = new Thread(t.blocksThenSends, 200, values);
    expect(yield* go(t.add, 1, 1)).toBe(2);
    const got: number[] = [];
    for (;;) {
      const { value, ok } = yield* values.recvOk();
      if (!ok) break;
      got.push(value as number);
    }
    expect(got).toEqual([1, 2, 3]);
    expect(yield* thread.join()).toBeGreaterThan(0);
  });
});

test("two of them converse with main at once, and hold no P", async () => {
  await run(function* () {
    const pairs = [0, 1].map(() => [chan<number>(0), chan<number>(1)] as const);
    const list = pairs.map(([requests, replies]) => new Thread(t.echoes, requests, replies));
    for (let i = 0; i < 100; i++)
      for (const [requests, replies] of pairs) {
        yield* requests.send(i);
        expect(yield* replies.recv()).toBe(2 * i);
      }
    expect(runsAlone()).toHaveLength(2);
    expect(runsAlone().every((m) => m.p === -1)).toBe(true);
    for (const [requests] of pairs) requests.close();
    for (const thread of list) expect(yield* thread.join()).toBe(100);
  });
});

test("what it starts runs elsewhere, and it may start threads", async () => {
  expect(await new Thread(t.spawns, 20).join()).toBe(210);
  expect(await new Thread(t.threadInside, 21).join()).toBe(42);
});

describe("the end of a thread", () => {
  test("terminate ends a computation, and the join says so", async () => {
    await run(function* () {
      const thread = new Thread(t.spin, 3_600_000);
      while (runsAlone().every((m) => m.live === 0)) yield* sleep(1);
      thread.terminate();
      const err = yield* failure(thread);
      expect(err).toBeInstanceOf(ThreadLostError);
      expect(err.message).toMatch(/^goroutine \d+ \(test:spin\) was lost: its thread was terminated$/);
      while (threads.stats().threads > 1) yield* sleep(1);
      thread.terminate();
      expect(yield* go(t.add, 1, 1)).toBe(2);
    });
    expect(warn).not.toHaveBeenCalled();
  });

  test("terminate before it has started, and with nobody to join, is no failure", async () => {
    await run(function* () {
      new Thread(t.spin, 3_600_000).terminate();
      while (threads.stats().threads > 1) yield* sleep(1);
    });
  });

  test("its death is a ThreadLostError with the cause", async () => {
    const err = await run(() => failure(new Thread(t.dies, 3)));
    expect(err).toBeInstanceOf(ThreadLostError);
    expect(err.cause).toMatchObject({ message: "exit code 3" });
  });

  test("the end of the program cancels it", async () => {
    await run(function* () {
      new Thread(t.unwinds);
      while (runsAlone().every((m) => m.live === 0)) yield* sleep(1);
    });
    await run(function* () {
      while (threads.stats().threads > 1) yield* sleep(1);
    });
  });

  function* failure(thread: Thread<never, unknown> | { join(): ReturnType<typeof go> }) {
    try {
      yield* thread.join() as ReturnType<typeof go>;
    } catch (err) {
      return err as Error;
    }
    throw new Error("it did not fail");
  }
});

test("refuses what is not portable, what cannot cross, and more than maxThreads", async () => {
  expect(() => new Thread((() => 1) as never)).toThrow(NotPortableError);
  expect(() => new Thread(t.echo, () => 1)).toThrow("args[0]");
  const list = [1, 2, 3, 4, 5].map(() => new Thread(t.nap, 3_600_000));
  expect(() => new Thread(t.nap, 1)).toThrow(MisuseError);
  for (const thread of list) thread.terminate();
});

test("without threads it is a goroutine", async () => {
  await threads.close();
  const thread = new Thread(t.add, 1, 2);
  expect(await thread.join()).toBe(3);
});

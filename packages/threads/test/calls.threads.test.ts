// blocking, pmap, transfer.

import { chan, select } from "@gr/chan";
import { all, go, run, sleep } from "@gr/core";
import { blocking, pmap, startThreads, type Threads, transfer } from "@gr/threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 1, mainRuns: false });
});
afterEach(() => threads.close());

describe("blocking", () => {
  test("blocks its own thread, while portables go on with the only P", async () => {
    await run(function* () {
      const call = go(function* () {
        return yield* blocking(t.blocks, 1500);
      });
      while (!threads.stats().ms.some((m) => m.state === "in a blocking call")) yield* sleep(1);
      for (let i = 0; i < 5; i++) expect(yield* go(t.add, i, 1)).toBe(i + 1);
      expect(threads.stats().ms.some((m) => m.state === "in a blocking call")).toBe(true);
      expect(yield* call).toBeGreaterThan(0);
    });
  });

  test("many at once have a thread each", async () => {
    const ms = await run(() => all(Array.from({ length: 3 }, () => blocking(t.blocks, 1000))));
    expect(new Set(ms).size).toBe(3);
  });

  test("gives back what the call returns, awaits or throws", async () => {
    expect(await blocking(t.add, 2, 3)).toBe(5);
    expect(await blocking(t.asynchronous, 4)).toBe(8);
    await expect(blocking(t.failsNow)).rejects.toThrow("failed at once");
    expect(await blocking(t.add, 1, 1)).toBe(2);
  });

  test("a generator function is refused, a function that returns a generator fails: both say what to use", async () => {
    // @ts-expect-error a goroutine is no blocking call
    expect(() => blocking(t.echo, 1)).toThrow(
      new TypeError(
        "blocking: expected a plain or an async function, got function test:echo: a blocking call has no scheduler to run it; new Thread(fn) has, and may block",
      ),
    );
    await expect(blocking(t.returnsGenerator)).rejects.toThrow(
      new TypeError(
        "blocking: expected test:returns-generator to return no generator, got [object Generator]: a blocking call has no scheduler to run it; new Thread(fn) has, and may block",
      ),
    );
    expect(await blocking(t.add, 1, 1)).toBe(2);
  });

  test("ten thousand one after the other share one thread", async () => {
    await run(function* () {
      for (let i = 0; i < 10_000; i++) if ((yield* blocking(t.double, i)) !== 2 * i) throw new Error(`call ${i}`);
    });
    // Main, one worker (whoever was waited for is idle when its result comes), and the one that sysmon has started ahead.
    expect(threads.stats().threads).toBeLessThanOrEqual(4);
  });

  test("one that runs cannot be interrupted: who waits is let go at once, and the result is dropped", async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    await run(function* () {
      const waits = go(function* () {
        return yield* blocking(t.waitsOn, words);
      });
      while (Atomics.load(words, 1) === 0) yield* sleep(1);
      waits.cancel("enough");
      const err: unknown = yield* failure(waits);
      expect(err).toMatchObject({ code: "GR_CANCELLED", cause: "enough" });
      // It is in its call still.
      expect(threads.stats().ms.some((m) => m.state === "in a blocking call")).toBe(true);
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 0);
      while (threads.stats().ms.some((m) => m.state === "in a blocking call")) yield* sleep(1);
      expect(yield* blocking(t.add, 1, 1)).toBe(2);
    });
  });

  test("is a case of select: it wins with its result, and beaten it is let go, and its thread serves the next", async () => {
    await run(function* () {
      const never = chan<number>();
      expect(yield* select({ call: blocking(t.add, 1, 2), never: never.recv() })).toMatchObject({
        key: "call",
        value: 3,
      });
      const soon = chan<string>(1);
      yield* soon.send("soon");
      const beaten = yield* select({ call: blocking(t.blocks, 200), soon: soon.recv() });
      expect(beaten).toMatchObject({ key: "soon", value: "soon" });
      const late = select({ call: blocking(t.blocks, 200), late: sleep(1) });
      expect((yield* late).key).toBe("late");
      expect(yield* blocking(t.add, 3, 4)).toBe(7);
    });
  });

  test("is cold, and each use is a call of its own", async () => {
    const before = threads.stats().threads;
    const call = blocking(t.add, 1, 2);
    await go(t.add, 0, 0);
    expect(threads.stats().ms.reduce((n, m) => n + m.started, 0)).toBe(1);
    expect([await call, await call]).toEqual([3, 3]);
    expect(before).toBe(1);
  });
});

describe("pmap", () => {
  test("keeps the order of the items", async () => {
    const items = Array.from({ length: 200 }, (_, i) => i);
    expect(await pmap(items, t.double)).toEqual(items.map((i) => i * 2));
    expect(await pmap([], t.double)).toEqual([]);
  });

  test("has at most `concurrency` at once, and reads no further", async () => {
    let read = 0;
    function* items() {
      for (; read < 20; ) {
        read++;
        expect(threads.stats().ms.reduce((n, m) => n + m.live, 0)).toBeLessThanOrEqual(2);
        yield 1;
      }
    }
    expect(await pmap(items(), t.nap, { concurrency: 2 })).toHaveLength(20);
    expect(read).toBe(20);
  });

  test("the first failure cancels the rest and is thrown", async () => {
    await expect(pmap([3_600_000, -1, 3_600_000], t.napOrFail)).rejects.toThrow("negative");
    await run(function* () {
      while (threads.stats().ms.some((m) => m.live > 0)) yield* sleep(1);
    });
  });

  test("refuses a concurrency that is none", () => {
    expect(() => pmap([1], t.double, { concurrency: 0 })).toThrow(RangeError);
  });
});

describe("transfer", () => {
  test("an argument's buffer arrives and is empty here", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(await go(t.sum, transfer(bytes, [bytes.buffer]))).toBe(6);
    expect(bytes.buffer.byteLength).toBe(0);
  });

  test("a result's buffer arrives", async () => {
    expect(await go(t.makesBytes, 3)).toEqual(new Uint8Array([0, 1, 2]));
  });

  test("on its own thread the value goes on as it is, and nothing is emptied", async () => {
    const { buffer } = new Uint8Array(4);
    const c = chan<ArrayBuffer>(1);
    expect(await go((x: ArrayBuffer) => x, transfer(buffer, [buffer]))).toBe(buffer);
    await c.send(transfer(buffer, [buffer]));
    expect(await c.recv()).toBe(buffer);
    expect(buffer.byteLength).toBe(4);
  });

  test("on a channel that another thread has, it arrives there and is empty here", async () => {
    const [there, here] = [chan<Uint8Array<ArrayBuffer>>(), chan<Uint8Array<ArrayBuffer>>(1)];
    const echo = go(t.movesOn, there, here);
    const bytes = new Uint8Array([1, 2, 3]);
    const one = transfer(bytes, [bytes.buffer]);
    await run(() => select({ there: there.send(one), never: sleep(1e9) }));
    expect(bytes.length).toBe(0);
    expect(await here.recv()).toEqual(new Uint8Array([1, 2, 3]));
    const next = new Uint8Array([4]);
    while (!there.trySend(transfer(next, [next.buffer]))) await sleep(1);
    expect(next.length).toBe(0);
    expect(await here.recv()).toEqual(new Uint8Array([4]));
    there.close();
    // What it sent back was moved too, and is empty there.
    expect(await echo).toBe(2);
  });

  test("a send that nobody takes keeps its buffer; what a channel holds when it is handed over moves then", async () => {
    const c = chan<Uint8Array<ArrayBuffer>>(1);
    const [held, blocked] = [new Uint8Array([1]), new Uint8Array([2])];
    c.trySend(transfer(held, [held.buffer]));
    const sending = go(() => c.send(transfer(blocked, [blocked.buffer])));
    await sleep(0);
    expect([held.length, blocked.length]).toEqual([1, 1]);
    const out = chan<Uint8Array<ArrayBuffer>>(2);
    const echo = go(t.movesOn, c, out);
    expect(held.length).toBe(0);
    await sending;
    expect(blocked.length).toBe(0);
    expect([await out.recv(), await out.recv()]).toEqual([new Uint8Array([1]), new Uint8Array([2])]);
    c.close();
    expect(await echo).toBe(2);
    const quiet = chan<Uint8Array<ArrayBuffer>>();
    await go(t.echo, quiet);
    const kept = new Uint8Array([3]);
    const left = go(() => quiet.send(transfer(kept, [kept.buffer])));
    await sleep(0);
    left.cancel();
    await expect(left).rejects.toThrow("cancelled");
    expect(kept.length).toBe(1);
  });

  test("as a part of an argument, a result or a message it is refused by its path", async () => {
    const { buffer } = new Uint8Array(4);
    const moved = (): ArrayBuffer => transfer(buffer, [buffer]);
    expect(() => go(t.echo, { in: [moved()] })).toThrow("args[0].in[0]: a buffer of a transfer()");
    await expect(go(t.makesBytes, 3, true)).rejects.toThrow("result[0].buffer: a buffer of a transfer()");
    const c = chan<unknown>(1);
    await go(t.echo, c);
    await expect(c.send([moved()])).rejects.toThrow("value[0]: a buffer of a transfer()");
    await expect(run(() => select({ c: c.send({ x: moved() }) }))).rejects.toThrow("value.x: a buffer of a transfer()");
    const held = chan<unknown>(1);
    await held.send([moved()]);
    expect(() => go(t.echo, held)).toThrow("buffered value[0]: a buffer of a transfer()");
    expect(buffer.byteLength).toBe(4);
    await c.send(buffer);
    expect([buffer.byteLength, ((await c.recv()) as ArrayBuffer).byteLength]).toEqual([4, 4]);
  });

  test("a buffer that is empty already, or listed twice, is refused before anything is sent", () => {
    const { buffer } = new Uint8Array(4);
    expect(() => go(t.sum, transfer(new Uint8Array(buffer), [buffer, buffer]))).toThrow("listed twice");
    expect(buffer.byteLength).toBe(4);
  });
});

function* failure(g: ReturnType<typeof go>) {
  try {
    yield* g;
  } catch (err) {
    return err;
  }
  throw new Error("it did not fail");
}

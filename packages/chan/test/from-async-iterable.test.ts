import { chan, fromAsyncIterable, range, select } from "@gr/chan";
import { go, run, until } from "@gr/core";
import { sched } from "@gr/core/internal";
import { expect, test, vi } from "vitest";
import { Counting, turns } from "./bridges.ts";

test("values come in order, and the end of the source closes the channel", () =>
  run(function* () {
    const got: number[] = [];
    yield* range(fromAsyncIterable(new Counting(100)), (v) => {
      got.push(v);
    });
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
  }));

test.each([0, 1, 5])(
  "backpressure: with capacity %d the source is read that far ahead, and one more",
  async (capacity) => {
    const source = new Counting(100);
    const ch = fromAsyncIterable(source, { capacity });
    await turns();
    expect([source.asked, ch.len]).toEqual([capacity + 1, capacity]);
    expect(await ch.recv()).toBe(0);
    await turns();
    expect(source.asked).toBe(capacity + 2);
  },
);

test("an error comes after the values before it, to each receiver, and again", async () => {
  const error = new Error("broken");
  const ch = fromAsyncIterable(new Counting(2, error), { capacity: 8 });
  await turns();
  expect([await ch.recv(), await ch.recv()]).toEqual([0, 1]);
  await expect(ch.recv()).rejects.toBe(error);
  await expect(ch.recvOk()).rejects.toBe(error);
  await expect(select({ ch: ch.recv() })).rejects.toBe(error);
  expect(() => ch.tryRecv()).toThrow(error);
});

test("an error wakes everybody who waits, also in a select", async () => {
  const error = new Error("broken");
  let reject = (_: unknown): void => {};
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<number>>((_, no) => {
          reject = no;
        }),
    }),
  };
  const ch = fromAsyncIterable(source);
  const quiet = chan<number>();
  const waits = [ch.recv(), ch.recvOk(), select({ ch: ch.recv(), quiet: quiet.recv() })].map((op) =>
    op.then(
      () => "a value",
      (err: unknown) => err,
    ),
  );
  await turns();
  reject(error);
  expect(await Promise.all(waits)).toEqual([error, error, error]);
});

test("disposing returns the iterator, closes the channel and keeps what was buffered", async () => {
  const source = new Counting(100);
  const ch = fromAsyncIterable(source, { capacity: 2 });
  await turns();
  ch[Symbol.dispose]();
  ch[Symbol.dispose]();
  await turns();
  expect([source.asked, source.returned]).toEqual([3, 1]);
  expect([await ch.recv(), await ch.recv(), await ch.recv()]).toEqual([0, 1, undefined]);
});

test("a goroutine that is cancelled while it receives leaves the source through using", async () => {
  const source = new Counting(1);
  const never = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: () => source.return() }),
  };
  await run(function* () {
    const g = go(function* () {
      using ch = fromAsyncIterable(never as AsyncIterable<number>);
      yield* ch.recv();
    });
    yield* until(turns());
    g.cancel();
  });
  expect(source.returned).toBe(1);
});

test("a value or an error that comes after the receiver has left is dropped", async () => {
  for (const late of ["value", "error"]) {
    let settle = (): void => {};
    const next = () =>
      new Promise<IteratorResult<number>>((resolve, reject) => {
        settle = () => (late === "value" ? resolve({ done: false, value: 1 }) : reject(new Error("late")));
      });
    const ch = fromAsyncIterable({ [Symbol.asyncIterator]: () => ({ next }) }, { capacity: 1 });
    ch[Symbol.dispose]();
    settle();
    await turns();
    expect([ch.len, await ch.recvOk()]).toEqual([0, { value: undefined, ok: false }]);
  }
});

test("a source that has ended is not returned", async () => {
  const source = new Counting(0);
  const ch = fromAsyncIterable(source);
  await turns();
  ch[Symbol.dispose]();
  await turns();
  expect(source.returned).toBe(0);
});

test("an error of return() goes to the host's report", async () => {
  const told = vi.spyOn(sched.host, "unhandled").mockImplementation(() => {});
  const source = new Counting(5);
  source.return = () => Promise.reject(new Error("no"));
  fromAsyncIterable(source)[Symbol.dispose]();
  await turns();
  expect(told.mock.calls).toEqual([[new Error("no")]]);
  told.mockRestore();
});

test("in closed mode waiting for a source is no deadlock, and waiting for nothing is", async () => {
  const slow = async function* (): AsyncGenerator<number> {
    await turns(5);
    yield 7;
  };
  await expect(
    run(
      function* () {
        return yield* fromAsyncIterable(slow()).recv();
      },
      { deadlock: "closed" },
    ),
  ).resolves.toBe(7);
  await expect(
    run(
      function* () {
        return yield* chan().recv();
      },
      { deadlock: "closed" },
    ),
  ).rejects.toThrow(/deadlock/);
});

test("a bad argument is told at the door", () => {
  expect(() => fromAsyncIterable([1] as never)).toThrow(TypeError);
  expect(() => fromAsyncIterable(new Counting(1), { capacity: -1 })).toThrow(RangeError);
});

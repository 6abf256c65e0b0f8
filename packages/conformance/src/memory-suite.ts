// What waiting costs and what it leaves behind. Local only: it looks into the heap and the queues of this thread.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Chan, chan, select, Timer, ticker } from "@gr/chan";
import { type Coroutine, type Goroutine, go, gosched, run } from "@gr/core";
import { WaitQueue } from "@gr/core/internal";
import { describe, expect, test } from "vitest";

const closed = { deadlock: "closed" } as const;

export function memorySuite(): void {
  describe("memory and queues", () => {
    test("T10 go#51 selects that lose on a quiet channel leave nothing in the heap", quietChannel);
    test("T31 go#51 the work of many selects on one quiet channel grows linearly", linearGrowth);
    test("go#75 timers and tickers that nobody references are collected, though never stopped", timersCollected);
    test("a select that is over holds neither its goroutine, its value nor its operations", nothingHeld);
    test("T30 goroutines parked in the middle of hand-offs survive collections", collections);
  });
}

function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

async function quietChannel(): Promise<void> {
  const gc = collector();
  const used = (): number => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  await run(function* () {
    const [busy, quiet] = [chan<number>(), chan<number>()];
    go(function* () {
      for (let i = 0; ; i++) yield* busy.send(i);
    });
    const round = function* (): Coroutine<void> {
      for (let i = 0; i < 50_000; i++) yield* select({ busy: busy.recv(), quiet: quiet.recv() });
    };
    yield* round();
    const before = used();
    yield* round();
    // A waiter left behind costs some 100 bytes: 50,000 of them would be 5 MB.
    expect(used() - before).toBeLessThan(500_000);
    expect(quiet.len).toBe(0);
  }, closed);
}

/** Counts what happens on wait queues while body runs, and how long the longest of them grows. */
async function counted(body: () => Promise<void>): Promise<{ steps: number; longest: number }> {
  const { enqueue, remove } = WaitQueue.prototype;
  const count = { steps: 0, longest: 0 };
  WaitQueue.prototype.enqueue = function (w) {
    count.steps++;
    enqueue.call(this, w);
    count.longest = Math.max(count.longest, this.size);
  };
  WaitQueue.prototype.remove = function (w) {
    count.steps++;
    remove.call(this, w);
  };
  try {
    await body();
  } finally {
    Object.assign(WaitQueue.prototype, { enqueue, remove });
  }
  return count;
}

async function linearGrowth(): Promise<void> {
  const rounds = 10;
  const program = (waiters: number) => () =>
    run(function* () {
      const quiet = chan<number>();
      const own = Array.from({ length: waiters }, () => chan<number>());
      const body = function* (mine: Chan<number>): Coroutine<void> {
        for (let i = 0; i < rounds; i++) yield* select({ quiet: quiet.recv(), mine: mine.recv() });
      };
      const all = own.map((mine) => go(body, mine));
      for (let i = 0; i < rounds; i++) for (const mine of own) yield* mine.send(i);
      for (const g of all) yield* g;
    }, closed);
  const n = 500;
  const small = await counted(program(n));
  const large = await counted(program(2 * n));
  expect(small.longest).toBeLessThanOrEqual(n);
  expect(large.longest).toBeLessThanOrEqual(2 * n);
  expect(small.steps).toBeGreaterThan(n * rounds);
  expect(large.steps).toBeLessThan(2.2 * small.steps);
}

async function timersCollected(): Promise<void> {
  const gc = collector();
  const made: WeakRef<object>[] = [];
  await run(function* () {
    const ready = chan<number>(1);
    for (let i = 0; i < 200; i++) {
      const t = i % 2 === 0 ? new Timer(3_600_000) : ticker(3_600_000);
      made.push(new WeakRef(t));
      // Waited for and given up: then it must be off the heap again.
      const g = go(function* () {
        yield* select({ tick: t.recv(), ready: ready.recv() });
      });
      while (g.status !== "waiting") yield* gosched();
      yield* ready.send(0);
      yield* g;
    }
  }, closed);
  // A WeakRef holds its target until the job that made it is over.
  await new Promise((turned) => setImmediate(turned));
  gc();
  // The last ones may still be held by a register or a frame.
  expect(made.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
}

async function nothingHeld(): Promise<void> {
  const gc = collector();
  const made: WeakRef<object>[] = [];
  const waiting = function* (won: Chan<object>, lost: Chan<object>): Coroutine<void> {
    const got = yield* select({ won: won.recv(), lost: lost.send({}) });
    made.push(new WeakRef(got.value as object));
  };
  await run(function* () {
    // At one time, or the next would use what the last one left.
    const pairs = Array.from({ length: 20 }, () => [chan<object>(), chan<object>()] as const);
    const all = pairs.map(([won, lost]) => go(waiting, won, lost));
    yield* parked(all);
    for (const [won] of pairs) yield* won.send({});
    for (const g of all) yield* g;
    for (const held of [...all, ...pairs.flat()]) made.push(new WeakRef(held));
  }, closed);
  await new Promise((turned) => setImmediate(turned));
  gc();
  expect(made).toHaveLength(80);
  expect(made.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
}

async function collections(): Promise<void> {
  const gc = collector();
  const pairs = 2000;
  let sum = 0;
  await run(function* () {
    const channels = Array.from({ length: pairs }, () => chan<{ readonly n: number }>());
    const receivers = channels.map((c) =>
      go(function* () {
        for (let i = 0; i < 3; i++) {
          const { n } = (yield* c.recv())!;
          sum += n;
        }
      }),
    );
    yield* parked(receivers);
    gc();
    // Half of the values are handed over before the next collection, half wait in blocked senders after it.
    const senders = channels.map((c, i) =>
      go(function* () {
        for (let k = 0; k < 3; k++) yield* c.send({ n: i });
      }),
    );
    for (const c of channels) c.trySend({ n: 0 });
    gc();
    yield* gosched();
    gc();
    for (const g of receivers) yield* g;
    for (const g of senders) g.cancel();
  }, closed);
  // Each receiver took the zero and two of its sender's values.
  expect(sum).toBe(2 * ((pairs * (pairs - 1)) / 2));
}

function* parked(all: readonly Goroutine<unknown>[]): Coroutine<void> {
  while (all.some((g) => g.status !== "waiting")) yield* gosched();
}

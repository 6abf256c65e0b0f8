import { chan, select } from "@gr/chan";
import { CancelledError, type Coroutine, DeadlockError, go, gosched, MisuseError, run, sleep, timeout } from "@gr/core";
import { describe, expect, test } from "vitest";
import { type Lock, Mutex } from "../src/index.ts";

const closed = { deadlock: "closed" } as const;

describe("a mutex", () => {
  test("starts free, is held by one at a time, and is no goroutine's own: another may release it (go#86)", () =>
    run(function* () {
      const mu = new Mutex();
      expect(mu.locked).toBe(false);
      const lock = yield* mu.lock();
      expect(mu.locked).toBe(true);
      const order: string[] = [];
      const waiting = go(function* () {
        using _lock = yield* mu.lock();
        order.push("waiter");
      });
      yield* gosched();
      expect(order).toEqual([]);
      yield* go(() => {
        order.push("releaser");
        lock.release();
      });
      yield* waiting;
      expect(order).toEqual(["releaser", "waiter"]);
      expect(mu.locked).toBe(false);
    }, closed));

  test("a second release is Go's error, and harms nobody who holds it now (go#87)", () =>
    run(function* () {
      const mu = new Mutex();
      const first = yield* mu.lock();
      first.release();
      const second = yield* mu.lock();
      expect(() => first.release()).toThrow(new MisuseError("sync: unlock of unlocked mutex"));
      expect(mu.locked).toBe(true);
      first[Symbol.dispose]();
      expect(mu.locked).toBe(true);
      second.release();
      expect(mu.locked).toBe(false);
    }, closed));

  test("tryLock never waits (go#88)", () => {
    const mu = new Mutex();
    const lock = mu.tryLock();
    expect(lock).toBeDefined();
    expect(mu.tryLock()).toBeUndefined();
    lock!.release();
    expect(mu.tryLock()).toBeDefined();
  });

  test("waiters get it in the order in which they came, and a newcomer cannot get in between (go#89, go#90)", () =>
    run(function* () {
      const mu = new Mutex();
      const lock = yield* mu.lock();
      const order: number[] = [];
      const take = function* (i: number): Coroutine<void> {
        using _lock = yield* mu.lock();
        order.push(i);
        yield* gosched();
      };
      const gs = [];
      for (let i = 0; i < 5; i++) {
        gs.push(go(take, i));
        yield* gosched();
      }
      lock.release();
      expect(mu.tryLock()).toBeUndefined();
      gs.push(go(take, 5));
      for (const g of gs) yield* g;
      expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    }, closed));

  test("who waits says so in Go's words (go#93), and a deadlock names the mutex", async () => {
    const mu = new Mutex({ name: "books" });
    const stuck = run(function* () {
      yield* mu.lock();
      yield* mu.lock();
    }, closed);
    const err = await stuck.catch((e: unknown) => e);
    expect(err).toBeInstanceOf(DeadlockError);
    expect((err as DeadlockError).message).toContain("sync.Mutex.Lock on books");
    expect((err as DeadlockError).dump).toContain("[sync.Mutex.Lock]");
  });

  test("a waiter that is cancelled leaves no trace, and the next one gets it", () =>
    run(function* () {
      const mu = new Mutex();
      const lock = yield* mu.lock();
      const got: string[] = [];
      const take = (name: string) =>
        function* (): Coroutine<void> {
          using _lock = yield* mu.lock();
          got.push(name);
        };
      const [a, b] = [go(take("a")), go(take("b"))];
      yield* gosched();
      a.cancel();
      lock.release();
      yield* b;
      expect(got).toEqual(["b"]);
      expect(mu.locked).toBe(false);
    }, closed));

  test("one that was handed the mutex and cancelled before it ran still has it, and releases it as it unwinds", () =>
    run(function* () {
      const mu = new Mutex();
      const lock = yield* mu.lock();
      const g = go(function* () {
        using _lock = yield* mu.lock();
        yield* sleep(1e9);
      });
      yield* gosched();
      lock.release();
      g.cancel();
      expect(mu.locked).toBe(true);
      yield* go(function* () {
        try {
          yield* g;
        } catch (err) {
          expect(err).toBeInstanceOf(CancelledError);
        }
      });
      expect(mu.locked).toBe(false);
    }));

  test("a case of a select that lost takes nothing", () =>
    run(function* () {
      const mu = new Mutex();
      const c = chan<number>(1);
      const lock = yield* mu.lock();
      c.trySend(1);
      const r = yield* select({ c: c.recv(), mu: mu.lock() });
      expect(r.key).toBe("c");
      const late = yield* select({ mu: mu.lock(), default: true });
      expect(late.key).toBe("default");
      const waiting = go(function* () {
        return (yield* select({ c: c.recv(), mu: mu.lock() })).key;
      });
      yield* gosched();
      c.trySend(2);
      expect(yield* waiting).toBe("c");
      lock.release();
      expect(mu.locked).toBe(false);
    }, closed));

  test("a case of a select that wins holds it", () =>
    run(function* () {
      const mu = new Mutex();
      const r = yield* select({ mu: mu.lock(), late: sleep(1e6) });
      expect(r.key).toBe("mu");
      expect(mu.locked).toBe(true);
      (r.value as Lock).release();
    }));

  test("a wait can time out, or be given up by a signal, outside too; the mutex is none the worse", async () => {
    const mu = new Mutex();
    const lock = await mu.lock();
    await expect(run(() => timeout(mu.lock(), 1))).rejects.toThrow("timed out");
    const stop = new AbortController();
    const given = mu.lock({ signal: stop.signal });
    const outcome = Promise.resolve(given).catch((err: unknown) => err);
    stop.abort(new Error("enough"));
    expect(await outcome).toEqual(new Error("enough"));
    const next = mu.lock().then((l) => l.release());
    lock.release();
    await next;
    expect(mu.locked).toBe(false);
  });

  test("runExclusive releases it however the body ends, for generators, async functions and plain ones", () =>
    run(function* () {
      const mu = new Mutex();
      const g = yield* mu.runExclusive(function* (n: number) {
        expect(mu.locked).toBe(true);
        yield* gosched();
        return n;
      }, 7);
      const a = yield* mu.runExclusive(async () => "async");
      const p = yield* mu.runExclusive(() => mu.locked);
      expect([g, a, p]).toEqual([7, "async", true]);
      const failing = go(() =>
        mu.runExclusive(() => {
          throw new Error("no");
        }),
      );
      try {
        yield* failing;
        expect.unreachable();
      } catch (err) {
        expect(err).toEqual(new Error("no"));
      }
      expect(mu.locked).toBe(false);
    }));

  test("a counter that is read and written across yields is exact", () =>
    run(function* () {
      const mu = new Mutex();
      let n = 0;
      const gs = Array.from({ length: 100 }, () =>
        go(function* () {
          for (let i = 0; i < 10; i++) {
            using _lock = yield* mu.lock();
            const seen = n;
            yield* gosched();
            n = seen + 1;
          }
        }),
      );
      for (const g of gs) yield* g;
      expect(n).toBe(1000);
    }, closed));

  test("who gave up its wait is off the queue, so it may wait elsewhere, and losers do not pile up", () =>
    run(function* () {
      const mu = new Mutex();
      const queue = (mu as unknown as { waiters: { size: number } }).waiters;
      const other = chan<number>();
      const lock = yield* mu.lock();
      for (let i = 0; i < 100; i++) yield* select({ mu: mu.lock(), soon: sleep(0.01) });
      expect(queue.size).toBe(0);
      const g = go(function* () {
        try {
          yield* mu.lock();
        } finally {
          yield* other.recv();
        }
      });
      yield* gosched();
      expect(queue.size).toBe(1);
      g.cancel();
      yield* gosched();
      expect(queue.size).toBe(0);
      yield* other.send(1);
      lock.release();
      expect(mu.locked).toBe(false);
    }));
});

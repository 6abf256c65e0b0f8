// Every order of small programs: one holder at a time, nobody is forgotten, cancellation at every point.
import { CancelledError, type Coroutine, type Goroutine, go, gosched, run } from "@gr/core";
import { sched, withVirtualHost } from "@gr/core/internal";
import { type Choose, exploreSchedules, mustPass } from "@gr/explore";
import { expect, test } from "vitest";
import { Mutex, WaitGroup } from "../src/index.ts";

function everyOrder(main: () => Coroutine<void>, least: number): void {
  const report = exploreSchedules((choose: Choose) => {
    withVirtualHost((host) => {
      host.choose(choose);
      let end: unknown = new Error("stuck");
      void run(
        function* () {
          try {
            yield* main();
            end = undefined;
          } catch (err) {
            end = err;
          }
        },
        { deadlock: "closed" },
      ).catch(() => {});
      host.advance(100);
      if (end !== undefined) throw end;
      if (sched.live !== 0) throw new Error(`${sched.live} goroutines are left`);
    });
  });
  mustPass(report);
  expect(report.complete).toBe(true);
  expect(report.runs).toBeGreaterThanOrEqual(least);
}

function* ended(g: Goroutine<unknown>): Coroutine<void> {
  try {
    yield* g;
  } catch (err) {
    if (!(err instanceof CancelledError)) throw err;
  }
}

test("three that lock, yield and release are never inside together", () => {
  everyOrder(function* () {
    const mu = new Mutex();
    let inside = 0;
    let turns = 0;
    const take = function* (): Coroutine<void> {
      using _lock = yield* mu.lock();
      if (++inside !== 1) throw new Error("two are inside");
      yield* gosched();
      inside--;
      turns++;
    };
    const gs = [go(take), go(take), go(take)];
    for (const g of gs) yield* g;
    if (turns !== 3 || mu.locked) throw new Error(`${turns} turns, locked: ${mu.locked}`);
  }, 50);
});

test("a cancel that meets a release loses no lock", () => {
  everyOrder(function* () {
    const mu = new Mutex();
    const lock = yield* mu.lock();
    let taken = 0;
    const take = function* (): Coroutine<void> {
      using _lock = yield* mu.lock();
      taken++;
    };
    const [a, b] = [go(take), go(take)];
    const releaser = go(() => lock.release());
    const canceller = go(() => a.cancel());
    yield* releaser;
    yield* canceller;
    yield* ended(a);
    yield* b;
    if (taken < 1 || mu.locked) throw new Error(`${taken} taken, locked: ${mu.locked}`);
  }, 24);
});

test("every waiter of a group is released once, however done, wait and cancel meet", () => {
  everyOrder(function* () {
    const wg = new WaitGroup();
    wg.add(2);
    let released = 0;
    const wait = function* (): Coroutine<void> {
      yield* wg.wait();
      released++;
    };
    const [a, b] = [go(wait), go(wait)];
    const dones = [go(() => wg.done()), go(() => wg.done())];
    const canceller = go(() => a.cancel());
    for (const g of dones) yield* g;
    yield* canceller;
    yield* ended(a);
    yield* b;
    if (released < 1 || released > 2 || wg.count !== 0) throw new Error(`${released} released, ${wg.count} left`);
  }, 100);
});

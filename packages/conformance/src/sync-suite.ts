// Wait groups and mutexes, on one thread and over several: the same sentences.

import { select } from "@gr/chan";
import { type Coroutine, DeadlockError, type Goroutine, go, gosched, MisuseError, sleep, timeout } from "@gr/core";
import type { Mutex, WaitGroup } from "@gr/sync";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import { take } from "./programs/plumbing.ts";
import {
  addHere,
  countInside,
  countUpAndDown,
  doneAfter,
  firstOf,
  jostle,
  lockThenSay,
  lockUntil,
  passThing,
  sameAgain,
  tryHere,
  waitThenSay,
} from "./programs/syncing.ts";
import { spawnPlain } from "./task.ts";

/** What a suite for these needs beside a Maker. */
export interface SyncMaker extends Maker {
  waitGroup(options?: { readonly name?: string }): WaitGroup;
  mutex(options?: { readonly name?: string }): Mutex;
}

function* waiting(op: () => Coroutine<unknown>): Coroutine<unknown> {
  return yield* op();
}

export function waitGroupSuite(make: SyncMaker): void {
  describe("a wait group", () => {
    test("releases everybody when the last is done, and can be used again (go#99)", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        const report = make.chan<number>(100);
        for (let round = 0; round < 3; round++) {
          const n = scaled(make, 60) + 2;
          wg.add(n);
          const waiters: Goroutine<void>[] = [];
          for (let id = 0; id < 6; id++) waiters.push(make.spawn(waitThenSay, id, wg, report));
          yield* make.settle();
          expect(report.len).toBe(0);
          for (let i = 0; i < n; i++) make.spawn(doneAfter, wg, i % 3);
          yield* wg.wait();
          for (const g of waiters) yield* g;
          expect((yield* take(report, 6)).sort()).toEqual([0, 1, 2, 3, 4, 5]);
          expect(wg.count).toBe(0);
        }
      }));

    test("counts exactly what many add and take back at once", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        wg.add(1);
        const times = scaled(make, 2000);
        const all: Goroutine<void>[] = [];
        for (let i = 0; i < 4; i++) all.push(make.spawn(countUpAndDown, wg, times));
        for (const g of all) yield* g;
        expect(wg.count).toBe(1);
        wg.done();
        yield* wg.wait();
      }));

    test("a negative counter is Go's error, wherever it is made, and changes nothing (go#100)", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        expect(yield* spawnPlain(addHere, wg, 2)).toBe("added");
        expect(wg.count).toBe(2);
        expect(yield* spawnPlain(addHere, wg, -3)).toContain("sync: negative WaitGroup counter");
        expect(() => wg.add(-3)).toThrow(new MisuseError("sync: negative WaitGroup counter"));
        expect(() => wg.add(Number.MAX_SAFE_INTEGER)).toThrow(RangeError);
        expect(wg.count).toBe(2);
        expect(yield* spawnPlain(addHere, wg, -2)).toBe("added");
        yield* wg.wait();
      }));

    test("an add right after the step makes nobody wait again who was released (go#100)", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        const report = make.chan<number>(1);
        wg.add(1);
        const waiter = make.spawn(waitThenSay, 7, wg, report);
        yield* make.settle();
        wg.done();
        wg.add(1);
        yield* waiter;
        expect(yield* report.recv()).toBe(7);
        wg.done();
      }));

    test("who was cancelled, timed out or beaten leaves no trace", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        const report = make.chan<number>(4);
        wg.add(1);
        const gone = make.spawn(waitThenSay, 1, wg, report);
        const stays = make.spawn(waitThenSay, 2, wg, report);
        yield* make.settle();
        gone.cancel();
        yield* make.settle();
        const late = yield* select({ wg: wg.wait(), soon: sleep(0.1) });
        expect(late.key).toBe("soon");
        expect((yield* select({ wg: wg.wait(), default: true })).key).toBe("default");
        yield* spawnPlain(addHere, wg, -1);
        yield* stays;
        expect([yield* report.recv(), report.len]).toEqual([2, 0]);
        expect((yield* select({ wg: wg.wait(), default: true })).key).toBe("wg");
      }));

    test("go counts a goroutine from its start to its end, wherever it runs (go#101)", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        const inner = make.waitGroup();
        inner.add(scaled(make, 100));
        const n = inner.count;
        for (let i = 0; i < n; i++) wg.go(() => make.spawn(doneAfter, inner, 1));
        expect(wg.count).toBe(n);
        yield* inner.wait();
        yield* wg.wait();
        expect([wg.count, inner.count]).toEqual([0, 0]);
      }));

    test("a deadlock is told in Go's words, with the group's name (go#102)", async () => {
      const failed = make.run(function* () {
        const wg = make.waitGroup({ name: "jobs" });
        wg.add(1);
        const report = make.chan<number>(1);
        make.spawn(waitThenSay, 1, wg, report);
        yield* wg.wait();
      });
      const err = await failed.catch((e: unknown) => e);
      expect(err).toBeInstanceOf(DeadlockError);
      const { message } = err as DeadlockError;
      expect(message.match(/sync\.WaitGroup\.Wait on jobs \(1\)/g)).toHaveLength(2);
    });

    test("comes back as the same object, out of a structure and through a channel", () =>
      make.run(function* () {
        const wg = make.waitGroup();
        const back = (yield* spawnPlain(sameAgain, { deep: [wg] })) as { deep: WaitGroup[] };
        expect(back.deep[0]).toBe(wg);
        const [there, here] = [make.chan<unknown>(), make.chan<unknown>()];
        make.spawn(passThing, there, here);
        yield* there.send(wg);
        expect(yield* here.recv()).toBe(wg);
      }));
  });
}

export function mutexSuite(make: SyncMaker): void {
  describe("a mutex", () => {
    test("lets one in at a time (go#86)", () =>
      make.run(function* () {
        const mu = make.mutex();
        const words = new Int32Array(new SharedArrayBuffer(4));
        const times = scaled(make, 300);
        const all: Goroutine<void>[] = [];
        const lock = yield* mu.lock();
        // They come in turns, one of main's and one that starts anywhere, and so it goes on.
        for (let i = 0; i < 3; i++) {
          all.push(make.spawn(countInside, mu, words, times));
          yield* make.settle();
          all.push(go(countInside, mu, words, times));
          yield* make.settle();
        }
        lock.release();
        for (const g of all) yield* g;
        expect(words[0]).toBe(6 * times);
        expect(mu.locked).toBe(false);
      }));

    test("serves those who wait in the order in which they came, wherever they are (go#90)", () =>
      make.run(function* () {
        const mu = make.mutex();
        const report = make.chan<number>(10);
        const lock = yield* mu.lock();
        const all: Goroutine<void>[] = [];
        for (let id = 0; id < 8; id++) {
          all.push(make.spawn(lockThenSay, id, mu, report));
          yield* make.settle();
        }
        lock.release();
        for (const g of all) yield* g;
        expect(yield* take(report, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      }));

    test("tryLock takes it or gives undefined, and never waits; a lock is released once (go#87, go#88)", () =>
      make.run(function* () {
        const mu = make.mutex();
        expect(yield* spawnPlain(tryHere, mu)).toBe(true);
        const lock = yield* mu.lock();
        expect(mu.tryLock()).toBeUndefined();
        expect(yield* spawnPlain(tryHere, mu)).toBe(false);
        lock.release();
        expect(() => lock.release()).toThrow(new MisuseError("sync: unlock of unlocked mutex"));
        const [held, release] = [make.chan<number>(), make.chan<number>()];
        const holder = make.spawn(lockUntil, mu, held, release);
        yield* held.recv();
        expect([mu.locked, mu.tryLock()]).toEqual([true, undefined]);
        yield* release.send(1);
        yield* holder;
        expect(mu.locked).toBe(false);
      }));

    test("who was cancelled or timed out is passed over, and the next one has it", () =>
      make.run(function* () {
        const mu = make.mutex();
        const report = make.chan<number>(4);
        const lock = yield* mu.lock();
        const gone = make.spawn(lockThenSay, 1, mu, report);
        yield* make.settle();
        const stays = make.spawn(lockThenSay, 2, mu, report);
        yield* make.settle();
        const late = go(waiting, () => timeout(mu.lock(), 0.1) as never);
        expect(yield* failureOf(late)).toContain("timed out");
        gone.cancel();
        yield* make.settle();
        lock.release();
        yield* stays;
        expect([yield* report.recv(), report.len]).toEqual([2, 0]);
        expect(yield* spawnPlain(tryHere, mu)).toBe(true);
      }));

    test("is a case of a select beside a channel and a group, and a loser holds nothing", () =>
      make.run(function* () {
        for (const wins of ["c", "wg", "mu"]) {
          const [c, wg, mu] = [make.chan<number>(), make.waitGroup(), make.mutex()];
          wg.add(1);
          const lock = yield* mu.lock();
          const chosen = make.spawn(firstOf, c, wg, mu);
          yield* make.settle();
          if (wins === "c") expect(c.trySend(1)).toBe(true);
          else if (wins === "wg") wg.done();
          else lock.release();
          expect(yield* chosen).toBe(wins);
          if (wins !== "mu") lock.release();
          expect(mu.locked).toBe(false);
        }
      }));

    test("a deadlock is told in Go's words, with the mutex's name (go#93)", async () => {
      const failed = make.run(function* () {
        const mu = make.mutex({ name: "books" });
        yield* mu.lock();
        const report = make.chan<number>(1);
        yield* make.spawn(lockThenSay, 1, mu, report);
      });
      const err = await failed.catch((e: unknown) => e);
      expect(err).toBeInstanceOf(DeadlockError);
      expect((err as DeadlockError).message).toContain("sync.Mutex.Lock on books");
    });

    test("runExclusive releases it however the body ends, and comes back as the same object", () =>
      make.run(function* () {
        const mu = make.mutex();
        expect(yield* spawnPlain(sameAgain, mu)).toBe(mu);
        const seen = yield* mu.runExclusive(function* () {
          yield* gosched();
          return yield* spawnPlain(tryHere, mu);
        });
        expect(seen).toBe(false);
        const failing = go(
          waiting,
          () =>
            mu.runExclusive(() => {
              throw new Error("no");
            }) as never,
        );
        expect(yield* failureOf(failing)).toContain("no");
        expect(yield* spawnPlain(tryHere, mu)).toBe(true);
      }));
  });
}

/** Rounds until `ms` are over, at least one. `done` gets the number of times that a mutex was held. */
export function syncStress(make: SyncMaker, ms: number, times: number, done: (held: number) => void): void {
  test(`mutexes and groups keep count in mixed shapes, with cancels (${ms} ms)`, {
    timeout: ms + 120_000,
  }, async () => {
    let held = 0;
    const end = performance.now() + ms;
    do held += await make.run(() => jostled(make, times));
    while (performance.now() < end);
    done(held);
  });
}

function* jostled(make: SyncMaker, times: number): Coroutine<number> {
  const width = 1 + Math.floor(Math.random() * 4);
  const tasks = 2 + Math.floor(Math.random() * 7);
  const mutexes = Array.from({ length: width }, () => make.mutex());
  const wg = make.waitGroup();
  const words = new Int32Array(new SharedArrayBuffer(4 * (width + 2 * tasks)));
  const all: Goroutine<void>[] = [];
  wg.add(tasks);
  for (let i = 0; i < tasks; i++) all.push(make.spawn(jostle, mutexes, wg, words, width + i, width + tasks + i, times));
  for (let i = 0; i < 3; i++) yield* gosched();
  // One that never began counts nothing, itself included.
  const gone = all.filter((_, i) => Math.random() < 0.2 && words[width + tasks + i] === 1);
  for (const g of gone) g.cancel();
  yield* wg.wait();
  for (const g of all) if (!gone.includes(g)) yield* g;
  const counted = words.slice(0, width).reduce((a, b) => a + b, 0);
  expect(counted).toBe(words.slice(width, width + tasks).reduce((a, b) => a + b, 0));
  expect([wg.count, mutexes.filter((mu) => mu.locked).length]).toEqual([0, 0]);
  return counted;
}

function* failureOf(g: Goroutine<unknown>): Coroutine<string> {
  try {
    yield* g;
    return "none";
  } catch (err) {
    return String(err);
  }
}

// What an isolate does for its own when it hears that a thread has died.

import { chan, select } from "@gr/chan";
import { ThreadLostError } from "@gr/core";
import { bury, markDead, ops } from "@gr/shm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Mutex, WaitGroup } from "../src/index.ts";
import { LOCK } from "../src/shared-words.ts";
import { addressOf, join, settle, share, startedIn, type World } from "./shared-world.ts";

let world: World;
beforeEach(() => {
  world = join();
});
afterEach(() => {
  expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
  world.leave();
});

function shared<T extends Mutex | WaitGroup>(x: T): T {
  share(world, x);
  return x;
}

test("a mutex that it held is broken: who waits, tries or comes later is told", async () => {
  const mu = shared(new Mutex());
  const quiet = chan<number>();
  expect(world.other.tryLock(mu)).toBe(true);
  const out = await startedIn(world, () => mu.lock() as never);
  const selects = await startedIn(world, function* () {
    return yield* select({ quiet: quiet.recv(), mu: mu.lock() });
  });
  const outside = mu.lock().then(
    () => "locked",
    (err: unknown) => err,
  );
  bury(1, markDead(world.iso.mem, 1));
  await settle(world);
  for (const err of [out[0], selects[0], await outside]) {
    expect(err).toBeInstanceOf(ThreadLostError);
    expect(String(err)).toContain("the thread that held this mutex died");
  }
  expect(() => mu.tryLock()).toThrow(ThreadLostError);
  expect(await startedIn(world, () => mu.lock() as never)).toEqual([expect.any(ThreadLostError)]);
});

test("its waiters are passed over; what it had handed on before it died arrives", async () => {
  const mu = shared(new Mutex());
  const wg = shared(new WaitGroup());
  wg.add(1);
  const lock = await mu.lock();
  world.other.wait(mu);
  world.other.wait(wg);
  bury(1, markDead(world.iso.mem, 1));
  const out = await startedIn(world, () => wg.wait() as never);
  lock.release();
  expect(mu.locked).toBe(false);
  wg.done();
  await settle(world);
  expect(out).toEqual([undefined]);
});

test("a waiter that it claimed and did not tell goes on", async () => {
  const mu = shared(new Mutex());
  const wg = shared(new WaitGroup());
  wg.add(1);
  world.other.tryLock(mu);
  const locks = await startedIn(world, () => mu.lock() as never);
  const waits = await startedIn(world, () => wg.wait() as never);
  world.other.release(mu);
  world.other.add(wg, -1);
  // The mail is lost with its sender.
  world.lose();
  bury(1, markDead(world.iso.mem, 1));
  await settle(world);
  expect([locks.length, waits]).toEqual([1, [undefined]]);
  (locks[0] as { release(): void }).release();
  expect(mu.locked).toBe(false);
});

test("what it died inside of is broken: waiters and users are told, and may leave", async () => {
  const [mu, wg] = [shared(new Mutex()), shared(new WaitGroup())];
  const gate = chan<number>();
  let ended = 0;
  wg.go(function* () {
    yield* gate.recv();
    ended++;
  });
  wg.add(2);
  const lock = await mu.lock();
  const out = await startedIn(world, () => wg.wait() as never);
  const locks = await startedIn(world, () => mu.lock() as never);
  for (const x of [wg, mu]) {
    world.other.dieInside(x);
    expect(ops.load(world.iso.mem, addressOf(x) + LOCK)).not.toBe(0);
    bury(1, markDead(world.iso.mem, 1));
    expect(ops.load(world.iso.mem, addressOf(x) + LOCK)).toBe(0);
  }
  await settle(world);
  expect(String(out[0])).toContain("a thread died while it changed this wait group");
  expect(locks).toEqual([expect.any(ThreadLostError)]);
  expect(() => wg.add(1)).toThrow(ThreadLostError);
  expect(() => wg.done()).toThrow(ThreadLostError);
  expect(() => mu.tryLock()).toThrow(ThreadLostError);
  expect(await startedIn(world, () => wg.wait() as never)).toEqual([expect.any(ThreadLostError)]);
  expect(wg.count).toBe(0);
  // Who held it has nothing to give back, and is not told off for it.
  lock.release();
  let ran = 0;
  expect(() => wg.go(() => ran++)).toThrow(ThreadLostError);
  // A goroutine that had been counted before may end: nobody is here to be told.
  gate.trySend(1);
  await settle(world);
  expect([ran, ended]).toEqual([0, 1]);
});

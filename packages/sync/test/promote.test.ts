// Promotion whole: free or held, done or not x parked {nobody, goroutine, select, outside} x no room for it.

import { chan, select } from "@gr/chan";
import { go } from "@gr/core";
import { ArenaFullError, DataCloneError } from "@gr/shm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Lock, Mutex, WaitGroup } from "../src/index.ts";
import { join, refsOf, settle, share, startedIn, type World } from "./shared-world.ts";

let world: World;
beforeEach(() => {
  world = join();
});
afterEach(() => world.leave());

type Parked = "nobody" | "goroutine" | "select" | "outside";
const all: Parked[] = ["nobody", "goroutine", "select", "outside"];
const CELL = 64;

/** Parks somebody at op; the list gets what it came to. */
async function park(op: () => ReturnType<WaitGroup["wait"]>, parked: Parked): Promise<unknown[]> {
  const out: unknown[] = [];
  const quiet = chan<unknown>(0);
  if (parked === "goroutine")
    go(function* () {
      out.push(yield* op());
    });
  if (parked === "select")
    go(function* () {
      out.push((yield* select({ q: quiet.recv(), op: op() })).value);
    });
  if (parked === "outside") void op().then((v) => out.push(v));
  await settle(world);
  expect(out).toEqual([]);
  return out;
}
const lockOf = (mu: Mutex) => (): ReturnType<WaitGroup["wait"]> => mu.lock() as never;

describe.each(all)("with %s waiting", (parked) => {
  const n = parked === "nobody" ? 0 : 1;

  test("a wait group moves with its count, and is released from elsewhere", async () => {
    const before = world.cellBytes();
    const wg = new WaitGroup({ name: "jobs of the day" });
    wg.add(3);
    const out = await park(() => wg.wait(), parked);
    share(world, wg);
    expect([wg.count, wg.name, String(wg)]).toEqual([3, "jobs of the day", "jobs of the day (3)"]);
    expect([world.iso.waiters.waiting, world.held()]).toEqual([n, n]);
    world.other.add(wg, -1);
    wg.done();
    await settle(world);
    expect(out).toEqual([]);
    world.other.add(wg, -1);
    await settle(world);
    expect(out).toHaveLength(n);
    expect([wg.count, world.iso.waiters.waiting, world.held()]).toEqual([0, 0, 0]);
    // Its cell, and the one of a name that is no short string.
    expect(world.cellBytes() - before).toBe(2 * CELL);
  });

  test("a held mutex moves, and a lock that was given before gives it to who waits", async () => {
    const before = world.cellBytes();
    const mu = new Mutex({ name: "books" });
    const lock = await mu.lock();
    const out = await park(lockOf(mu), parked);
    share(world, mu);
    expect([mu.locked, world.iso.waiters.waiting, mu.tryLock(), world.other.tryLock(mu)]).toEqual([
      true,
      n,
      undefined,
      false,
    ]);
    const behind = world.other.wait(mu);
    lock.release();
    await settle(world);
    expect(out).toHaveLength(n);
    expect(behind()).toBe(n === 0);
    for (const l of out) (l as Lock).release();
    expect([behind(), world.iso.waiters.waiting, world.held()]).toEqual([true, 0, 0]);
    world.other.release(mu);
    expect(mu.locked).toBe(false);
    // Its own, and what the other M has not freed.
    expect(world.cellBytes() - before).toBe(2 * CELL);
  });

  test("if there is no room, nothing has happened", async () => {
    world.leave();
    world = join({ bytes: 4 << 16 });
    const wg = new WaitGroup();
    wg.add(1);
    const out = await park(() => wg.wait(), parked);
    const cells: number[] = [];
    const fill = (): void => {
      try {
        for (;;) cells.push(world.arena.allocate(64));
      } catch {}
    };
    fill();
    // Room for the message and for all but the last cell.
    for (let i = 0; i <= n; i++) world.arena.free(cells.pop() as number);
    if (n === 0) world.arena.allocate(64);
    const free = world.cellBytes();
    expect(() => share(world, wg)).toThrow(ArenaFullError);
    expect([world.cellBytes(), wg.shared, world.held()]).toEqual([free, null, 0]);
    wg.done();
    await settle(world);
    expect(out).toHaveLength(n);
  });
});

test("comes back as the same object, and references are counted", () => {
  const [mu, wg] = [new Mutex(), new WaitGroup()];
  const message = world.codec.encode({ mu, list: [wg, wg] });
  expect([refsOf(world, mu), refsOf(world, wg)]).toEqual([2, 2]);
  const back = world.codec.take(message) as { mu: unknown; list: unknown[] };
  expect(back.mu).toBe(mu);
  expect(back.list[0]).toBe(wg);
  expect([refsOf(world, mu), refsOf(world, wg)]).toEqual([1, 1]);
});

test("a lock does not cross, nor does a count that is too great; neither is changed by it", async () => {
  const mu = new Mutex();
  const lock = await mu.lock();
  expect(() => share(world, { lock })).toThrow(DataCloneError);
  expect(() => share(world, { lock })).toThrow(/value\.lock.*belongs to the thread/);
  const wg = new WaitGroup();
  wg.add(2 ** 31);
  expect(() => share(world, { wg })).toThrow("a wait group whose counter is above 2147483647");
  expect([wg.shared, wg.count]).toEqual([null, 2 ** 31]);
  lock.release();
});

test("what was shared with threads that have ended goes on here, and does not cross to others", async () => {
  const [mu, wg] = [new Mutex(), new WaitGroup()];
  wg.add(1);
  share(world, [mu, wg]);
  const out = await startedIn(world, () => wg.wait() as never);
  world.leave();
  world = join();
  const before = world.cellBytes();
  expect(() => share(world, mu)).toThrow("a mutex of threads that have ended");
  expect(() => share(world, { wg })).toThrow("a wait group of threads that have ended");
  expect(world.cellBytes()).toBe(before);
  mu.tryLock()?.release();
  wg.done();
  await settle(world);
  expect([out, mu.locked, wg.count]).toEqual([[undefined], false, 0]);
});

test("a select that was won and has not run yet does not come alive again", async () => {
  const [mu, wg] = [new Mutex(), new WaitGroup()];
  wg.add(1);
  const lock = await mu.lock();
  const out = await startedIn(world, function* () {
    return (yield* select({ wg: wg.wait(), mu: mu.lock() })).key;
  });
  wg.done();
  share(world, mu);
  expect(world.iso.waiters.waiting).toBe(0);
  lock.release();
  await settle(world);
  expect([...out, mu.locked]).toEqual(["wg", false]);
});

test("a select over shared and local things leaves the losers' queues, whichever wins", async () => {
  for (const wins of ["mu", "wg", "local", "c"]) {
    const [mu, wg, local, c] = [new Mutex(), new WaitGroup(), new Mutex(), chan<number>()];
    wg.add(1);
    share(world, [mu, wg]);
    expect(world.other.tryLock(mu)).toBe(true);
    const lock = await local.lock();
    const out = await startedIn(world, function* () {
      return (yield* select({ mu: mu.lock(), wg: wg.wait(), local: local.lock(), c: c.recv() })).key;
    });
    if (wins === "mu") world.other.release(mu);
    else if (wins === "wg") world.other.add(wg, -1);
    else if (wins === "local") lock.release();
    else c.trySend(1);
    await settle(world);
    expect(out).toEqual([wins]);
    expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
    // Nobody is left to be handed them.
    if (wins !== "mu") {
      world.other.release(mu);
      expect(mu.locked).toBe(false);
    }
  }
});

test("a wait that finds no room fails, and leaves nothing", async () => {
  world.leave();
  world = join({ bytes: 4 << 16 });
  const wg = new WaitGroup();
  wg.add(1);
  share(world, wg);
  try {
    for (;;) world.arena.allocate(64);
  } catch {}
  const out = await startedIn(world, () => wg.wait() as never);
  expect(out).toEqual([expect.any(ArenaFullError)]);
  expect(wg.count).toBe(1);
  wg.done();
});

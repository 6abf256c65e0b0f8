// A dead thread and the waiters of the living, in one isolate.

import { chan, select } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { bury, markDead, ops } from "@gr/shm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOCK, RLOCK } from "../src/shared-words.ts";
import { addressOf, join, refsOf, settle, share, startedIn, type World } from "./shared-world.ts";

let world: World;
beforeEach(() => {
  world = join();
});
afterEach(() => {
  world.leave();
  expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
});

function shared<T>(cap = 0): ReturnType<typeof chan<T>> {
  const c = chan<T>(cap);
  share(world, c);
  return c;
}
const started = (body: () => Coroutine<unknown>) => startedIn(world, body);

test("its waiters are passed over, and what it had claimed is told", async () => {
  const c = shared<number>();
  world.other.recv(c);
  bury(1, markDead(world.iso.mem, 1));
  expect(c.trySend(1)).toBe(false);
  expect(c.tryRecv()).toBeUndefined();
});

test("a waiter that it claimed and did not tell goes on with its value", async () => {
  const c = shared<number>();
  const out = await started(function* () {
    return yield* c.recv();
  });
  expect(world.other.trySend(c, 7)).toBe(true);
  // The mail is lost with its sender.
  world.lose();
  bury(1, markDead(world.iso.mem, 1));
  await settle(world);
  expect(out).toEqual([7]);
});

test("a select that it won, and that has been told but has not run yet, is not told again through a case that lost", async () => {
  const [a, b] = [shared<number>(), shared<number>()];
  const out = await started(function* () {
    return yield* select({ a: a.recv(), b: b.recv() });
  });
  expect(world.other.trySend(a, 7)).toBe(true);
  // The mail has come; the goroutine is ready.
  world.deliver();
  bury(1, markDead(world.iso.mem, 1));
  await settle(world);
  expect(out).toEqual([{ key: "a", value: 7, ok: true }]);
});

test("a channel it was inside of is broken: waiters and users are told, never left waiting", async () => {
  const c = shared<number>(1);
  const quiet = shared<number>();
  const at = addressOf(c);
  const out = await started(function* () {
    return yield* select({ c: c.recv(), quiet: quiet.recv() });
  });
  world.other.dieInside(c);
  expect(ops.load(world.iso.mem, at + LOCK)).not.toBe(0);
  bury(1, markDead(world.iso.mem, 1));
  await settle(world);
  expect(String(out[0])).toContain("ThreadLostError");
  expect(() => c.trySend(1)).toThrow("a thread died");
  expect(() => c.tryRecv()).toThrow("a thread died");
  expect(() => c.close()).toThrow("a thread died");
  await expect(c.recv()).rejects.toThrow("a thread died");
  expect(ops.load(world.iso.mem, at + LOCK)).toBe(0);
});

test("a channel that it was making shared is broken for those who got hold of it already", async () => {
  const c = shared<number>(1);
  world.other.diePromoting(c);
  bury(1, markDead(world.iso.mem, 1));
  expect(() => c.trySend(1)).toThrow("a thread died");
  expect([LOCK, RLOCK].map((word) => ops.load(world.iso.mem, addressOf(c) + word))).toEqual([0, 0]);
});

test("what it held is given up, once", () => {
  const [a, b] = [shared<number>(), shared<number>(1)];
  for (const c of [a, b]) world.other.hold(c);
  const let1go = shared<number>();
  world.other.hold(let1go);
  world.other.letGo(let1go);
  expect([a, b, let1go].map((c) => refsOf(world, c))).toEqual([2, 2, 1]);
  bury(1, markDead(world.iso.mem, 1));
  bury(1, markDead(world.iso.mem, 1));
  expect([a, b, let1go].map((c) => refsOf(world, c))).toEqual([1, 1, 1]);
});

test("what it held and was inside of is not freed: another thread may be about to mark it", () => {
  const c = shared<number>();
  world.other.hold(c);
  world.other.dieInside(c);
  bury(1, markDead(world.iso.mem, 1));
  expect(refsOf(world, c)).toBe(2);
});

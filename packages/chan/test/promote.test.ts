// Promotion whole: buffered or not x parked {nobody, sender, receiver, select, outside} x something in it cannot cross.

import { chan, select } from "@gr/chan";
import { go, sleep } from "@gr/core";
import { CHANNELS, DataCloneError, Estate, estateOf, ops } from "@gr/shm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addressOf, isShared, join, refsOf, settle, share, type World } from "./shared-world.ts";

let world: World;
beforeEach(() => {
  world = join();
});
afterEach(() => world.leave());

type Parked = "nobody" | "sender" | "receiver" | "select that sends" | "select that receives" | "outside";
const all: Parked[] = ["nobody", "sender", "receiver", "select that sends", "select that receives", "outside"];
const sends = (parked: Parked): boolean => parked === "sender" || parked === "select that sends";

interface Case {
  readonly c: ReturnType<typeof chan<unknown>>;
  readonly out: unknown[];
}

async function make(cap: number, parked: Parked, value: unknown, options?: { local: true }): Promise<Case> {
  const c = chan<unknown>(cap, { name: "jobs", ...options });
  const quiet = chan<unknown>(0);
  const out: unknown[] = [];
  if (cap > 0 && (sends(parked) || parked === "nobody"))
    for (let i = 1; i <= cap; i++) c.trySend(i === cap ? value : i);
  go(function* () {
    if (parked === "sender") out.push(yield* c.send(value));
    if (parked === "receiver") out.push(yield* c.recv());
    if (parked === "select that sends") out.push((yield* select({ q: quiet.recv(), c: c.send(value) })).key);
    if (parked === "select that receives") out.push((yield* select({ q: quiet.send(0), c: c.recv() })).value);
  });
  if (parked === "outside") void c.recv().then((v) => out.push(v));
  await settle(world);
  expect(out).toEqual([]);
  return { c, out };
}

describe.each([0, 2])("capacity %d", (cap) => {
  test.each(all)("with %s waiting: values and waiters move, in order", async (parked) => {
    const before = world.cellBytes();
    const { c, out } = await make(cap, parked, { deep: [cap] });
    const held = cap > 0 && (sends(parked) || parked === "nobody") ? cap : 0;
    share(world, c);
    expect(isShared(c)).toBe(true);
    expect([c.len, c.cap, c.name]).toEqual([held, cap, "jobs"]);
    expect(out).toEqual([]);
    expect(world.iso.waiters.waiting).toBe(parked === "nobody" ? 0 : 1);
    expect(world.held()).toBe(world.iso.waiters.waiting);

    const got: unknown[] = [];
    for (let v = world.other.tryRecv(c); v !== undefined; v = world.other.tryRecv(c)) got.push(v);
    const values = cap > 0 ? [1, { deep: [2] }] : [];
    if (parked === "nobody") expect(got).toEqual(values);
    if (sends(parked)) {
      expect(got).toEqual([...values, { deep: [cap] }]);
      await settle(world);
      expect(out).toEqual([parked === "sender" ? undefined : "c"]);
    }
    if (parked !== "nobody" && !sends(parked)) {
      expect(world.other.trySend(c, { from: "there" })).toBe(true);
      await settle(world);
      expect(out).toEqual([{ from: "there" }]);
    }
    expect(world.iso.waiters.waiting).toBe(0);
    expect(world.held()).toBe(0);
    c.close();
    // The header stays until the object is collected: one cell, and no more.
    expect(world.cellBytes() - before).toBe(128);
  });

  test.each(all)("with %s waiting: if something cannot cross, nothing has happened", async (parked) => {
    const before = world.cellBytes();
    const inside = sends(parked) || (parked === "nobody" && cap > 0);
    const bad = { list: [1, () => 1] };
    const { c, out } = await make(cap, parked, inside ? bad : 1, inside ? undefined : { local: true });
    const len = c.len;
    let err: unknown;
    try {
      share(world, { args: [c] });
    } catch (e) {
      err = e;
    }
    expect(err).toBeInstanceOf(DataCloneError);
    expect((err as DataCloneError).path).toBe("value.args[0]");
    if (inside) expect((err as Error).message).toContain(".list[1]");
    expect(isShared(c)).toBe(false);
    expect(world.cellBytes()).toBe(before);
    expect([c.len, world.iso.waiters.waiting]).toEqual([len, 0]);

    // Neither the channel nor who waits was disturbed.
    for (let r = c.tryRecv(); r !== undefined; r = c.tryRecv()) if (!sends(parked)) expect(r.value).toBeDefined();
    await settle(world);
    if (sends(parked)) expect(out).toEqual([parked === "sender" ? undefined : "c"]);
    else if (parked !== "nobody") {
      expect(c.trySend(7)).toBe(true);
      await settle(world);
      expect(out).toEqual([7]);
    }
  });
});

test("a channel that comes back is the same object, and references are counted", () => {
  const c = chan<number>(1);
  const { codec } = world;
  const message = codec.encode({ c, again: c });
  expect(refsOf(world, c)).toBe(2);
  const back = codec.take(message) as { c: unknown; again: unknown };
  expect(back.c).toBe(c);
  expect(back.again).toBe(c);
  expect(refsOf(world, c)).toBe(1);
  share(world, c);
  expect(refsOf(world, c)).toBe(1);
});

test("a channel of threads that have ended goes on here, and does not cross to others", () => {
  const c = chan<unknown>(2);
  c.trySend(1);
  share(world, c);
  world.leave();
  world = join();
  const before = world.cellBytes();
  expect(() => share(world, { list: [c] })).toThrow("list[0]: a channel of threads that have ended cannot cross");
  const other = chan<unknown>(1);
  other.trySend(c);
  expect(() => share(world, other)).toThrow("a channel of threads that have ended");
  expect([world.cellBytes(), isShared(other), c.trySend(2), c.tryRecv()]).toEqual([
    before,
    false,
    true,
    { value: 1, ok: true },
  ]);
});

test("parked waiters keep their order among those that come later", async () => {
  const c = chan<number>(0);
  const out: string[] = [];
  for (const name of ["a", "b"])
    go(function* () {
      out.push(`${name}${yield* c.recv()}`);
    });
  await settle(world);
  share(world, c);
  go(function* () {
    out.push(`c${yield* c.recv()}`);
  });
  await settle(world);
  for (let i = 1; i <= 3; i++) expect(world.other.trySend(c, i)).toBe(true);
  await settle(world);
  // Of two that are started together the second runs first; who is woken last, too.
  expect(out.sort()).toEqual(["a2", "b1", "c3"]);
});

test("a select that was won and has not run yet does not come alive again", async () => {
  const a = chan<number>(0);
  const b = chan<number>(0);
  const out: unknown[] = [];
  go(function* () {
    out.push(yield* select({ a: a.recv(), b: b.recv() }));
  });
  await settle(world);
  expect(a.trySend(1)).toBe(true);
  share(world, b);
  expect(world.iso.waiters.waiting).toBe(0);
  expect(world.other.trySend(b, 2)).toBe(false);
  await settle(world);
  expect(out).toEqual([{ key: "a", value: 1, ok: true }]);
});

test("channels in channels, in a circle, become shared together or not at all", async () => {
  const before = world.cellBytes();
  const a = chan<unknown>(2);
  const b = chan<unknown>(2);
  a.trySend(b);
  a.trySend(a);
  b.trySend(a);
  b.trySend(() => 1);
  expect(() => share(world, a)).toThrow(DataCloneError);
  expect([isShared(a), isShared(b)]).toEqual([false, false]);
  expect(world.cellBytes()).toBe(before);
  b.tryRecv();
  b.tryRecv();
  b.trySend(a);
  share(world, a);
  expect([isShared(a), isShared(b)]).toEqual([true, true]);
  expect(refsOf(world, a)).toBe(3);
  expect(a.tryRecv()?.value).toBe(b);
  expect(a.tryRecv()?.value).toBe(a);
  expect(b.tryRecv()?.value).toBe(a);
  expect([refsOf(world, a), refsOf(world, b)]).toEqual([1, 1]);
});

test("a getter that uses the channel while it is handed over does not lose or double a value", () => {
  const c = chan<unknown>(3);
  let read = 0;
  c.trySend({
    get x() {
      if (++read === 1) c.trySend("from the getter");
      return read;
    },
  });
  share(world, c);
  expect([c.len, read]).toEqual([2, 2]);
  expect(c.tryRecv()?.value).toEqual({ x: 2 });
  expect(c.tryRecv()?.value).toBe("from the getter");

  const restless = chan<unknown>(9);
  const before = world.cellBytes();
  restless.trySend({
    get x() {
      if (restless.len === 9) restless.tryRecv();
      restless.trySend(restless.len);
      return 1;
    },
  });
  expect(() => share(world, restless)).toThrow(/changes while it is handed over/);
  expect(world.cellBytes()).toBe(before);
});

test("a closed channel crosses as closed; one that is drained too takes no buffer along", () => {
  const c = chan<number>(1000);
  c.trySend(1);
  c.tryRecv();
  c.close();
  const before = world.cellBytes();
  share(world, c);
  expect(world.cellBytes() - before).toBe(128);
  expect(c.tryRecv()).toEqual({ value: undefined, ok: false });
  expect(() => c.trySend(1)).toThrow("send on closed channel");
  expect(() => c.close()).toThrow("close of closed channel");
});

test("a channel made local does not cross, and the error names the path", () => {
  expect(() => share(world, { deep: [chan(0, { local: true })] })).toThrow(/value\.deep\[0\]/);
});

test("a select with a sleep loses its channel's waiter when the sleep wins", async () => {
  const c = chan<number>(0);
  const g = go(function* () {
    return (yield* select({ c: c.recv(), late: sleep(1) })).key;
  });
  await settle(world);
  share(world, c);
  expect(await g).toBe("late");
  expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
});

test("while it is planned, whoever buries this thread finds it; afterwards nobody does", () => {
  const list = (): number => ops.load(world.iso.mem, estateOf(world.iso.to.m, Estate.Promoting));
  const seen: number[] = [];
  const c = chan<unknown>(2);
  c.trySend({
    get x() {
      seen.push(list());
      return 1;
    },
  });
  share(world, c);
  expect([seen, list()]).toEqual([[addressOf(c)], 0]);
  const bad = chan<unknown>(2);
  bad.trySend(() => 1);
  expect(() => share(world, bad)).toThrow(DataCloneError);
  expect(list()).toBe(0);
});

test("shared channels are counted as long as they live", () => {
  const count = (): number => ops.load(world.iso.mem, CHANNELS);
  const before = count();
  const c = chan<unknown>(1);
  share(world, c);
  expect(count() - before).toBe(1);
  const bad = chan<unknown>(1);
  bad.trySend(() => 1);
  expect(() => share(world, bad)).toThrow(DataCloneError);
  expect(count() - before).toBe(1);
});

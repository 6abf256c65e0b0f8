// Messages whose buffers move: emptied here once the send has won, whole if it has not. The other M is simulated.

import { chan, SendOnClosedChannelError, select } from "@gr/chan";
import { CancelledError, type Coroutine, go, run, timeout } from "@gr/core";
import { moveWith } from "@gr/shm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isShared, join, settle, share, startedIn, type World } from "./shared-world.ts";

let world: World;
beforeEach(() => {
  world = join();
});
afterEach(() => {
  world.leave();
  expect([world.iso.waiters.waiting, world.held()]).toEqual([0, 0]);
});

function shared(cap = 0): ReturnType<typeof chan<unknown>> {
  const c = chan<unknown>(cap);
  share(world, c);
  return c;
}
const started = (body: () => Coroutine<unknown>) => startedIn(world, body);

interface Bytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
}
/** What transfer() gives while there are threads. */
function moving(...numbers: number[]): Bytes {
  const value = { bytes: new Uint8Array(numbers) };
  moveWith(value, [value.bytes.buffer]);
  return value;
}
const isWhole = ({ bytes }: Bytes): boolean => bytes.buffer.byteLength > 0;
/** Is it still one that moves? As a part of another value it is refused then. */
const isMarked = (v: Bytes): boolean => {
  try {
    world.codec.drop(world.codec.encode([v]));
    return false;
  } catch (err) {
    moveWith(v, [v.bytes.buffer]);
    expect(String(err)).toContain("[0].bytes.buffer: a buffer of a transfer()");
    return true;
  }
};

describe("trySend", () => {
  test("into the buffer, and to who waits: the buffer has moved", () => {
    for (const c of [shared(1), shared(0)]) {
      const take = c.cap === 0 ? world.other.recv(c) : () => world.other.tryRecv(c);
      const value = moving(1, 2);
      expect(c.trySend(value)).toBe(true);
      expect(isWhole(value)).toBe(false);
      expect(take()).toEqual({ bytes: new Uint8Array([1, 2]) });
    }
  });

  test("where it would block, or is closed, the buffer is whole and moves with the next send", () => {
    const c = shared(1);
    const value = moving(1);
    expect([c.trySend(0), c.trySend(value), isWhole(value)]).toEqual([true, false, true]);
    expect(world.other.tryRecv(c)).toBe(0);
    expect([c.trySend(value), isWhole(value)]).toEqual([true, false]);
    expect(world.other.tryRecv(c)).toEqual({ bytes: new Uint8Array([1]) });
    c.close();
    const late = moving(1);
    expect(() => c.trySend(late)).toThrow(SendOnClosedChannelError);
    expect([isWhole(late), isMarked(late)]).toEqual([true, true]);
  });

  test("if another part cannot cross, the buffer is whole and still moves", () => {
    const c = shared(1);
    const value = { bytes: new Uint8Array([1]), f: () => 1 };
    moveWith(value, [value.bytes.buffer]);
    expect(() => c.trySend(value)).toThrow("value.f: a function cannot cross threads");
    expect([isWhole(value), isMarked(value)]).toEqual([true, true]);
  });

  test("a buffer that another message holds, or that is a part of one, is refused with its path", () => {
    const c = shared(1);
    const value = moving(1);
    expect(() => c.trySend({ in: [value] })).toThrow(
      "value.in[0].bytes.buffer: a buffer of a transfer() that is no whole argument, result or message",
    );
    expect([isWhole(value), c.len]).toEqual([true, 0]);
  });

  test("sent twice, it is empty the second time", () => {
    const c = shared(2);
    const value = moving(1);
    expect(c.trySend(value)).toBe(true);
    expect(() => c.trySend(value)).toThrow("value.bytes.buffer: a detached ArrayBuffer");
  });

  test("a buffer that nothing can empty stays as it is", () => {
    const c = shared(1);
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    moveWith(buffer, [buffer]);
    expect([c.trySend(buffer), buffer.byteLength]).toEqual([true, 65_536]);
    expect([c.trySend([buffer]), (world.other.tryRecv(c) as ArrayBuffer).byteLength]).toEqual([false, 65_536]);
  });
});

describe("a send that waits", () => {
  test("keeps its buffer until it is taken; what arrives is what was in it when it began to wait", async () => {
    const c = shared();
    const value = moving(1);
    const sending = await started(() => c.send(value)[Symbol.iterator]() as Coroutine<unknown>);
    value.bytes[0] = 9;
    expect([isWhole(value), isMarked(value)]).toEqual([true, true]);
    expect(world.other.tryRecv(c)).toEqual({ bytes: new Uint8Array([1]) });
    // Taken, but this thread has not been told yet.
    expect(isWhole(value)).toBe(true);
    await settle(world);
    expect([sending, isWhole(value)]).toEqual([[undefined], false]);
  });

  test("is served while it queues itself", async () => {
    const c = shared();
    let take = (): unknown => undefined;
    const value = {
      bytes: new Uint8Array([1]),
      get seen() {
        take = world.other.recv(c);
        return true;
      },
    };
    moveWith(value, [value.bytes.buffer]);
    const sending = await started(() => c.send(value)[Symbol.iterator]() as Coroutine<unknown>);
    expect([sending, value.bytes.length]).toEqual([[undefined], 0]);
    expect(take()).toEqual({ bytes: new Uint8Array([1]), seen: true });
  });

  test("cancelled, timed out, or closed under it: the buffer is whole and still moves", async () => {
    const c = shared();
    const cancelled = moving(1);
    const g = go(() => c.send(cancelled));
    const out = moving(1);
    const late = expect(go(() => timeout(c.send(out), 1))).rejects.toThrow("timed out");
    const shut = moving(1);
    const closed = await started(() => c.send(shut)[Symbol.iterator]() as Coroutine<unknown>);
    g.cancel();
    await expect(g).rejects.toThrow(CancelledError);
    await late;
    c.close();
    await settle(world);
    expect(closed).toEqual([expect.any(SendOnClosedChannelError)]);
    for (const value of [cancelled, out, shut]) expect([isWhole(value), isMarked(value)]).toEqual([true, true]);
  });

  test("of a select: only the case that wins empties its buffer", async () => {
    const [a, b] = [shared(), shared()];
    const [first, second] = [moving(1), moving(2)];
    const chosen = await started(function* () {
      return (yield* select({ a: a.send(first), b: b.send(second) })).key;
    });
    expect(world.other.tryRecv(b)).toEqual({ bytes: new Uint8Array([2]) });
    await settle(world);
    expect([chosen, isWhole(first), isWhole(second)]).toEqual([["b"], true, false]);
    expect(isMarked(first)).toBe(true);
  });

  test("of a select that offers one value in two places sends it once", async () => {
    const [a, b] = [shared(), shared()];
    const local = chan<unknown>();
    const value = moving(1);
    const chosen = await started(function* () {
      return (yield* select({ a: a.send(value), b: b.send(value), local: local.send(value) })).key;
    });
    expect(world.other.tryRecv(a)).toEqual({ bytes: new Uint8Array([1]) });
    await settle(world);
    expect([chosen, isWhole(value), world.other.tryRecv(b)]).toEqual([["a"], false, undefined]);

    const again = moving(1);
    const kept = await started(function* () {
      return (yield* select({ a: a.send(again), local: local.send(again) })).key;
    });
    // By reference: on its own thread nothing moves.
    expect(local.tryRecv()?.value).toBe(again);
    await settle(world);
    expect([kept, isWhole(again), isMarked(again)]).toEqual([["local"], true, true]);
  });

  test("whose buffer was emptied meanwhile has sent it all the same", async () => {
    const c = shared();
    const value = moving(1);
    const sending = await started(() => c.send(value)[Symbol.iterator]() as Coroutine<unknown>);
    structuredClone(value.bytes.buffer, { transfer: [value.bytes.buffer] });
    expect(world.other.tryRecv(c)).toEqual({ bytes: new Uint8Array([1]) });
    await settle(world);
    expect(sending).toEqual([undefined]);
  });
});

describe("promotion", () => {
  test("what is in the buffer has been sent and moves at once; a blocked sender's moves when it is taken", async () => {
    const c = chan<unknown>(1);
    const [held, blocked] = [moving(1), moving(2)];
    expect(c.trySend(held)).toBe(true);
    const sending = await started(() => c.send(blocked)[Symbol.iterator]() as Coroutine<unknown>);
    expect([isWhole(held), isMarked(held)]).toEqual([true, true]);
    share(world, c);
    expect([isShared(c), isWhole(held), isWhole(blocked)]).toEqual([true, false, true]);
    expect(world.other.tryRecv(c)).toEqual({ bytes: new Uint8Array([1]) });
    await settle(world);
    expect([sending, isWhole(blocked)]).toEqual([[undefined], false]);
    expect(c.tryRecv()?.value).toEqual({ bytes: new Uint8Array([2]) });
  });

  test("that fails leaves all buffers whole, to move later", async () => {
    const c = chan<unknown>(2);
    const [held, blocked] = [moving(1), moving(2)];
    c.trySend(held);
    c.trySend(() => 1);
    await started(() => c.send(blocked)[Symbol.iterator]() as Coroutine<unknown>);
    expect(() => share(world, c)).toThrow("a function cannot cross threads");
    for (const value of [held, blocked]) expect([isWhole(value), isMarked(value)]).toEqual([true, true]);
    expect(c.tryRecv()?.value).toBe(held);
    c.tryRecv();
    c.tryRecv();
    await settle(world);
    expect(isWhole(blocked)).toBe(true);
  });
});

test("on one thread the value goes on as it is", async () => {
  const c = chan<unknown>(1);
  const value = moving(1);
  await run(() => c.send(value));
  expect(c.tryRecv()?.value).toBe(value);
  expect(isWhole(value)).toBe(true);
});

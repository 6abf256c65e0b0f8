// Shared channels seen from one isolate; the other M is simulated (shared-world.ts).

import {
  after,
  ChannelFullError,
  CloseOfClosedChannelError,
  CloseOfNilChannelError,
  chan,
  fromSignal,
  SendOnClosedChannelError,
  select,
  Timer,
  ticker,
} from "@gr/chan";
import { type Coroutine, go, sleep, timeout, until } from "@gr/core";
import { ArenaFullError, DataCloneError, ops, registerCrossing } from "@gr/shm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LocalChan } from "../src/chan.ts";
import { BUF } from "../src/shared-words.ts";
import { addressOf, join, settle, share, startedIn, type World } from "./shared-world.ts";

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

test("both directions, both waiting first, values are clones", async () => {
  const c = shared<unknown>();
  const value = { a: [1, "two"] };
  const sending = await started(function* () {
    return yield* c.send(value);
  });
  expect(sending).toEqual([]);
  const got = world.other.tryRecv(c);
  expect(got).toEqual(value);
  expect(got).not.toBe(value);
  await settle(world);
  expect(sending).toEqual([undefined]);

  const take = world.other.recv(c);
  expect(c.trySend("x")).toBe(true);
  expect(world.sent.length).toBe(1);
  expect(take()).toBe("x");
  const taken = world.other.send(c, "y");
  expect(c.tryRecv()).toEqual({ value: "y", ok: true });
  expect(taken()).toBe(true);
});

test("a value whose getter fills another case's channel while select waits leaves nobody beside it", async () => {
  const [c, local] = [shared<unknown>(), chan<number>(1)];
  const filling = {
    get x() {
      local.trySend(7);
      return 1;
    },
  };
  // The send before the receive, after it, and within another operation.
  for (const cases of [
    [c.send(filling), local.recv()],
    [local.recv(), c.send(filling)],
    [timeout(c.send(filling), 1000), local.recv()],
    [select([c.send(filling)]), local.recv()],
    [select([c.send(filling), undefined]), c.send(filling), local.recv()],
  ]) {
    const got = await started(function* () {
      return (yield* select(cases)).value;
    });
    expect(got).toEqual([7]);
    expect(local.len).toBe(0);
  }
});

test("so does one that is awaited outside: it leaves its queues, and the next finds its own", async () => {
  const [c, local, quiet] = [shared<unknown>(), chan<number>(1), chan<number>()];
  const filling = {
    get x() {
      local.trySend(7);
      return 1;
    },
  };
  for (let i = 0; i < 3; i++) {
    const r = await select({ sent: c.send(filling), got: local.recv(), quiet: quiet.recv() });
    expect(r).toEqual({ key: "got", value: 7, ok: true });
    expect((quiet as LocalChan<number>).recvq.size).toBe(0);
  }
});

test("two goroutines of one isolate meet on it", async () => {
  const c = shared<number>();
  const out = await started(function* () {
    const g = go(function* () {
      for (let i = 0; i < 100; i++) yield* c.send(i);
      c.close();
    });
    let sum = 0;
    for (let r = yield* c.recvOk(); r.ok; r = yield* c.recvOk()) sum += r.value;
    yield* g;
    return sum;
  });
  expect(out).toEqual([4950]);
});

test("close tells receivers, senders and selects here, in Go's order, and drains first", async () => {
  const c = shared<number>();
  const out: string[] = [];
  for (const name of ["a", "b"])
    go(function* () {
      const r = yield* c.recvOk();
      out.push(`${name} ${r.ok}`);
    });
  const sel = await started(function* () {
    return yield* select([c.recv()]);
  });
  world.other.close(c);
  await settle(world);
  expect(out.sort()).toEqual(["a false", "b false"]);
  expect(sel).toEqual([{ key: 0, value: undefined, ok: false }]);
  const d = shared<number>();
  const send = await started(function* () {
    yield* d.send(1);
  });
  d.close();
  await settle(world);
  expect(String(send[0])).toContain("send on closed channel");
  const b = shared<number>(2);
  b.trySend(1);
  world.other.close(b);
  expect(b.tryRecv()).toEqual({ value: 1, ok: true });
  expect(ops.load(world.iso.mem, addressOf(b) + BUF)).toBe(0);
  expect(b.tryRecv()).toEqual({ value: undefined, ok: false });
});

test("the errors of channels arrive as what they were", () => {
  const c = shared<Error>(1);
  const errors = [new SendOnClosedChannelError(), new CloseOfClosedChannelError(), new CloseOfNilChannelError()];
  for (const err of [...errors, new ChannelFullError("events", 3)]) {
    c.trySend(err);
    const got = c.tryRecv()?.value as Error;
    expect(got).toBeInstanceOf(err.constructor);
    expect([got.name, got.message, got.stack]).toEqual([err.name, err.message, err.stack]);
    expect((got as SendOnClosedChannelError).code).toBe((err as SendOnClosedChannelError).code);
  }
});

describe("what fails", () => {
  test("a value that cannot cross throws in the sender, ready or blocked, with its path", async () => {
    const c = shared<unknown>(1);
    const bad = { cb: () => 1 };
    expect(() => c.trySend(bad)).toThrow(DataCloneError);
    expect(c.len).toBe(0);
    c.trySend(1);
    // Full: nothing is encoded until it waits.
    const out = await started(function* () {
      yield* c.send(bad);
    });
    expect(out[0]).toBeInstanceOf(DataCloneError);
    expect((out[0] as DataCloneError).path).toBe("value.cb");
    const sel = await started(function* () {
      return yield* select({ quiet: shared<number>().recv(), c: c.send(bad), local: chan<number>().recv() });
    });
    expect(sel[0]).toBeInstanceOf(DataCloneError);
    await expect(c.send(bad)).rejects.toThrow(DataCloneError);
    expect(c.tryRecv()?.value).toBe(1);
    expect(c.len).toBe(0);
  });

  test("an operation, a handle or a timer is refused in the sender, by its own path", async () => {
    const c = shared<unknown>(1);
    const refused = (value: unknown): unknown => {
      try {
        c.trySend({ in: [value] });
      } catch (err) {
        return `${(err as DataCloneError).name} ${(err as DataCloneError).message}`;
      }
    };
    const signal = new AbortController().signal;
    const operations = [c.recv(), c.recvOk(), c.send(1), sleep(5), until(Promise.resolve()), timeout(c.recv(), 1)];
    for (const op of [...operations, select({ c: c.recv() }), chan().recv({ signal }), after(5).recv()])
      expect(refused(op)).toMatch(
        /^DataCloneError value\.in\[0\]: an operation \(hand over its channel, .* cannot cross/,
      );
    expect(refused(go(() => 1))).toMatch(/^DataCloneError value\.in\[0\]: a goroutine's handle \(hand over a channel/);
    for (const clock of [after(5), ticker(5), new Timer(5), fromSignal(signal)])
      expect(refused(clock)).toMatch(/^DataCloneError value\.in\[0\]: /);
    expect(c.len).toBe(0);
  });

  test("a value that cannot be made here fails the receive, ready or blocked; the channel goes on", async () => {
    class Odd {}
    registerCrossing<Odd>({
      tag: 977,
      match: (v) => v instanceof Odd,
      encode: () => [1],
      decode: () => {
        throw new TypeError("no such thing here");
      },
    });
    const before = world.cellBytes();
    const c = shared<unknown>(1);
    const out = await started(function* () {
      return yield* c.recv();
    });
    expect(world.other.trySend(c, new Odd())).toBe(true);
    await settle(world);
    expect(String(out[0])).toContain("no such thing here");
    world.other.trySend(c, new Odd());
    expect(() => c.tryRecv()).toThrow("no such thing here");
    world.other.trySend(c, 5);
    expect(c.tryRecv()?.value).toBe(5);
    c.close();
    expect(world.cellBytes() - before).toBe(128);
  });

  test("a full arena is a clear error of the operation that needed it, and nothing is lost", async () => {
    world.leave();
    world = join({ bytes: 4 * 65536 });
    const c = shared<unknown>(4);
    c.trySend("kept");
    const hoard: number[] = [];
    for (const bytes of [32768, 16384, 8192, 4096, 2048, 1024, 512, 256, 128, 64]) {
      try {
        for (;;) hoard.push(world.arena.allocate(bytes));
      } catch (err) {
        expect(err).toBeInstanceOf(ArenaFullError);
      }
    }
    expect(() => c.trySend({ big: "x".repeat(100) })).toThrow(ArenaFullError);
    const d = chan<number>(0);
    expect(() => share(world, d)).toThrow(ArenaFullError);
    expect(c.tryRecv()?.value).toBe("kept");
    const out = await started(function* () {
      return yield* c.recv();
    });
    expect(out[0]).toBeInstanceOf(ArenaFullError);
    await expect(c.recv()).rejects.toThrow(ArenaFullError);
    for (const cell of hoard) world.arena.free(cell);
    const again = await started(function* () {
      return yield* c.recv();
    });
    world.other.trySend(c, 3);
    await settle(world);
    expect(again).toEqual([3]);
  });
});

describe("between poll and enqueue", () => {
  /** A value whose encoding, which comes after the poll, runs `then`. */
  const when = (then: () => void): object => ({
    get x() {
      then();
      return 1;
    },
  });

  test("a partner that came completes the operation", async () => {
    const c = shared<unknown>();
    let take: (() => unknown) | undefined;
    const out = await started(function* () {
      return yield* c.send(
        when(() => {
          take = world.other.recv(c);
        }),
      );
    });
    expect(out).toEqual([undefined]);
    expect(take?.()).toEqual({ x: 1 });
  });

  test("a case that was won while the next is queued leaves that one without effect", async () => {
    const a = shared<unknown>();
    const b = shared<unknown>();
    for (const wait of [false, true]) {
      const take = wait ? undefined : world.other.recv(b);
      if (take !== undefined) {
        // Taken by somebody else first, or the poll would meet it.
        expect(world.other.trySend(b, 0)).toBe(true);
        expect(take()).toBe(0);
      }
      let later: (() => unknown) | undefined;
      const out = await started(function* () {
        return yield* select({
          a: a.recv(),
          b: b.send(
            when(() => {
              expect(world.other.trySend(a, "won")).toBe(true);
              if (wait) later = world.other.recv(b);
            }),
          ),
        });
      });
      expect(out).toEqual([{ key: "a", value: "won", ok: true }]);
      // b's receiver still waits.
      if (wait) {
        expect(b.trySend("other")).toBe(true);
        expect(later?.()).toBe("other");
      }
      expect(world.other.tryRecv(b)).toBeUndefined();
    }
  });

  test("an outside await that completes while it is queued", async () => {
    const c = shared<unknown>();
    const quiet = shared<unknown>();
    let take: (() => unknown) | undefined;
    const p = Promise.resolve(
      timeout(
        select({
          c: c.send(
            when(() => {
              take = world.other.recv(c);
            }),
          ),
          q: quiet.recv(),
        }),
        60_000,
      ),
    );
    await settle(world);
    expect(await p).toEqual({ key: "c", value: undefined, ok: true });
    expect(take?.()).toEqual({ x: 1 });
  });

  test("a goroutine that is cancelled by its own value's getter has sent nothing", async () => {
    const c = shared<unknown>();
    const g = go(function* () {
      yield* c.send(when(() => g.cancel()));
    });
    await settle(world);
    expect(g.status).toBe("dead");
    expect(world.other.tryRecv(c)).toBeUndefined();
  });
});

describe("select, timeout, signals and cancel", () => {
  test("local and shared cases mix: whichever comes, the others have no effect", async () => {
    const s = shared<number>();
    const l = chan<number>();
    for (const which of ["s", "l"] as const) {
      const out = await started(function* () {
        return yield* select({ s: s.recv(), l: l.recv() });
      });
      if (which === "s") {
        expect(world.other.trySend(s, 1)).toBe(true);
        // Claimed by the other M; the mail is still under way.
        expect(l.trySend(2)).toBe(false);
      } else {
        expect(l.trySend(2)).toBe(true);
        expect(world.other.trySend(s, 1)).toBe(false);
      }
      await settle(world);
      expect(out).toEqual([{ key: which, value: which === "s" ? 1 : 2, ok: true }]);
    }
  });

  test("default only if no case is ready", async () => {
    const a = shared<number>(1);
    const b = shared<number>(1);
    const choose = () =>
      started(function* () {
        return (yield* select({ a: a.recv(), b: b.recv(), default: true })).key;
      });
    expect(await choose()).toEqual(["default"]);
    world.other.trySend(b, 1);
    expect(await choose()).toEqual(["b"]);
    world.other.close(a);
    expect(await choose()).toEqual(["a"]);
  });

  test("default polls again when something became ready behind its back", async () => {
    const full = shared<unknown>();
    const a = shared<number>();
    // The value of the one send is encoded in the middle of the round: then the other channel gets its receiver.
    let came: (() => unknown) | undefined;
    let left: (() => unknown) | undefined;
    const value = {
      get x() {
        if (came === undefined) {
          came = world.other.recv(a);
          // Who was there is served by another, so that this send finds nobody.
          expect(world.other.trySend(full, 0)).toBe(true);
        }
        return 1;
      },
    };
    for (let i = 0; i < 20; i++) {
      came = undefined;
      left = world.other.recv(full);
      const keys = await started(function* () {
        return (yield* select({ a: a.send(5), full: full.send(value), default: true })).key;
      });
      expect(keys).toEqual(["a"]);
      expect(left()).toBe(0);
      expect((came as unknown as () => unknown)()).toBe(5);
    }
  });

  test("a timeout and a signal take the waiter back", async () => {
    const c = shared<number>();
    await expect(timeout(c.recv(), 1)).rejects.toThrow(/1 ms|time/);
    const stop = new AbortController();
    const p = Promise.resolve(c.send(1, { signal: stop.signal }));
    stop.abort(new Error("enough"));
    await expect(p).rejects.toThrow("enough");
    expect(world.other.tryRecv(c)).toBeUndefined();
    const late = Promise.resolve(c.recv({ signal: new AbortController().signal }));
    await settle(world);
    expect(world.other.trySend(c, 4)).toBe(true);
    expect(await late).toBe(4);
  });

  test("cancel before, while and after the other M claims: the value goes over, or stays", async () => {
    const c = shared<number>();
    const got: unknown[] = [];
    const receiver = () =>
      go(function* () {
        got.push(yield* c.recv());
      });
    const before = receiver();
    await settle(world);
    before.cancel();
    expect(world.other.trySend(c, 1)).toBe(false);
    const after = receiver();
    await settle(world);
    expect(world.other.trySend(c, 2)).toBe(true);
    // It had completed when cancel came: the value is delivered.
    after.cancel();
    await settle(world);
    expect(got).toEqual([2]);
    expect([before.status, after.status]).toEqual(["dead", "dead"]);
  });
});

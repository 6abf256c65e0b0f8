// Channels from plain async code: await, AbortSignal, and order with goroutines.
import { chan, fromSignal, SendOnClosedChannelError, select, Timer } from "@gr/chan";
import { go, run, sleep, TimeoutError, timeout, until } from "@gr/core";
import { describe, expect, test } from "vitest";
import { turns } from "./bridges.ts";

test("send, recv, recvOk and select are awaited", async () => {
  const c = chan<number>(1);
  await c.send(1);
  expect(await c.recv()).toBe(1);
  const receiving = c.recvOk().then();
  await c.send(2);
  expect(await receiving).toEqual({ value: 2, ok: true });
  expect(await select({ put: c.send(3), get: chan().recv() })).toEqual({ key: "put", value: undefined, ok: true });
  expect(await select([c.recv()])).toEqual({ key: 0, value: 3, ok: true });
  expect(await select({ get: c.recv(), default: true })).toEqual({ key: "default", value: undefined, ok: false });
  c.close();
  expect(await c.recv()).toBeUndefined();
  await expect(c.send(4)).rejects.toThrow(SendOnClosedChannelError);
});

test("a value that is undefined, null, NaN, a function or a channel comes as it went", async () => {
  const c = chan<unknown>(5);
  const values = [undefined, null, Number.NaN, () => 1, c];
  for (const v of values) await c.send(v);
  for (const v of values) expect(await c.recvOk()).toEqual({ value: v, ok: true });
});

describe("AbortSignal", () => {
  test.each([
    ["recv", (c: ReturnType<typeof chan<number>>, signal: AbortSignal) => c.recv({ signal })],
    ["recvOk", (c: ReturnType<typeof chan<number>>, signal: AbortSignal) => c.recvOk({ signal })],
    ["send", (c: ReturnType<typeof chan<number>>, signal: AbortSignal) => c.send(1, { signal })],
    ["select", (c: ReturnType<typeof chan<number>>, signal: AbortSignal) => select({ a: c.recv({ signal }) })],
  ])("%s rejects with the signal's reason, before and while it waits, and leaves the channel", async (_, perform) => {
    const c = chan<number>();
    const reason = new Error("enough");
    await expect(perform(c, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = perform(c, controller.signal).then(
      () => "completed",
      (err: unknown) => err,
    );
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    // Nobody is left in either queue.
    expect([c.trySend(2), c.tryRecv()]).toEqual([false, undefined]);
  });

  test("is ignored by what completes at once", async () => {
    const c = chan<number>(1);
    const signal = AbortSignal.abort();
    await c.send(1, { signal });
    expect(await c.recv({ signal })).toBe(1);
    c.close();
    expect(await c.recvOk({ signal })).toEqual({ value: undefined, ok: false });
  });

  test("an operation that has completed is not taken back by an abort after it", async () => {
    const c = chan<number>();
    const controller = new AbortController();
    const receiving = c.recv({ signal: controller.signal }).then();
    expect(c.trySend(7)).toBe(true);
    controller.abort();
    expect(await receiving).toBe(7);
  });

  test("no listener stays on the signal, whoever won", async () => {
    const c = chan<number>();
    const quiet = chan<number>();
    const signal = new AbortController().signal;
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: unknown[]) => {
      listeners++;
      addEventListener.apply(signal, args as never);
    };
    signal.removeEventListener = (...args: unknown[]) => {
      listeners--;
      removeEventListener.apply(signal, args as never);
    };
    const receiving = c.recv({ signal }).then();
    const selecting = select({ a: c.recv({ signal }), b: quiet.recv({ signal }) }).then();
    expect(listeners).toBe(3);
    c.trySend(1);
    c.trySend(2);
    expect([await receiving, (await selecting).key]).toEqual([1, "a"]);
    expect(listeners).toBe(0);
  });

  test("one case's signal fails the whole select, and the other cases lose nothing", async () => {
    const a = chan<number>();
    const b = chan<number>(1);
    const controller = new AbortController();
    const selecting = select({ a: a.recv({ signal: controller.signal }), b: b.recv() }).then(
      () => "completed",
      (err: unknown) => err,
    );
    controller.abort("enough");
    b.trySend(1);
    expect(await selecting).toBe("enough");
    expect(await b.recv()).toBe(1);
  });

  test("the same operation in a goroutine throws the reason there", async () => {
    const controller = new AbortController();
    const failing = run(function* () {
      try {
        yield* chan().recv({ signal: controller.signal });
        return "received";
      } catch (err) {
        return err;
      }
    });
    await turns();
    controller.abort("enough");
    expect(await failing).toBe("enough");
  });

  test("fromSignal is a case of select, and wins when the signal fires", async () => {
    const c = chan<number>();
    const controller = new AbortController();
    const selecting = select({ job: c.recv(), stop: fromSignal(controller.signal).recv() }).then();
    controller.abort();
    expect(await selecting).toEqual({ key: "stop", value: undefined, ok: false });
    expect(c.trySend(1)).toBe(false);
  });
});

test("thousands of outside receivers and goroutines are served in the order in which they came", async () => {
  const n = 4000;
  const c = chan<number>();
  const got: [who: number, value: number | undefined][] = [];
  const all: PromiseLike<unknown>[] = [];
  for (let i = 0; i < n; i++) {
    if (i % 3 === 0) all.push(c.recv().then((v) => got.push([i, v])));
    else if (i % 3 === 1) all.push(select({ a: c.recv(), never: undefined }).then((r) => got.push([i, r.value])));
    else {
      const g = go(function* () {
        got.push([i, yield* c.recv()]);
      });
      // Let it queue itself before the next comes.
      await until(Promise.resolve());
      while (g.status !== "waiting") await turns(1);
      all.push(g);
    }
  }
  for (let v = 0; v < n; v++) expect(c.trySend(v)).toBe(true);
  await Promise.all(all);
  expect(got).toHaveLength(n);
  for (const [who, value] of got) expect(value).toBe(who);
});

test("thousands of outside senders on a buffered channel are taken in the order in which they came", async () => {
  const n = 3000;
  const c = chan<number>(7);
  const sent = Array.from({ length: n }, (_, i) => c.send(i).then());
  const got: (number | undefined)[] = [];
  await run(function* () {
    for (let i = 0; i < n; i++) got.push(yield* c.recv());
  });
  await Promise.all(sent);
  expect(got).toEqual(Array.from({ length: n }, (_, i) => i));
});

test("a loop of awaits that are always ready lets the host's timers through", async () => {
  const c = chan<number>(1);
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 0);
  let rounds = 0;
  while (!fired && rounds < 50_000_000) {
    await c.send(rounds);
    await c.recv();
    rounds++;
  }
  expect(fired).toBe(true);
});

test("an operation is performed anew by each use, and not at all by none", async () => {
  const c = chan<number>(3);
  const op = c.send(1);
  expect(c.len).toBe(0);
  await op;
  await op;
  expect(c.len).toBe(2);
  const race = select({ a: c.recv(), b: c.recv() });
  expect([(await race).value, (await race).value, c.len]).toEqual([1, 1, 0]);
});

test("timeout around a receive, a send and a select", async () => {
  const c = chan<number>();
  await expect(timeout(c.recv(), 1)).rejects.toThrow(TimeoutError);
  await expect(timeout(c.send(1), 1)).rejects.toThrow(TimeoutError);
  await expect(timeout(select({ a: c.recv(), b: c.send(1) }), 1)).rejects.toThrow(TimeoutError);
  expect([c.trySend(1), c.tryRecv()]).toEqual([false, undefined]);
  const full = chan<number>(1);
  full.trySend(5);
  expect(await timeout(full.recv(), 1)).toBe(5);
});

test("timeout as a case: an error ends the select, and a close is undefined with ok true", async () => {
  const c = chan<number>();
  const quiet = chan<number>();
  await expect(select({ a: timeout(c.recv(), 1), b: quiet.recv() })).rejects.toThrow(TimeoutError);
  expect([c.trySend(1), quiet.trySend(1)]).toEqual([false, false]);
  c.close();
  expect(await select({ a: timeout(c.recv(), 1) })).toEqual({ key: "a", value: undefined, ok: true });
  expect(await select({ a: timeout(c.recvOk(), 1) })).toEqual({
    key: "a",
    value: { value: undefined, ok: false },
    ok: true,
  });
});

test("for await ends at the close; leaving early leaves the channel as it is", async () => {
  const c = chan<number>(4);
  for (let i = 0; i < 4; i++) c.trySend(i);
  for await (const v of c) if (v === 1) break;
  expect(c.len).toBe(2);
  c.close();
  const rest: number[] = [];
  for await (const v of c) rest.push(v);
  expect(rest).toEqual([2, 3]);
});

test("an outside await and a goroutine hand values to each other through a timer's goroutine", async () => {
  const c = chan<string>();
  Timer.afterFunc(1, function* () {
    yield* sleep(1);
    yield* c.send("late");
  });
  expect(await c.recv()).toBe("late");
});

test("an iterator that is left while it waits takes no value, and gives none any more", async () => {
  const c = chan<number>();
  const values = c[Symbol.asyncIterator]();
  const waiting = [values.next(), values.next()];
  await turns(1);
  await values.return?.();
  expect(c.trySend(1)).toBe(false);
  expect(await Promise.all(waiting)).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
  const sent = c.send(2).then();
  expect(await values.next()).toEqual({ done: true, value: undefined });
  expect(await c.recv()).toBe(2);
  await sent;
});

import {
  type Chan,
  CloseOfClosedChannelError,
  CloseOfNilChannelError,
  chan,
  close,
  each,
  range,
  SendOnClosedChannelError,
  select,
} from "@gr/chan";
import { go, gosched, run, runSync, sleep } from "@gr/core";
import { expect, test } from "vitest";

test("an unbuffered channel hands values over one by one (golden O5)", () => {
  const out: string[] = [];
  runSync(function* () {
    const c = chan<number>();
    go(function* () {
      for (let i = 1; i <= 3; i++) {
        yield* c.send(i);
        out.push(`S${i}`);
      }
    });
    for (let i = 1; i <= 3; i++) {
      yield* c.recv();
      out.push(`R${i}`);
    }
    yield* gosched();
  });
  expect(out.join(" ")).toBe("S1 R1 R2 S2 S3 R3");
});

test("select takes a ready case, a timer, or the default", async () => {
  await run(function* () {
    const a = chan<number>();
    const b = chan<string>(1);
    expect(yield* select({ a: a.recv(), b: b.send("x"), nil: false })).toEqual({
      key: "b",
      value: undefined,
      ok: true,
    });
    expect((yield* select({ a: a.recv(), late: sleep(1) })).key).toBe("late");
    expect(yield* select([a.recv(), b.recv()])).toEqual({ key: 1, value: "x", ok: true });
    expect((yield* select({ a: a.recv(), default: true })).key).toBe("default");
    go(function* () {
      for (let i = 0; i < 3; i++) yield* a.send(i);
      a.close();
    });
    const got: number[] = [];
    yield* range(a, (v) => {
      got.push(v);
    });
    expect(got).toEqual([0, 1, 2]);
  });
});

test("the three misuses of a channel throw, with Go's texts and stable codes", () => {
  const c = chan<number>(1);
  close(c);
  expect(() => close(c)).toThrow(new CloseOfClosedChannelError());
  expect(() => c.close()).toThrow("close of closed channel");
  expect(() => c.trySend(1)).toThrow(new SendOnClosedChannelError());
  expect(() => runSync(() => c.send(1))).toThrow("send on closed channel");
  const nil = undefined as Chan<number> | undefined;
  expect(() => close(nil)).toThrow(new CloseOfNilChannelError());
  expect([new CloseOfNilChannelError().message, new CloseOfNilChannelError().code]).toEqual([
    "close of nil channel",
    "GR_CLOSE_OF_NIL",
  ]);
  expect([new CloseOfClosedChannelError().code, new SendOnClosedChannelError().code]).toEqual([
    "GR_CLOSE_OF_CLOSED",
    "GR_SEND_ON_CLOSED",
  ]);
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, "3"])("a capacity of %s is a RangeError", (cap) => {
  expect(() => chan(cap as number)).toThrow(RangeError);
});

test("using closes a channel, once, and one that is closed already is left", () => {
  const c = chan<number>(1);
  {
    using _c = c;
  }
  expect(() => c.trySend(1)).toThrow(SendOnClosedChannelError);
  expect(() => c[Symbol.dispose]()).not.toThrow();
});

test("a channel tells its name, its length and its capacity", () => {
  const c = chan<number>(3, { name: "jobs" });
  c.trySend(1);
  expect([c.name, c.len, c.cap, String(c)]).toEqual(["jobs", 1, 3, "jobs (1/3)"]);
  expect(chan().name).toMatch(/^chan#\d+$/);
});

test("a ring longer than its first allocation keeps the order around its end", () => {
  const c = chan<number>(3000);
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 2500; i++) expect(c.trySend(i)).toBe(true);
    for (let i = 0; i < 2500; i++) expect(c.tryRecv()).toEqual({ value: i, ok: true });
  }
});

test("range stops when its body returns false, plain or generator, and throws what the body throws", () => {
  runSync(function* () {
    const c = chan<number>(9);
    for (let i = 0; i < 9; i++) yield* c.send(i);
    yield* range(c, (v) => (v === 2 ? false : undefined));
    yield* range(c, function* (v) {
      yield* gosched();
      if (v === 5) return false;
    });
    let caught: unknown;
    try {
      yield* range(c, () => {
        throw new Error("in the body");
      });
    } catch (err) {
      caught = err;
    }
    expect(caught).toEqual(new Error("in the body"));
    expect([c.len, (yield* c.recvOk()).value]).toEqual([2, 7]);
    const last = each(c);
    c.close();
    expect([yield* last.next(), last.value, yield* last.next(), last.value]).toEqual([true, 8, false, undefined]);
  });
  expect(() => each({} as never)).toThrow(TypeError);
  expect(() => range(chan(), 1 as never)).toThrow(TypeError);
});

test("range says so if its body is an async function, whose promise it would not await", () => {
  const body = (async () => {}) as never;
  expect(() =>
    runSync(function* () {
      const c = chan<number>(1);
      yield* c.send(1);
      yield* range(c, body);
    }),
  ).toThrow(/range: expected a plain or generator function as body/);
});

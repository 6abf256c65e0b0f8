// What the conformance suites of select leave: what is asked of it wrongly, nesting, and the cost of a loser.
import { after, type Case, chan, select } from "@gr/chan";
import { go, gosched, type Op, run, runSync, timeout, until } from "@gr/core";
import { type OpBase, toOp, waitReasonText } from "@gr/core/internal";
import { expect, test } from "vitest";
import { LocalChan } from "../src/chan.ts";

test("a case that is no operation is named; an operation called default is refused", () => {
  expect(() => select({ job: chan() as never })).toThrow(/case job to be an operation/);
  expect(() => select({ late: after(10) as never })).toThrow(
    /case late to be an operation, got .*; its recv\(\) is one/,
  );
  expect(() => select([chan().recv(), 7 as never])).toThrow(/case 1 to be an operation/);
  expect(() => select({ default: chan().recv() as never })).toThrow(/default to be true or false/);
  expect(() => select([], { default: chan().recv() as never })).toThrow(/default to be true or false/);
  expect(() => select(undefined as never)).toThrow(/an object or an array of cases/);
});

test.each([
  [{ default: true }, "default"],
  [{ default: undefined, b: "ready" }, "b"],
  [{ default: false, b: "ready" }, "b"],
] as const)("default: %o", (shape, key) => {
  const c = chan<number>(1);
  c.trySend(1);
  const cases = "b" in shape ? { ...shape, b: c.recv() } : shape;
  expect(runSync(() => select(cases as { a?: Case })).key).toBe(key);
});

test("an until that was polled and beaten at once has its signal aborted; so has one that default beat", async () => {
  const ready = chan<number>(64);
  for (let i = 0; i < 64; i++) ready.trySend(i);
  const signals: AbortSignal[] = [];
  const started = () =>
    until((s) => {
      signals.push(s);
      return new Promise<never>(() => {});
    });
  await run(function* () {
    // In one select of two the receive may be polled first; in 64 of them the other is, too.
    for (let i = 0; i < 64; i++) yield* select({ a: started(), b: ready.recv() });
    const polled = signals.length;
    expect(polled).toBeGreaterThan(0);
    expect((yield* select({ a: started(), default: true })).key).toBe("default");
    yield* until(Promise.resolve());
    expect(signals.length).toBe(polled + 1);
  });
  expect(signals.filter((s) => !s.aborted)).toEqual([]);
});

test.each([false, true])(
  "what an until's function makes ready is found at once, in any order of polls; default: %s",
  (blocks) => {
    runSync(function* () {
      for (let i = 0; i < 64; i++) {
        const [c, quiet] = [chan<number>(1), chan<number>()];
        const fills = until(() => {
          c.trySend(i);
          return new Promise<never>(() => {});
        });
        const cases = { quiet: quiet.recv(), a: c.recv(), b: i % 2 === 0 ? fills : timeout(fills, 1000) };
        const op: Op<unknown> =
          i % 3 === 0
            ? select({ in: select(cases), quiet: cases.quiet, default: blocks })
            : select({ ...cases, default: blocks });
        yield* op;
        expect(c.len).toBe(0);
      }
    });
  },
);

test("an array takes its default from a variable", () => {
  const c = chan<number>(1);
  expect(runSync(() => select([c.recv()], { default: true })).key).toBe("default");
  expect(() => runSync(() => select([c.recv()], { default: false as boolean }))).toThrow(/deadlock/);
});

test("a select whose case evaluates another select performs both rightly", () => {
  const [a, b] = [chan<number>(1), chan<string>(1)];
  a.trySend(1);
  b.trySend("x");
  const r = runSync(() =>
    select({
      get outer() {
        return select([a.recv(), undefined]);
      },
      other: undefined,
    }),
  );
  expect(r).toEqual({ key: "outer", value: { key: 0, value: 1, ok: true }, ok: true });
  expect(b.len).toBe(1);
});

test("selects that are made while the cases of another are read leave it its keys", () => {
  const ready = chan<string>(1);
  ready.trySend("v");
  const idle = () => chan().recv();
  const pair = () => ({ a: idle(), b: idle() });
  const r = runSync(() =>
    select({
      ...pair(),
      get z() {
        select({
          ...pair(),
          get q() {
            select({ x: idle(), y: idle() });
            return idle();
          },
        });
        return ready.recv();
      },
    }),
  );
  expect(r.key).toBe("z");
});

test("a select is a case of a select, ready and blocked, of the same size", () => {
  runSync(function* () {
    const [a, b, c] = [chan<number>(), chan<number>(), chan<number>()];
    const nested = () => select({ in: select({ a: a.recv(), b: b.recv() }), c: c.recv() });
    for (const [ch, want] of [
      [a, { key: "in", value: { key: "a", value: 5, ok: true }, ok: true }],
      [b, { key: "in", value: { key: "b", value: 5, ok: true }, ok: true }],
      [c, { key: "c", value: 5, ok: true }],
    ] as const) {
      go(() => ch.send(5));
      expect(yield* nested()).toEqual(want);
      const g = go(nested);
      yield* ch.send(5);
      expect(yield* g).toEqual(want);
    }
    for (const ch of [a, b, c]) expect((ch as LocalChan<number>).recvq.size).toBe(0);
  });
});

test("a select among the cases of one of the same size does not make it miss a case that is ready", () => {
  const [a, b, c] = [chan<number>(), chan<number>(), chan<number>(1)];
  runSync(function* () {
    for (let i = 0; i < 100; i++) {
      c.trySend(i);
      const r = yield* select({ in: select({ a: a.recv(), b: b.recv() }), c: c.recv(), default: true });
      expect(r).toEqual({ key: "c", value: i, ok: true });
    }
  });
});

test("a case whose poll throws leaves the next selects uniform and whole", () => {
  const closed = chan<number>();
  closed.close();
  const [a, b] = [chan<number>(1), chan<number>(1)];
  runSync(function* () {
    let thrown = 0;
    const chosen = { a: 0, b: 0 };
    for (let i = 0; i < 400; i++) {
      try {
        yield* select({ x: closed.send(1), y: chan().recv() });
      } catch {
        thrown++;
      }
      a.trySend(1);
      b.trySend(1);
      chosen[(yield* select({ a: a.recv(), b: b.recv() })).key]++;
    }
    expect(thrown).toBe(400);
    // 400 fair coins: five standard deviations are 50.
    expect(Math.abs(chosen.a - 200)).toBeLessThan(50);
  });
});

test("leaving a thousand queues costs one step each, however long the queues are", () => {
  runSync(function* () {
    const channels = Array.from({ length: 1000 }, () => chan<number>());
    // Ten waiters on each before and after the one that will leave.
    const others = () => channels.flatMap((c) => Array.from({ length: 10 }, () => go(() => c.recv())));
    const before = others();
    yield* gosched();
    const g = go(() => select(channels.map((c) => c.recv())));
    const after = others();
    while (channels.some((c) => (c as LocalChan<number>).recvq.size < 21)) yield* gosched();
    let steps = 0;
    for (const c of channels) {
      const q = (c as LocalChan<number>).recvq;
      const { remove } = q;
      q.remove = (w) => {
        steps++;
        remove.call(q, w);
      };
    }
    g.cancel();
    while (g.status !== "dead") yield* gosched();
    expect(steps).toBe(1000);
    for (const c of channels) expect((c as LocalChan<number>).recvq.size).toBe(20);
    for (const each of [...before, ...after]) each.cancel();
  });
});

test("the describing of a wait names its channels", () => {
  const op = toOp(select({ a: chan(0, { name: "jobs" }).recv(), b: chan(2, { name: "done" }).send(1) }));
  expect((op as OpBase<unknown>).describe(waitReasonText)).toBe(
    "select of chan receive on jobs (0/0), chan send on done (0/2)",
  );
  expect(chan() instanceof LocalChan).toBe(true);
});

import { CloseOfNilChannelError, chan, SendOnClosedChannelError } from "@gr/chan";
import { all, DeadlockError, go, gomaxprocs, PanicError, run, sleep, TimeoutError } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";
import { serving } from "./serving.ts";

let threads: Threads;
beforeEach(async () => {
  threads = await startThreads({ procs: 2 });
});
afterEach(() => threads.close());

/** Polls, with an operation between, until it holds; the test's own time limit ends it if it never does. */
function* becomes(holds: () => boolean) {
  while (!holds()) yield* sleep(1);
}

/** Work for two, until both workers are up; then until both are asleep. */
function* bothWorkers() {
  while (serving(threads) < 2) yield* all([go(t.spin, 2), go(t.spin, 2)]);
  yield* becomes(() => threads.stats().idleThreads >= 2);
}

describe("values", () => {
  test("arguments and results cross", async () => {
    const value = {
      list: [1, "two", null, undefined, true],
      bytes: new Uint8Array([1, 2]),
      nested: { date: new Date(5) },
    };
    await run(function* () {
      expect(yield* go(t.add, 2, 3)).toBe(5);
      expect(yield* go(t.echo, value)).toEqual(value);
      expect(yield* go(t.echo, "text of more than eight characters €")).toBe("text of more than eight characters €");
      expect(yield* go(t.echo, undefined)).toBe(undefined);
      expect(yield* go(t.asynchronous, 21)).toBe(42);
    });
  });

  test("an argument that cannot cross throws at go, naming the path", () => {
    expect(() => go(t.echo, { a: [() => 1] })).toThrow("args[0].a[0]: a function cannot cross threads");
    expect(() => go(t.add, 1, Symbol("s") as never)).toThrow("args[1]: a symbol cannot cross threads");
  });

  test("a result that cannot cross fails the goroutine, not the thread", async () => {
    await expect(go(t.bad)).rejects.toThrow("result: a function cannot cross threads");
    expect(await go(t.add, 1, 1)).toBe(2);
  });
});

describe("ends", () => {
  test("an error crosses with its class, its own properties and the stack of the thread it was thrown in", async () => {
    const err = (await run(() => failure(go(t.boom, "bad")))) as RangeError & { from: number };
    expect(err).toBeInstanceOf(RangeError);
    expect(err.message).toBe("bad");
    expect(err.from).toBeTypeOf("number");
    expect(err.stack).toContain("tasks.mjs");
    expect(err.stack).toMatch(/in goroutine \d+ \(test:boom\)/);
  });

  test("core's and chan's errors are of their class on the other side, thrown or as values", async () => {
    const closed = chan<number>();
    closed.close();
    const thrown = await run(() => failure(go(t.sendsOne, closed, 1)));
    expect(thrown).toBeInstanceOf(SendOnClosedChannelError);
    const c = chan<Error>(1);
    await go(t.echo, c);
    for (const err of [new TimeoutError(3), new CloseOfNilChannelError()]) {
      await c.send(err);
      for (const got of [(await go(t.echo, err)) as Error, (await c.recv()) as Error])
        expect([got.constructor, got.message, got.stack]).toEqual([err.constructor, err.message, err.stack]);
    }
  });

  test("a DeadlockError has its dump and cycle on the other side, a DOMException is one: thrown or as values", async () => {
    const thrown = await run(() => failure(go(t.throwsKinds, "deadlock")));
    const dom = await run(() => failure(go(t.throwsKinds, "dom")));
    const values = [await go(t.echo, thrown), await go(t.echo, new DeadlockError("stuck", "the dump", "the cycle"))];
    for (const err of [thrown, ...values] as DeadlockError[]) {
      expect(err).toBeInstanceOf(DeadlockError);
      expect([err.message, err.dump, err.cycle]).toEqual(["stuck\nthe cycle\n\nthe dump", "the dump", "the cycle"]);
    }
    for (const err of [dom, await go(t.echo, dom), await go(t.echo, AbortSignal.abort().reason)]) {
      expect(err).toBeInstanceOf(DOMException);
      expect(err).toMatchObject({ name: "AbortError", code: DOMException.ABORT_ERR });
    }
  });

  test("an error that holds what cannot cross keeps its class and text", async () => {
    const err = (await run(() => failure(go(t.throwsFunction)))) as PanicError;
    expect(err).toBeInstanceOf(PanicError);
    expect([err.code, err.message, err.cause]).toEqual(["GR_PANIC", "panic: function anonymous", undefined]);
  });

  test("goexit ends it as it does on one thread", async () => {
    await expect(go(t.exits)).rejects.toMatchObject({ code: "GR_GOEXIT" });
  });

  test("an unjoined failure on another thread rejects run", async () => {
    await expect(
      run(function* () {
        go(t.boom, "nobody joins");
        yield* sleep(60_000);
      }),
    ).rejects.toThrow("nobody joins");
  });

  test("a goroutine that a portable started and nobody joined fails the program at home", async () => {
    await expect(
      run(function* () {
        go(t.orphan);
        yield* sleep(60_000);
      }),
    ).rejects.toThrow("nobody joined me");
  });
});

describe("cancel", () => {
  test("unwinds it where it runs, and the handle settles when it has", async () => {
    gomaxprocs(1);
    await run(function* () {
      const before = yield* go(t.unwound);
      const g = go(t.unwinds);
      yield* becomes(() => g.status === "running");
      g.cancel("enough");
      const err = yield* failure(g);
      expect(err).toMatchObject({ code: "GR_CANCELLED", cause: "enough" });
      expect(g.status).toBe("dead");
      expect(yield* go(t.unwound)).toBe(before + 1);
    });
  });

  test("before it has started settles at once, and it never starts", async () => {
    const started = threads.stats().ms.reduce((n, m) => n + m.started, 0);
    const g = go(t.nap, 1);
    expect(g.status).toBe("runnable");
    g.cancel("early");
    expect(g.status).toBe("dead");
    await expect(g).rejects.toMatchObject({ code: "GR_CANCELLED", cause: "early" });
    await go(t.add, 1, 1);
    expect(threads.stats().ms.reduce((n, m) => n + m.started, 0)).toBe(started + 1);
  });

  test("the end of run cancels what it started on other threads", async () => {
    gomaxprocs(1);
    const before = await go(t.unwound);
    await run(function* () {
      const g = go(t.unwinds);
      yield* becomes(() => g.status === "running");
    });
    expect(await go(t.unwound)).toBe(before + 1);
  });
});

describe("spread", () => {
  test("portables start other portables, on any thread", async () => {
    expect(await go(t.tree, 9)).toBe(512);
  });

  test("computing portables run on two threads", async () => {
    await run(function* () {
      yield* bothWorkers();
      const ms = yield* all(Array.from({ length: 40 }, () => go(t.spin, 3)));
      // Where the machine holds one of them up, sysmon gives its P to the spare: then there is a third.
      expect(new Set(ms).size).toBeGreaterThan(1);
      expect(ms).not.toContain(0);
    });
  });

  test("waiting portables are shared out before they start, since they cannot move later", async () => {
    await run(function* () {
      yield* bothWorkers();
      const counts = new Map<number, number>();
      const gs = Array.from({ length: 40 }, () => go(t.nap, 30));
      for (const g of gs) {
        const m = yield* g;
        counts.set(m, (counts.get(m) ?? 0) + 1);
      }
      expect(counts.size).toBeGreaterThan(1);
      expect(counts.has(0)).toBe(false);
    });
  });

  test("while main is blocked, what it had queued is finished by others", async () => {
    await run(function* () {
      // The workers come first: a blocked main cannot start any.
      yield* bothWorkers();
      const before = threads.stats().ms.reduce((n, m) => n + m.started, 0);
      const gs = Array.from({ length: 2000 }, (_, i) => go(t.add, i, 1));
      const park = new Int32Array(new SharedArrayBuffer(4));
      Atomics.wait(park, 0, 0, 1000);
      const { ms } = threads.stats();
      expect(ms.reduce((n, m) => n + m.started, 0) - before).toBe(2000);
      expect(ms[0]?.started).toBe(0);
      let sum = 0;
      for (const g of gs) sum += yield* g;
      expect(sum).toBe(2_001_000);
    });
  });

  test("100,000 portables are each run once", async () => {
    await run(function* () {
      const gs = Array.from({ length: 100_000 }, (_, i) => go(t.echo, i));
      let sum = 0;
      for (const g of gs) sum += (yield* g) as number;
      expect(sum).toBe(4_999_950_000);
    });
    const { ms, globalQueue, ps } = threads.stats();
    expect(globalQueue + ps.reduce((n, p) => n + p.queued, 0)).toBe(0);
    expect(ms.reduce((n, m) => n + m.live, 0)).toBe(0);
  });
});

describe("gomaxprocs", () => {
  test("grows and shrinks while portables run, and answers what it was (go#156, go#157)", async () => {
    expect(gomaxprocs()).toBe(2);
    await run(function* () {
      const gs = Array.from({ length: 2000 }, (_, i) => go(t.yields, i % 7));
      for (const n of [1, 4, 2, 1, 3]) {
        const before = gomaxprocs();
        expect(gomaxprocs(n)).toBe(before);
        yield* sleep(2);
        const { ps, procs } = threads.stats();
        expect(procs).toBe(n);
        expect(ps).toHaveLength(n);
      }
      for (const [i, g] of gs.entries()) expect(yield* g).toBe(i % 7);
    });
  });

  test("never more threads hold a P than there are (go#159)", async () => {
    gomaxprocs(1);
    await run(function* () {
      const gs = Array.from({ length: 200 }, () => go(t.yields, 5));
      for (const g of gs) {
        expect(threads.stats().ms.filter((m) => m.p >= 0).length).toBeLessThanOrEqual(1);
        yield* g;
      }
    });
  });
});

/** What g failed with. */
function* failure(g: ReturnType<typeof go>) {
  try {
    yield* g;
  } catch (err) {
    return err;
  }
  throw new Error("it did not fail");
}

// Handles of goroutines on real threads: joined, selected, cancelled and handed on from anywhere.

import { type Chan, chan, select } from "@gr/chan";
import {
  all,
  CancelledError,
  DeadlockError,
  type Goroutine,
  go,
  gomaxprocs,
  type LeakReport,
  run,
  sleep,
  ThreadLostError,
} from "@gr/core";
import { startThreads, Thread, type Threads } from "@gr/threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FarHandle } from "../src/far-handle.ts";
import * as h from "./fixtures/handle-tasks.mjs";
import * as t from "./fixtures/tasks.mjs";

let threads: Threads;
vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeEach(async () => {
  threads = await startThreads({ procs: 2, mainRuns: false });
});
afterEach(() => threads.close());

function* failure(g: Goroutine<unknown>) {
  try {
    yield* g;
  } catch (err) {
    return err as Error;
  }
  throw new Error("it did not fail");
}

test("a goroutine of main is joined, awaited and polled elsewhere", async () => {
  await run(function* () {
    const g = go(function* mine() {
      yield* sleep(5);
      return { deep: ["result"] };
    });
    const [joined, [m1, awaited], [m2, polled]] = yield* all([
      go(h.joins, { g }),
      go(h.awaits, { g }),
      go(h.polls, { g }),
    ]);
    expect(joined).toMatchObject({ before: [g.id, "mine", `goroutine ${g.id} (mine)`], after: "dead" });
    for (const value of [joined.value, awaited, polled]) expect(value).toEqual({ deep: ["result"] });
    expect([joined.m, m1, m2].every((m) => m > 0)).toBe(true);
    expect((yield* go(h.joins, { g })).value).toEqual({ deep: ["result"] });
  });
});

test("a goroutine of a worker is joined, selected and cancelled by main", async () => {
  await run(function* () {
    const one = yield* go(h.lends, { ms: 5, value: [2] });
    expect([one.name, one.status]).toEqual(["lent", "running"]);
    expect(yield* select({ one, late: sleep(60_000) })).toMatchObject({ key: "one", value: [2] });
    expect(yield* one).toBe(yield* one);
    const parked = yield* go(h.parks);
    expect(yield* select({ parked, soon: sleep(1) })).toMatchObject({ key: "soon" });
    parked.cancel("enough");
    const err = yield* failure(parked);
    expect(err).toBeInstanceOf(CancelledError);
    expect(err.cause).toBe("enough");
  });
});

test("it comes home as what it was, and arrives as one object", async () => {
  await run(function* () {
    const g = go(function* () {
      yield* sleep(20);
    });
    expect((yield* go(h.givesBack, { g })) === g).toBe(true);
    expect((yield* go(h.isSame, { a: g, b: g }))[1]).toBe(true);
    const c = chan<Goroutine<unknown>>(2);
    const back = chan<Goroutine<unknown>>(2);
    go(h.passes, c, back);
    go(h.passes, c, back);
    yield* c.send(g);
    yield* c.send(g);
    for (let i = 0; i < 2; i++) expect((yield* back.recv()) === g).toBe(true);
    const portable = go(h.naps, 20);
    expect((yield* go(h.givesBack, { g: portable })) === portable).toBe(true);
    const lent = yield* go(h.lends, { ms: 20, value: 1 });
    expect((yield* go(h.givesBack, { g: lent })) === lent).toBe(true);
  });
});

test("a portable's handle works from a third thread, and so does current()", async () => {
  await run(function* () {
    const portable = go(h.naps, 10);
    const [joined] = yield* all([go(h.joins, { g: portable }), portable]);
    expect(joined).toMatchObject({
      before: [portable.id, "handles:naps", expect.anything()],
      value: expect.any(Number),
    });
    const [out, next]: [Chan<Goroutine<unknown>>, Chan<void>] = [chan(), chan()];
    const own = go(h.sendsSelf, out, next);
    const self = (yield* out.recv()) as Goroutine<unknown>;
    expect(self === own).toBe(true);
    const joins = go(h.joins, { g: self });
    yield* next.send(undefined);
    expect((yield* joins).value).toBe(yield* own);
    const parked = go(h.naps, 3_600_000);
    expect(yield* go(h.cancels, { g: parked, reason: { why: 1 } })).toMatchObject({
      name: "CancelledError",
      cause: { why: 1 },
    });
    expect(yield* failure(parked)).toBeInstanceOf(CancelledError);
  });
});

test("a failure that is joined elsewhere is joined; a result that cannot cross fails there and arrives here", async () => {
  await run(function* () {
    const bad = go(function* () {
      yield* sleep(20);
      return { list: [() => 1] };
    });
    const boom = go(function* () {
      yield* sleep(20);
      throw new RangeError("no");
    });
    const [one, two, here] = yield* all([go(h.joins, { g: bad }), go(h.joins, { g: boom }), bad]);
    expect(one.err).toMatchObject({
      name: "DataCloneError",
      message: "result.list[0]: a function cannot cross threads",
    });
    expect(two.err).toMatchObject({ name: "RangeError", message: "no" });
    expect(here.list[0]?.()).toBe(1);
    const far = yield* go(h.lends, { ms: 5, value: new TypeError("far") });
    expect(yield* failure(far)).toMatchObject({ name: "TypeError", message: "far" });
  });
});

test("a wait that is left elsewhere is left at home: what fails then surfaces", async () => {
  const ended = run(function* () {
    const fails = chan<void>();
    const g = go(function* () {
      yield* fails.recv();
      throw new RangeError("nobody's");
    });
    expect((yield* go(h.selects, { g }))[1]).toBe("late");
    yield* fails.send(undefined);
    yield* sleep(60_000);
  });
  await expect(ended).rejects.toThrow("nobody's");
});

test("with its thread a goroutine is lost to all who have its handle", async () => {
  await run(function* () {
    const [out, when]: [Chan<Goroutine<unknown>>, Chan<void>] = [chan(), chan()];
    const dying = go(h.lendsAndDies, out, when);
    const lent = (yield* out.recv()) as Goroutine<unknown>;
    const third = new Thread(h.joins, { g: lent });
    const waits = go(() => failure(lent));
    yield* when.send(undefined);
    expect(yield* failure(dying)).toBeInstanceOf(ThreadLostError);
    const err = yield* waits;
    expect(err).toBeInstanceOf(ThreadLostError);
    expect(err.message).toMatch(/^goroutine \d+ \(parked\) was lost: M\d+, which it belongs to, is gone$/);
    expect(yield* third.join()).toMatchObject({ err: { code: "GR_THREAD_LOST" } });
    expect(yield* go(h.joins, { g: lent })).toMatchObject({ err: { code: "GR_THREAD_LOST" } });
  });
}, 60_000);

test("what the handle's thread had of it goes with that thread, and a goroutine whose handle is gone can leak", async () => {
  const reports: LeakReport[] = [];
  await run(
    function* () {
      const lose = function* () {
        const c = chan<number>();
        const g = go(function* lost() {
          yield* c.recv();
        });
        yield* failure(go(h.dies, { g }));
      };
      yield* go(lose);
      while (reports.length === 0) {
        t.collects.call(null);
        yield* sleep(20);
      }
    },
    { onLeak: (report) => void reports.push(report) },
  );
  expect(reports.flatMap((r) => r.goroutines.map((g) => g.name))).toEqual(["lost"]);
});

test("a handle elsewhere keeps its goroutine from leaking, until it is collected there", async () => {
  const names: string[] = [];
  await run(
    function* () {
      const lose = function* () {
        const parked = (name: string) => {
          const c = chan<number>();
          const g = go(function* () {
            yield* c.recv();
          });
          g.name = name;
          return g;
        };
        yield* go(h.keeps, { g: parked("kept") });
        parked("lost");
      };
      yield* go(lose);
      const look = function* () {
        t.collects.call(null);
        yield* all([go(t.collects), go(t.collects)]);
        yield* sleep(20);
      };
      while (names.length === 0) yield* look();
      expect(names).toEqual(["lost"]);
      while (names.length === 1) {
        yield* all([go(h.forgets), go(h.forgets)]);
        yield* look();
      }
      expect(names).toEqual(["lost", "kept"]);
    },
    { onLeak: ({ goroutines }) => names.push(...goroutines.map(({ name }) => name)) },
  );
});

test("goroutines of two threads that join each other are a deadlock, with the circle in words", async () => {
  const main = function* main() {
    const other: { g?: Goroutine<unknown> } = {};
    const c = chan<void>();
    const here = go(function* here() {
      yield* c.recv();
      yield* other.g as Goroutine<unknown>;
    });
    other.g = go(h.joins, { g: here });
    yield* c.send(undefined);
    yield* here;
  };
  const err = await run(main, { deadlock: "closed" }).catch((err: unknown) => err);
  expect(err).toBeInstanceOf(DeadlockError);
  const { cycle, dump } = err as DeadlockError;
  expect(cycle).toMatch(/they wait in a circle: .*goroutine \d+ \(here\) for goroutine \d+ \(handles:joins\)/);
  expect(cycle).toMatch(/goroutine \d+ \(handles:joins\) on M\d+ waits: .* of goroutine \d+ \(here\)/);
  expect(dump).toMatch(/goroutine \d+ \[join, M\d+\]:\n *handles:joins/);
});

test("close loses what is joined elsewhere, and a later group's handles cross again", async () => {
  const ends: PromiseLike<Error>[] = [];
  await go(function* () {
    const parked = yield* go(h.parks);
    ends.push(
      parked.then(
        () => new Error("it ended"),
        (err: Error) => err,
      ),
    );
  });
  await threads.close();
  const err = await ends[0];
  expect(err).toBeInstanceOf(ThreadLostError);
  expect(err?.message).toMatch(/was lost: the threads were closed$/);
  threads = await startThreads({ procs: 1, mainRuns: false });
  await run(function* () {
    expect((yield* go(h.joins, { g: go(() => 5) })).value).toBe(5);
  });
});

test("a worker that is one too many stays while others have handles of its goroutines", async () => {
  await threads.close();
  threads = await startThreads({ procs: 2, mainRuns: false, idleTimeoutMs: 30 });
  await run(function* () {
    const byHome = new Map<number, Goroutine<unknown>>();
    while (byHome.size < 2) {
      const [one, two] = yield* all([
        go(h.lends, { ms: 0, value: 1 }),
        go(h.lends, { ms: 0, value: 1 }),
        go(t.spin, 5),
      ]);
      for (const g of [one, two]) byHome.set((g as unknown as FarHandle).home, g);
    }
    yield* all([...byHome.values()]);
    gomaxprocs(1);
    yield* sleep(200);
    const there = threads.stats().ms.map(({ m }) => m);
    for (const [home, g] of byHome) {
      expect(there).toContain(home);
      expect((yield* go(h.joins, { g })).value).toBe(1);
    }
  });
});

test("a Thread joins handles too, and those of its goroutines are lost with it", async () => {
  await run(function* () {
    const g = go(function* () {
      yield* sleep(5);
      return 1;
    });
    expect(yield* new Thread(h.joins, { g }).join()).toMatchObject({ value: 1 });
    const lent = (yield* new Thread(h.parks).join()) as Goroutine<unknown>;
    expect(yield* failure(lent)).toBeInstanceOf(ThreadLostError);
  });
});

// Mutexes and wait groups on real threads: their deaths, their sleep, and what is no deadlock.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Chan, chan } from "@gr/chan";
import { all, type Coroutine, type Goroutine, go, type LeakReport, run, sleep, ThreadLostError } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";
import { startThreads } from "@gr/threads";
import { expect, test, vi } from "vitest";

type Start<A extends readonly unknown[], T> = (...args: A) => Goroutine<T>;
interface Bodies {
  echo: Start<[unknown], unknown>;
  half: Start<[number], number>;
  holds: Start<[Mutex, Chan<number>, number, boolean], void>;
  doneLater: Start<[WaitGroup, number], void>;
  waitsAndDies: Start<[WaitGroup, Chan<number>], void>;
  lockOf: Start<[Mutex], unknown>;
  locks: Start<[Mutex], void>;
  collects: Start<[], void>;
  jostles: Start<[readonly Mutex[], number, number, number], number>;
}
const t = (await import(new URL("./fixtures/sync.mjs", import.meta.url).href)) as Bodies;

function* outcomeOf(g: Goroutine<unknown>): Coroutine<unknown> {
  try {
    return yield* g;
  } catch (err) {
    return err;
  }
}

function* failureOf(g: Goroutine<unknown>): Coroutine<unknown> {
  const err = yield* outcomeOf(g);
  if (err instanceof Error) return err;
  throw new Error("it did not fail");
}

test("what is handed to a thread and given back is the same object, and its lock stays where it is", async () => {
  await using _threads = await startThreads({ procs: 2, mainRuns: false });
  await run(function* () {
    const [mu, wg] = [new Mutex(), new WaitGroup()];
    const back = (yield* go(t.echo, { list: [1, mu], wg })) as { list: unknown[]; wg: unknown };
    expect([back.list[1] === mu, back.wg === wg]).toEqual([true, true]);
    expect(String(yield* failureOf(go(t.lockOf, mu)))).toContain("belongs to the thread that made it");
  });
});

test("a mutex whose thread dies is broken, for who waits for it and who comes later", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await using _threads = await startThreads({ procs: 2, mainRuns: false });
  await run(function* () {
    const [mu, held] = [new Mutex(), chan<number>()];
    const holder = go(t.holds, mu, held, 5, true);
    yield* held.recv();
    const outcomes = [go(() => mu.lock()), go(t.locks, mu)].map((g) => go(failureOf, g));
    expect(yield* failureOf(holder)).toBeInstanceOf(ThreadLostError);
    for (const g of outcomes) expect(yield* g).toMatchObject({ code: "GR_THREAD_LOST" });
    expect(() => mu.tryLock()).toThrow("the thread that held this mutex died");
    expect(yield* failureOf(go(t.locks, mu))).toMatchObject({ code: "GR_THREAD_LOST" });
  });
  warn.mockRestore();
});

test("a wait group loses a waiter whose thread dies, and no other", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await using _threads = await startThreads({ procs: 2, mainRuns: false });
  await run(function* () {
    const [wg, ready] = [new WaitGroup(), chan<number>()];
    wg.add(1);
    const lost = go(t.waitsAndDies, wg, ready);
    yield* ready.recv();
    const waiter = go(() => wg.wait());
    expect(yield* failureOf(lost)).toBeInstanceOf(ThreadLostError);
    expect(waiter.status).toBe("waiting");
    yield* go(t.doneLater, wg, 1);
    yield* waiter;
    expect(wg.count).toBe(0);
  });
  warn.mockRestore();
});

test("threads die while many lock: each of the others ends, and each mutex is free or known to be broken", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  await using _threads = await startThreads({ procs: 3, mainRuns: false });
  let [broken, whole] = [0, 0];
  await run(function* () {
    for (let round = 0; round < 12; round++) {
      const mutexes = [new Mutex(), new Mutex(), new Mutex()];
      const all = Array.from({ length: 6 }, (_, i) => go(t.jostles, mutexes, round + i, 40, i === 0 ? 20 : -1));
      for (const g of all.map((each) => go(outcomeOf, each))) {
        const outcome = yield* g;
        if (outcome === 40) whole++;
        else expect(outcome).toMatchObject({ code: "GR_THREAD_LOST" });
      }
      for (const mu of mutexes) {
        try {
          (yield* mu.lock()).release();
        } catch (err) {
          expect(err).toMatchObject({ code: "GR_THREAD_LOST" });
          expect(() => mu.tryLock()).toThrow(ThreadLostError);
          broken++;
        }
      }
    }
  });
  expect(broken).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(0);
  warn.mockRestore();
});

test.each(["exact", "closed"] as const)(
  "%s: what another thread will still release is no deadlock",
  async (deadlock) => {
    await using _threads = await startThreads({ procs: 2, mainRuns: false });
    await run(
      function* () {
        const [mu, wg, held] = [new Mutex(), new WaitGroup(), chan<number>()];
        go(t.holds, mu, held, 60, false);
        yield* held.recv();
        (yield* mu.lock()).release();
        wg.add(1);
        go(t.doneLater, wg, 60);
        yield* wg.wait();
      },
      { deadlock },
    );
  },
);

test.each(["exact", "closed"])("%s: a deadlock over threads is found, and names what is waited for", (deadlock) => {
  const program = fileURLToPath(new URL("./fixtures/deadlock.mjs", import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [program, deadlock], { encoding: "utf8", timeout: 60_000 });
  expect(stdout).toContain("DeadlockError all goroutines are asleep - deadlock!");
  expect(stdout).toMatch(/on M\d+ waits: sync\.Mutex\.Lock on books/);
  expect(stdout).toContain("waits: sync.WaitGroup.Wait on jobs (1)");
  expect(stdout).toMatch(/\[sync\.Mutex\.Lock, M\d+\]/);
  expect(stdout).toContain("[sync.WaitGroup.Wait]");
  expect(status).toBe(0);
});

test("a wait group counts portables that run on other threads (go#101)", async () => {
  await using _threads = await startThreads({ procs: 2, mainRuns: false });
  await run(function* () {
    const wg = new WaitGroup();
    for (let i = 0; i < 100; i++) wg.go(t.half, 2 * i);
    expect(wg.count).toBe(100);
    yield* wg.wait();
  });
  const wg = new WaitGroup();
  const failed = run(function* () {
    wg.go(t.half, 1);
    yield* wg.wait();
  });
  await expect(failed).rejects.toThrow("1 is odd");
  expect(wg.count).toBe(0);
});

test("a portable that is started while the program ends is counted done", async () => {
  await using _threads = await startThreads({ procs: 2 });
  const wg = new WaitGroup();
  let waited = false;
  await run(function* () {
    go(function* () {
      try {
        yield* sleep(1e9);
      } finally {
        wg.go(t.half, 2);
        yield* wg.wait();
        waited = true;
      }
    });
    yield* sleep(1);
  });
  expect([waited, wg.count]).toEqual([true, 0]);
});

test("who waits at a mutex or a group is found as leaked when the threads that had it have collected it", async () => {
  const threads = await startThreads({ procs: 2, mainRuns: false });
  const reports: LeakReport[] = [];
  const found = (): string[] => reports.flatMap((r) => r.goroutines.map((g) => g.name)).sort();
  try {
    await run(
      function* () {
        const lose = function* () {
          const [mu, wg] = [new Mutex(), new WaitGroup()];
          mu.tryLock();
          wg.add(1);
          go(function* locker() {
            yield* mu.lock();
          });
          go(function* waiter() {
            yield* wg.wait();
          });
          yield* go(t.echo, [mu, wg]);
        };
        yield* go(lose);
        // The engine collects on every thread, and core looks who has been parked for long.
        while (found().length < 2) {
          t.collects.call(null);
          yield* all([go(t.collects), go(t.collects)]);
          yield* sleep(20);
        }
      },
      { onLeak: (report) => void reports.push(report) },
    );
    expect(found()).toEqual(["locker", "waiter"]);
  } finally {
    await threads.close();
  }
});

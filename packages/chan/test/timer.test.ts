// What the conformance suite of timers leaves: functions run by timers, collection, deadlock, thousands of timers.
import { after, chan, range, select, Timer, ticker } from "@gr/chan";
import { type Coroutine, go, run, sleep } from "@gr/core";
import { sched, type VirtualHost, withVirtualHost } from "@gr/core/internal";
import { describe, expect, test } from "vitest";

/** Runs main in virtual time to its end, and gives what it gave. */
function virtually<T>(main: (host: VirtualHost) => Coroutine<T>): T {
  return withVirtualHost((host) => {
    const g = go(() => main(host));
    let outcome: { value: T } | { error: unknown } | undefined;
    go(function* () {
      try {
        outcome = { value: yield* g };
      } catch (error) {
        outcome = { error };
      }
    });
    host.advance(3_600_000);
    if (outcome === undefined) throw new Error("main is still waiting after an hour");
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  });
}

describe("Timer.afterFunc (go#77)", () => {
  test("runs the function when it is due, in a goroutine of its own that may block", () =>
    virtually(function* (host) {
      const done = chan<[string, number]>();
      Timer.afterFunc(
        10,
        function* (name: string) {
          yield* sleep(5);
          yield* done.send([name, host.now()]);
        },
        "a",
      );
      expect(yield* done.recv()).toEqual(["a", 15]);
    }));

  test("stop says whether it came in time, and does not wait for the function", () =>
    virtually(function* () {
      let runs = 0;
      const body = function* () {
        runs++;
        yield* sleep(10);
        runs++;
      };
      const early = Timer.afterFunc(10, body);
      const late = Timer.afterFunc(10, body);
      yield* sleep(5);
      expect([early.stop(), early.stop()]).toEqual([true, false]);
      yield* sleep(10);
      expect([runs, late.stop()]).toEqual([1, false]);
      yield* sleep(10);
      expect(runs).toBe(2);
    }));

  test("stop at the moment it is due decides for all: the function does not run", () =>
    virtually(function* () {
      let runs = 0;
      const t = Timer.afterFunc(10, () => {
        runs++;
      });
      const other = Timer.afterFunc(10, () => {
        if (t.stop()) runs += 10;
      });
      yield* sleep(20);
      expect([t.stop(), other.stop()]).toEqual([false, false]);
      expect([1, 10]).toContain(runs);
    }));

  test("reset moves a pending one, and runs one that has run again", () =>
    virtually(function* (host) {
      const runs: number[] = [];
      const t = Timer.afterFunc(10, () => {
        runs.push(host.now());
      });
      yield* sleep(5);
      expect(t.reset(10)).toBe(true);
      yield* sleep(20);
      expect(t.reset(10)).toBe(false);
      yield* sleep(20);
      expect(runs).toEqual([15, 35]);
    }));

  test("using stops it", () =>
    virtually(function* () {
      let runs = 0;
      {
        using _t = Timer.afterFunc(10, () => {
          runs++;
        });
      }
      yield* sleep(20);
      expect(runs).toBe(0);
    }));

  test("it belongs to the program that set it: a failure is the program's, its end the function's", async () => {
    let runs = 0;
    await run(function* () {
      Timer.afterFunc(3_600_000, () => {
        runs++;
      });
    });
    expect(runs).toBe(0);
    const failing = run(function* () {
      Timer.afterFunc(0, () => {
        throw new Error("in the timer");
      });
      yield* chan().recv();
    });
    await expect(failing).rejects.toThrow("in the timer");
  });

  test("what is no function, or no time, is told at the door", () => {
    expect(() => Timer.afterFunc(1, 5 as never)).toThrow(TypeError);
    expect(() => Timer.afterFunc(Number.NaN, () => {})).toThrow(TypeError);
  });
});

test("go#75 a timer that nobody waits for is in no heap, however it was left", () =>
  virtually(function* () {
    const before = sched.timers.length;
    const kept = [after(1000), new Timer(1000), ticker(1000)];
    expect(sched.timers.length).toBe(before);
    const waiter = go(() => select({ a: kept[0]!.recv(), b: kept[1]!.recv(), c: kept[2]!.recv(), end: sleep(1) }));
    yield* waiter;
    expect(sched.timers.length).toBe(before);
    const cancelled = go(() => kept[0]!.recv());
    yield* sleep(1);
    expect(sched.timers.length).toBe(before + 1);
    cancelled.cancel();
    yield* sleep(1);
    expect(sched.timers.length).toBe(before);
  }));

test("go#76 a stopped timer holds off no deadlock report; a pending one, a ticker and a pending function do", async () => {
  const closed = { deadlock: "closed" } as const;
  const stopped = new Timer(1000);
  stopped.stop();
  await expect(run(() => stopped.recv(), closed)).rejects.toThrow(/deadlock/);
  const unread = run(function* () {
    new Timer(1000);
    yield* chan().recv();
  }, closed);
  await expect(unread).rejects.toThrow(/deadlock/);
  await expect(run(() => after(1).recv(), closed)).resolves.toBeTypeOf("number");
  const woken = run(function* () {
    const c = chan<string>();
    Timer.afterFunc(1, function* () {
      yield* c.send("woken");
    });
    return yield* c.recv();
  }, closed);
  await expect(woken).resolves.toBe("woken");
});

test("go#72 a value due but unread does not survive a reset in a loop of selects", () =>
  virtually(function* (host) {
    const t = new Timer(10);
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      t.reset(10);
      // Due before it is read in the odd rounds.
      if (i % 2 === 1) yield* sleep(30);
      t.reset(7);
      const begun = host.now();
      const r = yield* select({ t: t.recv(), end: sleep(100) });
      expect(r.key).toBe("t");
      times.push(host.now() - begun);
    }
    expect(new Set(times)).toEqual(new Set([7]));
  }));

test("go#82 ten thousand timers fire in the order in which they are due", () =>
  virtually(function* (host) {
    const fired: number[] = [];
    const all = Array.from({ length: 10_000 }, (_, i) => {
      const due = 1 + ((i * 7919) % 5000);
      return go(function* () {
        expect(yield* after(due).recv()).toBe(host.now());
        fired.push(due);
      });
    });
    for (const g of all) yield* g;
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
    expect(fired).toHaveLength(10_000);
  }));

test("a ticker waited for by several gives each tick to one of them, in their order", () =>
  virtually(function* (host) {
    using t = ticker(10);
    const log: string[] = [];
    const wait = function* (name: string): Coroutine<void> {
      for (let i = 0; i < 2; i++) {
        const at = yield* t.recv();
        log.push(`${name}${at}`);
      }
    };
    for (const name of ["a", "b", "c"]) {
      go(wait, name);
      yield* sleep(1);
    }
    yield* sleep(100);
    expect(host.now()).toBe(103);
    expect(log).toEqual(["a10", "b20", "c30", "a40", "b50", "c60"]);
  }));

test("for await and range over a ticker end when the caller says so", () =>
  virtually(function* () {
    using t = ticker(10);
    const ticks: number[] = [];
    yield* range(t, (at) => {
      ticks.push(at);
      if (ticks.length === 3) return false;
    });
    expect(ticks).toEqual([10, 20, 30]);
  }));

test("T72 huge times never come, negative ones are now, and neither breaks the others", () =>
  virtually(function* (host) {
    yield* sleep(5);
    const never = [after(Number.POSITIVE_INFINITY), after(Number.MAX_VALUE), ticker(Number.POSITIVE_INFINITY)];
    const now = [after(0), after(-1), after(Number.NEGATIVE_INFINITY), after(-Number.MAX_VALUE)];
    for (const c of now) expect(c.tryRecv()).toEqual({ value: 5, ok: true });
    const r = yield* select([...never.map((c) => c.recv()), after(10).recv()]);
    expect([r.key, r.value, host.now()]).toEqual([3, 15, 15]);
  }));

test("T72 a hundred timers stopped, reset and read at random give what the last setting says", () =>
  virtually(function* (host) {
    let seed = 1;
    const below = (n: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    const timers = Array.from({ length: 100 }, () => new Timer(10));
    const due = timers.map(() => 10);
    for (let round = 0; round < 50; round++) {
      timers.forEach((t, i) => {
        const pending = due[i] !== Number.POSITIVE_INFINITY;
        if (below(3) === 0) {
          expect(t.stop()).toBe(pending);
          due[i] = Number.POSITIVE_INFINITY;
        } else {
          const ms = below(20);
          expect(t.reset(ms)).toBe(pending);
          due[i] = host.now() + ms;
        }
      });
      yield* sleep(below(15));
      timers.forEach((t, i) => {
        const fired = (due[i] as number) <= host.now();
        expect(t.tryRecv()).toEqual(fired ? { value: due[i], ok: true } : undefined);
        if (fired) due[i] = Number.POSITIVE_INFINITY;
      });
    }
  }));

test("T71 a ticker reset to twice its period takes up the new one at once, and stops for good", () =>
  virtually(function* () {
    const t = ticker(10);
    const ticks: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) ticks.push(yield* t.recv());
    t.reset(20);
    for (let i = 0; i < 3; i++) ticks.push(yield* t.recv());
    t.stop();
    expect((yield* select({ t: t.recv(), end: sleep(1000) })).key).toBe("end");
    expect(ticks).toEqual([10, 20, 30, 50, 70, 90]);
  }));

test("a timer for ever is one that has been set: stop and reset say so (go#73)", () =>
  virtually(function* () {
    const t = new Timer(Number.POSITIVE_INFINITY);
    expect([t.stop(), t.stop()]).toEqual([true, false]);
    expect([t.reset(Number.POSITIVE_INFINITY), t.reset(1)]).toEqual([false, true]);
    yield* t.recv();
    expect([t.reset(Number.POSITIVE_INFINITY), t.stop()]).toEqual([false, true]);
  }));

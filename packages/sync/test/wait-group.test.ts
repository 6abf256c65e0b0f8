import { select } from "@gr/chan";
import { type Coroutine, current, DeadlockError, type Goroutine, go, gosched, MisuseError, run, sleep } from "@gr/core";
import { describe, expect, test } from "vitest";
import { WaitGroup } from "../src/index.ts";

const closed = { deadlock: "closed" } as const;

describe("a wait group", () => {
  test("waits until all are done, releases everybody, and can be used again; at zero it does not wait (go#99)", () =>
    run(function* () {
      const wg = new WaitGroup();
      yield* wg.wait();
      for (let round = 0; round < 3; round++) {
        wg.add(3);
        let ended = 0;
        let released = 0;
        const waiters = [0, 1].map(() =>
          go(function* () {
            yield* wg.wait();
            expect(ended).toBe(3);
            released++;
          }),
        );
        for (let i = 0; i < 3; i++)
          go(function* () {
            yield* gosched();
            ended++;
            wg.done();
          });
        for (const g of waiters) yield* g;
        expect([released, wg.count]).toEqual([2, 0]);
      }
    }, closed));

  test("a negative counter is Go's error, and changes nothing (go#100)", () => {
    const wg = new WaitGroup();
    expect(() => wg.done()).toThrow(new MisuseError("sync: negative WaitGroup counter"));
    wg.add(2);
    expect(() => wg.add(-3)).toThrow(MisuseError);
    expect(wg.count).toBe(2);
    expect(() => wg.add(Number.MAX_SAFE_INTEGER)).toThrow(RangeError);
    expect(wg.count).toBe(2);
    wg.add(-2);
    expect(wg.count).toBe(0);
    for (const n of [0.5, Number.NaN, "1" as unknown as number]) expect(() => wg.add(n)).toThrow("expected an integer");
  });

  test("an add right after the release makes nobody wait again who was released (go#100)", () =>
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      const waiter = go(() => wg.wait());
      yield* gosched();
      wg.done();
      wg.add(1);
      yield* waiter;
      wg.done();
    }, closed));

  test("waiters queued 4 0 1 2 3 are released in Go's order, 3 4 0 1 2 (go#102)", () =>
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      const ran: number[] = [];
      const wait = function* (i: number): Coroutine<void> {
        yield* wg.wait();
        ran.push(i);
      };
      const gs = [0, 1, 2, 3, 4].map((i) => go(wait, i));
      yield* gosched();
      wg.done();
      for (const g of gs) yield* g;
      expect(ran).toEqual([3, 4, 0, 1, 2]);
    }, closed));

  test("go counts a goroutine from its start to its end (go#101)", () =>
    run(function* () {
      const wg = new WaitGroup();
      const got: number[] = [];
      for (let i = 0; i < 10; i++)
        wg.go(function* (n: number) {
          yield* gosched();
          got.push(n);
        }, i);
      wg.go(async () => void got.push(10));
      expect(wg.count).toBe(11);
      yield* wg.wait();
      expect(got.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }));

  test("one that fails is done too, and its error ends the program", async () => {
    const wg = new WaitGroup();
    const boom = new Error("boom");
    const program = run(function* () {
      wg.go(() => {
        throw boom;
      });
      yield* wg.wait();
    });
    await expect(program).rejects.toBe(boom);
    expect(wg.count).toBe(0);
  });

  test("one that is cancelled, even before it began, is done too", async () => {
    const wg = new WaitGroup();
    let began = 0;
    await run(function* () {
      wg.go(function* () {
        began++;
        yield* sleep(1e9);
      });
      yield* gosched();
      wg.go(function* () {
        began++;
      });
    });
    expect([began, wg.count]).toEqual([1, 0]);
  });

  test("a failure is told once, also when somebody else joined it", async () => {
    const wg = new WaitGroup();
    const boom = new Error("boom");
    let seen: unknown;
    await run(function* () {
      const self: Goroutine<unknown>[] = [];
      wg.go(function* () {
        self.push(current()!);
        yield* gosched();
        throw boom;
      });
      yield* gosched();
      try {
        yield* self[0]!;
      } catch (err) {
        seen = err;
      }
      yield* wg.wait();
    });
    expect(seen).toBe(boom);
  });

  test("go refuses what is no function at once, and counts nothing", () => {
    const wg = new WaitGroup();
    expect(() => wg.go(5 as never)).toThrow("WaitGroup.go: expected a function, got 5");
    expect(wg.count).toBe(0);
  });

  test("waiting can be cancelled, selected and awaited outside", async () => {
    const wg = new WaitGroup({ name: "jobs" });
    wg.add(1);
    const outside = wg.wait().then(() => "outside");
    await run(function* () {
      const g = go(() => wg.wait());
      yield* gosched();
      g.cancel();
      const r = yield* select({ all: wg.wait(), late: sleep(1) });
      expect(r.key).toBe("late");
    });
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(Promise.resolve(wg.wait({ signal: stop }))).rejects.toThrow("enough");
    wg.done();
    expect(await outside).toBe("outside");
  });

  test("who waits says so in Go's words, and a deadlock names the group (go#102)", async () => {
    const wg = new WaitGroup({ name: "jobs" });
    wg.add(1);
    const err = await run(() => wg.wait(), closed).catch((e: unknown) => e);
    expect(err).toBeInstanceOf(DeadlockError);
    expect((err as DeadlockError).message).toContain("sync.WaitGroup.Wait on jobs (1)");
  });

  test("waits that were given up do not pile up", () =>
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      for (let i = 0; i < 100; i++) yield* select({ all: wg.wait(), soon: sleep(0.01) });
      expect((wg as unknown as { waiters: { size: number } }).waiters.size).toBe(0);
      wg.done();
    }));
});

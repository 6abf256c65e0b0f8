import { go, gosched, sleep, until } from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";

test("awaiting an operation outside performs it once per await", () =>
  withVirtualHost(async (host) => {
    const g = go(function* () {
      yield* gosched();
      return 3;
    });
    const both = Promise.all([g, g]);
    await host.settleAll();
    expect(await both).toEqual([3, 3]);
    expect(await g.then((n) => n + 1)).toBe(4);
    await expect(g.then(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  }));

test("a loop of awaits that are always ready is cut by a macrotask when its slice is over", () =>
  withVirtualHost(async (host) => {
    const ready = sleep(0);
    let done = 0;
    const loop = (async () => {
      for (let i = 0; i < 1000; i++) {
        await ready;
        host.spend(1);
        done++;
      }
    })();
    // Microtasks alone: without the cut they would take the loop to its end.
    for (let i = 0; i < 5000; i++) await undefined;
    expect(done).toBeLessThan(100);
    expect(host.busy).toBe(true);
    const before = done;
    await host.settleAll();
    expect(done).toBeGreaterThan(before);
    while (done < 1000) await host.settleAll();
    await loop;
  }));

test("a loop of awaits that a goroutine answers is cut too", () =>
  withVirtualHost(async (host) => {
    let done = 0;
    const loop = (async () => {
      for (let i = 0; i < 300; i++) {
        await go(function* () {
          yield* gosched();
          host.spend(1);
        });
        done++;
      }
    })();
    // The host runs one task, then all microtasks: it is asked again and again, so other work has its turns.
    let turns = 0;
    while (done < 300 && turns < 10_000) {
      host.settle();
      await undefined;
      turns++;
    }
    await loop;
    expect(turns).toBeGreaterThan(10);
  }));

test("a real event loop's timer fires in the middle of a loop of ready awaits", async () => {
  let fired = false;
  setTimeout(() => (fired = true), 1);
  const ready = sleep(0);
  while (!fired) await ready;
  expect(fired).toBe(true);
});

test("a real event loop's timer fires although goroutines without operations keep starting each other", async () => {
  let fired = false;
  setTimeout(() => (fired = true), 1);
  const next = (): void => {
    if (!fired) go(next);
  };
  go(next);
  await until(
    new Promise<void>((resolve) => {
      const look = (): void => void (fired ? resolve() : setTimeout(look, 1));
      look();
    }),
  );
  expect(fired).toBe(true);
});

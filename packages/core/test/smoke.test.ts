import { all, type Coroutine, call, go, goexit, gosched, run, runSync, scope, sleep, timeout, until } from "@gr/core";
import { expect, test } from "vitest";

test("run gives main's result", async () => {
  expect(
    await run(function* () {
      yield* sleep(1);
      return 42;
    }),
  ).toBe(42);
});
test("golden O1 and O4", () => {
  const order: number[] = [];
  runSync(function* () {
    const gs = [];
    for (let i = 0; i < 10; i++)
      gs.push(
        go(() => {
          order.push(i);
        }),
      );
    for (const g of gs) yield* g;
  });
  expect(order).toEqual([9, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const out: string[] = [];
  runSync(function* () {
    const gs = ["a", "b", "c"].map((n) =>
      go(function* () {
        for (let i = 0; i < 3; i++) {
          out.push(n + i);
          yield* gosched();
        }
      }),
    );
    for (const g of gs) yield* g;
  });
  expect(out.join(" ")).toBe("c0 a0 b0 c1 a1 b1 c2 a2 b2");
});
test("call a million frames deep", () => {
  function* f(n: number): Coroutine<number> {
    return n === 0 ? 0 : 1 + (yield* call(f, n - 1));
  }
  expect(runSync(() => call(f, 1_000_000))).toBe(1_000_000);
});
test("errors, cancel, finally", async () => {
  const log: string[] = [];
  await expect(
    run(function* () {
      const g = go(function* () {
        try {
          yield* sleep(10000);
        } finally {
          yield* sleep(1);
          log.push("f");
        }
      });
      yield* sleep(1);
      g.cancel("why");
      yield* g;
    }),
  ).rejects.toThrow("was cancelled");
  expect(log).toEqual(["f"]);
  await expect(
    run(function* () {
      yield* go(function* () {
        throw new TypeError("x");
      });
    }),
  ).rejects.toThrow("x");
  await expect(
    run(function* () {
      go(function* () {
        throw new TypeError("y");
      });
      yield* sleep(1000);
    }),
  ).rejects.toThrow("y");
  expect(
    await run(function* () {
      return yield* all([sleep(1), until(Promise.resolve(3)), go(() => 4)]);
    }),
  ).toEqual([undefined, 3, 4]);
  await expect(
    run(function* () {
      yield* timeout(sleep(1000), 5);
    }),
  ).rejects.toThrow("timed out");
  expect(
    await run(function* () {
      return yield* scope(function* (s) {
        s.go(function* () {
          yield* sleep(2);
          log.push("s");
        });
        return 5;
      });
    }),
  ).toBe(5);
  await expect(
    run(function* () {
      return yield* scope(function* (s) {
        s.go(function* () {
          yield* sleep(2);
          throw new Error("sc");
        });
        yield* sleep(10000);
      });
    }),
  ).rejects.toThrow("sc");
  await expect(
    run(function* () {
      yield* go(function* () {
        yield* goexit();
      });
    }),
  ).rejects.toThrow("goexit");
  expect(await go(async () => 7)).toBe(7);
  expect(() =>
    runSync(function* () {
      yield* go(function* () {
        yield* until(new Promise(() => {}));
      });
    }),
  ).toThrow("waits for the host");
});

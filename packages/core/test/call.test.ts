import { type Coroutine, call, go, run, runSync, sleep, timeout } from "@gr/core";
import { expect, test } from "vitest";
import { messageOf, play } from "./virtual.ts";

test("call gives the callee's result: generator, async, plain, and a plain one that returns an operation", async () => {
  const { value } = await play(function* () {
    return [
      yield* call(function* (n: number) {
        yield* sleep(1);
        return n + 1;
      }, 1),
      yield* call(async () => 3),
      yield* call((n: number) => n * 2, 2),
      yield* call(() => sleep(1)),
    ];
  });
  expect(value).toEqual([2, 3, 4, undefined]);
});

test("go#15 recursion a million frames deep works", () => {
  function* depth(n: number): Coroutine<number> {
    return n === 0 ? 0 : 1 + (yield* call(depth, n - 1));
  }
  expect(runSync(() => call(depth, 1_000_000))).toBe(1_000_000);
});

test("an error passes through the callers, who may catch it, and lists the bodies it came through", async () => {
  function* inner(): Coroutine<void> {
    yield* sleep(1);
    throw new RangeError("deep");
  }
  function* middle(): Coroutine<void> {
    yield* call(inner);
  }
  const { value } = await play(function* () {
    try {
      yield* call(middle);
    } catch (err) {
      return err as RangeError;
    }
    return undefined;
  });
  expect(value).toBeInstanceOf(RangeError);
  const lines = value!.stack!.split("\n").map((line) => line.trim());
  expect(lines.indexOf("at call inner")).toBeGreaterThan(0);
  expect(lines.indexOf("at call middle")).toBe(lines.indexOf("at call inner") + 1);
});

test("the list of bodies is capped", () => {
  function* down(n: number): Coroutine<void> {
    if (n === 0) throw new Error("bottom");
    yield* call(down, n - 1);
  }
  const failure = (() => {
    try {
      runSync(() => call(down, 1000));
    } catch (err) {
      return err as Error;
    }
    return undefined;
  })();
  expect(failure!.stack!.match(/at call down/g)).toHaveLength(16);
  expect(failure!.stack).toContain("at call …");
});

test("a frozen error and one with a stack of its own pass unharmed", async () => {
  const frozen = Object.freeze(new Error("frozen"));
  class Own extends Error {
    override get stack(): string {
      return "mine";
    }
  }
  for (const thrown of [frozen, new Own("own")]) {
    const { error } = await play(function* () {
      yield* call(function* (): Coroutine<void> {
        throw thrown;
      });
    });
    expect(error).toBe(thrown);
  }
});

test("a callee that throws before its first operation throws in the caller", async () => {
  const { value } = await play(function* () {
    try {
      yield* call((): number => {
        throw new Error("at once");
      });
    } catch (err) {
      return messageOf(err);
    }
    return "";
  });
  expect(value).toBe("at once");
});

test("outside, and as part of another operation, the callee is a goroutine that is cancelled if it loses", async () => {
  expect(await call((n: number) => n + 1, 1)).toBe(2);
  const { value } = await play(function* () {
    const log: string[] = [];
    try {
      yield* timeout(
        call(function* slow() {
          try {
            yield* sleep(1000);
          } finally {
            log.push("unwound");
          }
        }),
        5,
      );
    } catch (err) {
      log.push(messageOf(err));
    }
    yield* sleep(1);
    return log;
  });
  expect(value).toEqual(["timed out after 5 ms", "unwound"]);
});

test("call checks what it is given", () => {
  expect(() => call(undefined as unknown as () => void)).toThrow("call: expected a function, got undefined");
});

test("native yield* into helpers works at the same time", async () => {
  function* helper(n: number): Coroutine<number> {
    yield* sleep(1);
    return n === 0 ? 0 : 1 + (yield* n % 2 === 0 ? helper(n - 1) : call(helper, n - 1));
  }
  expect(await run(() => helper(20))).toBe(20);
});

test("resuming touches the top frame only", () => {
  // Ten thousand frames below, ten thousand switches above: with a walk per resume this would not end.
  function* deep(n: number): Coroutine<number> {
    if (n > 0) return yield* call(deep, n - 1);
    let switches = 0;
    for (let i = 0; i < 10_000; i++) switches += yield* go(() => 1);
    return switches;
  }
  expect(runSync(() => call(deep, 10_000))).toBe(10_000);
});

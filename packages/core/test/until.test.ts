import { go, gosched, timeout, until } from "@gr/core";
import { expect, test } from "vitest";
import { child } from "./child.ts";
import { messageOf, never, play } from "./virtual.ts";

test("until gives what the promise gives and throws what it rejects with", async () => {
  const boom = new Error("boom");
  const { value } = await play(function* () {
    const got = yield* until(Promise.resolve(4));
    try {
      yield* until(Promise.reject(boom));
    } catch (err) {
      return [got, err];
    }
    return [];
  });
  expect(value).toEqual([4, boom]);
});

test("the function is called at the first use, once, however often the operation is used", async () => {
  let calls = 0;
  const op = until(async () => ++calls);
  expect(calls).toBe(0);
  const { value } = await play(function* () {
    const both = [go(() => op), go(() => op)];
    return [yield* both[0]!, yield* both[1]!, yield* op];
  });
  expect(value).toEqual([1, 1, 1]);
  expect(await op).toBe(1);
});

test("a function that throws, or returns no promise, fails every use", async () => {
  const thrower = until(() => {
    throw new Error("no promise");
  });
  const { value } = await play(function* () {
    const log: string[] = [];
    for (let i = 0; i < 2; i++)
      try {
        yield* thrower;
      } catch (err) {
        log.push(messageOf(err));
      }
    try {
      yield* until((() => 5) as unknown as () => Promise<number>);
    } catch (err) {
      log.push(messageOf(err));
    }
    return log;
  });
  expect(value).toEqual(["no promise", "no promise", "until: expected the function to return a promise, got 5"]);
});

test("a promise that nobody waits for any more may reject without a report", async () => {
  let reject: (err: Error) => void = () => {};
  const { value, host } = await play(function* () {
    const op = until(new Promise<void>((_, r) => (reject = r)));
    try {
      yield* timeout(op, 5);
    } catch {
      // timed out
    }
    reject(new Error("too late"));
    return "fine";
  });
  expect(value).toBe("fine");
  expect(host.unhandledErrors).toEqual([]);
});

test("so may one whose operation nobody came to use", async () => {
  const { out, err } = await child(`
    import { until } from "@gr/core";
    let unhandled = 0;
    process.on("unhandledRejection", () => unhandled++);
    until(Promise.reject(new Error("never used")));
    // One whose then does more than wait is left alone until the first use.
    class Lazy extends Promise {
      then(...args) {
        console.log("asked");
        return super.then(...args);
      }
    }
    until(new Lazy(() => {}));
    until({ then: () => console.log("asked") });
    await new Promise((done) => setTimeout(done, 1));
    console.log(unhandled);`);
  expect(err).toBe("");
  expect(out).toBe("0\n");
});

test("the signal is aborted when the last one that waits leaves, not before", async () => {
  const { value } = await play(function* () {
    let signal: AbortSignal | undefined;
    const op = until((s) => {
      signal = s;
      return never();
    });
    const [a, b] = [go(() => op), go(() => op)];
    try {
      yield* timeout(op, 5);
    } catch {
      // timed out
    }
    const seen = [signal!.aborted];
    for (const g of [a, b]) {
      g.cancel();
      seen.push(signal!.aborted);
    }
    return seen;
  });
  expect(value).toEqual([false, false, true]);
});

test("the signal is aborted too when the operation was only polled: beaten before it waited", async () => {
  const signals: AbortSignal[] = [];
  const op = () =>
    until((s) => {
      signals.push(s);
      return never();
    });
  const { value } = await play(function* () {
    const waits = go(op);
    yield* gosched();
    try {
      yield* timeout(op(), 0);
    } catch {
      // no time was given
    }
    // The host's turn, and with it that of microtasks.
    yield* until(Promise.resolve());
    const seen = signals.map((s) => s.aborted);
    waits.cancel();
    return seen;
  });
  expect(value).toEqual([false, true]);
});

test("until checks what it is given", () => {
  expect(() => until(5 as unknown as Promise<number>)).toThrow("until: expected a promise or a function");
  expect(() => until(null as unknown as Promise<number>)).toThrow(TypeError);
});

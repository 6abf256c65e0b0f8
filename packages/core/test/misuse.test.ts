import {
  type Coroutine,
  call,
  checkpoint,
  current,
  defer,
  go,
  gosched,
  MisuseError,
  type Op,
  run,
  sleep,
  timeout,
  until,
} from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import { messageOf, never, play } from "./virtual.ts";

type Loose = Generator<unknown, unknown, unknown>;
/** A body that TypeScript would refuse. */
const loose = (body: () => Loose) => body as unknown as () => Coroutine<unknown>;
const endOfBody = async (body: () => Loose) => {
  const { value, error, host } = await play(loose(body));
  expect(host.warnings).toEqual([]);
  return error === undefined ? `value ${String(value)}` : messageOf(error);
};
const iterate = (op: Op<unknown>) => op[Symbol.iterator]() as unknown as Iterator<unknown, unknown, unknown>;

test("yield without the star names the star, and is thrown at the yield", async () => {
  expect(
    await endOfBody(function* () {
      yield sleep(1);
    }),
  ).toBe("a goroutine yielded an operation (sleep): write yield* (with the star), as in yield* ch.recv()");
  expect(
    await endOfBody(function* () {
      yield Promise.resolve(1);
    }),
  ).toBe("a goroutine yielded a promise: write yield* until(promise)");
  expect(
    await endOfBody(function* () {
      yield 5;
    }),
  ).toBe("yield: expected yield* and an operation, got 5");
});

test("a body may catch its mistake and go on", async () => {
  expect(
    await endOfBody(function* () {
      try {
        yield sleep(1);
      } catch (err) {
        yield* sleep(1);
        return (err as Error).name;
      }
      return "";
    }),
  ).toBe("value MisuseError");
});

test("return without yield* is told, for an operation and for a generator; a handle may be returned", async () => {
  expect(
    await endOfBody(function* () {
      return sleep(1);
    }),
  ).toBe("a goroutine's body returned an operation that was never run: write return yield* …");
  function* helper(): Coroutine<number> {
    yield* sleep(1);
    return 1;
  }
  expect(
    await endOfBody(function* () {
      return helper();
    }),
  ).toContain("returned a generator that was never run");
  const { value } = await play(function* () {
    const handle = yield* call(function* () {
      return go(() => 4);
    });
    const joined = yield* go(function* () {
      return handle;
    });
    return [joined === handle, yield* handle];
  });
  expect(value).toEqual([true, 4]);
});

test("the same mistake in a callee is the callee's, and its caller can catch it", async () => {
  expect(
    await endOfBody(function* () {
      try {
        yield* call(
          loose(function* () {
            return sleep(1);
          }),
        );
      } catch (err) {
        return messageOf(err);
      }
      return "";
    }),
  ).toContain("never run");
});

test("an async generator is refused as a body", async () => {
  expect(
    await endOfBody(function* () {
      const g = go(async function* () {} as unknown as () => void);
      try {
        yield* g;
      } catch (err) {
        return `${(err as Error).name}: ${messageOf(err)}`;
      }
      return "";
    }),
  ).toBe(
    "value TypeError: go: an async generator cannot be a goroutine's body: use function* with yield*, or an async function",
  );
});

test("yield* of a promise is told by the engine, and of an operation outside by us", async () => {
  expect(
    await endOfBody(function* () {
      yield* Promise.resolve(1) as unknown as Iterable<unknown>;
    }),
  ).toMatch(/not a function|iterable/);
  expect(() => [...(sleep(5) as unknown as Iterable<unknown>)]).toThrow(
    "an operation was started outside every goroutine",
  );
  expect(() => iterate(checkpoint()).next()).toThrow(MisuseError);
});

test("go takes functions only, and says what it got", () => {
  expect(() => go(5 as unknown as () => void)).toThrow("go: expected a function, got 5");
  function* body(): Coroutine<void> {}
  expect(() => go(body() as unknown as () => void)).toThrow(
    "go: expected a function, got [object Generator]; its arguments come after it",
  );
  expect(() => defer(5 as unknown as () => void)).toThrow("defer: expected a function, got number");
});

test("a generator that the scheduler does not drive cannot pass operations on", async () => {
  function* inner(): Coroutine<void> {
    yield* until(never());
  }
  expect(
    await endOfBody(function* () {
      for (const x of inner() as unknown as Iterable<unknown>) yield x;
    }),
  ).toContain("an operation was driven by a generator that the scheduler does not run");
});

test("an operation driven by hand is told at the end of the body, or at the next operation", async () => {
  expect(
    await endOfBody(function* () {
      iterate(until(never())).next();
    }),
  ).toContain("an operation was driven by hand");
  expect(
    await endOfBody(function* () {
      iterate(until(never())).next();
      yield* until(never());
    }),
  ).toContain("an operation was driven by hand");
  expect(
    await endOfBody(function* () {
      iterate(until(never())).next();
      throw new Error("its own");
    }),
  ).toBe("its own");
  expect(
    await endOfBody(function* () {
      for (const _ of until(never()) as unknown as Iterable<unknown>) {
        // never
      }
    }),
  ).toContain("an operation was driven by hand");
});

test("one driven by hand and woken by its own goroutine is told too, and nobody is stuck or run twice", async () => {
  expect(
    await endOfBody(function* () {
      let wake: () => void = () => {};
      // A thenable can settle while the body is still running.
      const op = until({
        then(ok: () => void) {
          wake = ok;
        },
      } as unknown as PromiseLike<void>);
      iterate(op).next();
      wake();
      return "not this";
    }),
  ).toContain("an operation was driven by hand");
});

test.each([
  ["a throw", "its own"],
  ["a yield", expect.stringContaining("an operation was driven by hand")],
])("one that was won before %s leaves nothing behind that wakes the next wait", async (how, told) => {
  const { value } = await play(function* () {
    const log: unknown[] = [];
    const g = go(function* () {
      try {
        yield* call(
          loose(function* () {
            let wake: () => void = () => {};
            const wakes = {
              // A thenable can settle while the body is still running.
              then(ok: () => void) {
                wake = ok;
              },
            } as unknown as PromiseLike<void>;
            iterate(timeout(until(wakes), 5)).next();
            wake();
            if (how === "a throw") throw new Error("its own");
            yield 5;
          }),
        );
      } catch (err) {
        log.push(messageOf(err));
      }
      yield* sleep(100);
      log.push("slept");
    });
    yield* sleep(50);
    log.push(g.status);
    yield* g;
    return log;
  });
  expect(value).toEqual([told, "waiting", "slept"]);
});

test("current is the running goroutine, and nobody outside", async () => {
  expect(current()).toBe(undefined);
  const { value } = await play(function* () {
    const g = go(function* named() {
      yield* gosched();
      return current()!.id;
    });
    return (yield* g) === g.id;
  });
  expect(value).toBe(true);
});

test("an enqueue that throws leaves the goroutine running", () =>
  withVirtualHost(async (host) => {
    const { OpBase } = await import("@gr/core/internal");
    class Broken extends OpBase<void> {
      get reason(): number {
        return 0;
      }
      poll(): boolean {
        return false;
      }
      enqueue(): void {
        throw new Error("cannot enqueue");
      }
      dequeue(): void {}
    }
    const program = run(function* () {
      try {
        yield* new Broken();
      } catch (err) {
        yield* sleep(1);
        return messageOf(err);
      }
      return "";
    });
    await host.settleAll();
    host.advance(5);
    expect(await program).toBe("cannot enqueue");
  }));

test("deferred functions run last in, first out, when the block is left (go#140)", () => {
  const log: number[] = [];
  {
    using _a = defer(() => void log.push(1));
    using _b = defer(() => void log.push(2));
    log.push(0);
  }
  expect(log).toEqual([0, 2, 1]);
});

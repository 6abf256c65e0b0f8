import {
  all,
  CancelledError,
  type Goroutine,
  go,
  type Op,
  type Scope,
  scope,
  sleep,
  TimeoutError,
  timeout,
  until,
} from "@gr/core";
import { OpBase, toOp, type Waiter, WaitQueue, waitReasonText } from "@gr/core/internal";
import { expect, test } from "vitest";
import { messageOf, never, play } from "./virtual.ts";

/** Something to wait for, that counts who waits. */
class Gate extends OpBase<string> {
  readonly waiters = new WaitQueue();
  readonly order: number[] = [];
  get reason(): number {
    return 0;
  }
  poll(): boolean {
    return false;
  }
  enqueue(w: Waiter): void {
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
  open(): void {
    const w = this.waiters.dequeue();
    if (w === null) return;
    w.value = "open";
    w.party.wake(w);
  }
}
const gate = (): Gate & Op<string> => new Gate() as unknown as Gate & Op<string>;

test("timeout gives the value that came in time and leaves nothing behind", async () => {
  const { value, host } = await play(function* () {
    const g = gate();
    go(function* () {
      yield* sleep(5);
      g.open();
    });
    return yield* timeout(g, 10);
  });
  expect(value).toBe("open");
  expect(host.parkedUntil).toBe(Number.POSITIVE_INFINITY);
});

test("who waits with a timeout waits for the same thing, as traces and dumps show it", async () => {
  const { value } = await play(function* () {
    const g = go(() => sleep(1));
    const shown = (op: OpBase<unknown>) => [op.reason, op.object, op.describe(waitReasonText)];
    const [limited, plain] = [shown(toOp(timeout(g, 60_000))!), shown(toOp(g)!)];
    yield* g;
    return { limited, plain };
  });
  expect(value!.limited).toEqual(value!.plain);
  expect(value!.limited[1]).toBeGreaterThan(0);
});

test("an operation that did not complete in time is out of its queue", async () => {
  const g = gate();
  const { error } = await play(function* () {
    yield* timeout(g, 10);
  });
  expect(error).toBeInstanceOf(TimeoutError);
  expect((error as TimeoutError).ms).toBe(10);
  expect(g.waiters.size).toBe(0);
});

test("a timeout of nothing tries once; nested, the shorter one counts", async () => {
  const { value } = await play(function* (host) {
    expect(yield* timeout(until(Promise.resolve(1)), 1)).toBe(1);
    const log: unknown[] = [yield* timeout(sleep(0), 0)];
    for (const [outer, inner] of [
      [5, 50],
      [50, 5],
    ]) {
      const from = host.now();
      try {
        yield* timeout(timeout(until(never()), inner!), outer!);
      } catch (err) {
        log.push((err as TimeoutError).ms, host.now() - from);
      }
    }
    try {
      yield* timeout(until(never()), 0);
    } catch (err) {
      log.push(messageOf(err));
    }
    return log;
  });
  expect(value).toEqual([undefined, 5, 5, 5, 5, "timed out after 0 ms"]);
});

test("timeout and all check what they are given", () => {
  expect(() => timeout(5 as unknown as Op<void>, 1)).toThrow("timeout: expected an operation, got 5");
  expect(() => timeout(sleep(1), "1" as unknown as number)).toThrow(
    "timeout: expected a number of milliseconds, got 1",
  );
  expect(() => all([sleep(1), 2 as unknown as Op<void>])).toThrow("all: expected an operation at index 1, got 2");
});

test("all gives the results in order, however they come, and of none an empty list", async () => {
  const { value } = await play(function* () {
    const after = (ms: number, v: string) =>
      go(function* () {
        yield* sleep(ms);
        return v;
      });
    return [yield* all([after(3, "a"), after(1, "b"), after(2, "c")]), yield* all([])];
  });
  expect(value).toEqual([["a", "b", "c"], []]);
});

test("all begins its operations in their order", async () => {
  const order: number[] = [];
  class Nth extends Gate {
    readonly n: number;
    constructor(n: number) {
      super();
      this.n = n;
    }
    override poll(): boolean {
      order.push(this.n);
      return false;
    }
  }
  const gates = [0, 1, 2, 3].map((n) => new Nth(n));
  const { value } = await play(function* () {
    go(function* () {
      yield* sleep(1);
      for (const g of gates) g.open();
    });
    return yield* all(gates as unknown as Op<string>[]);
  });
  expect(order).toEqual([0, 1, 2, 3]);
  expect(value).toEqual(["open", "open", "open", "open"]);
});

test("the first failure of all cancels the rest and is what it throws", async () => {
  const g = gate();
  const { error } = await play(function* () {
    yield* all([
      g,
      go(function* () {
        yield* sleep(1);
        throw new Error("first");
      }),
      sleep(1000),
    ]);
  });
  expect(messageOf(error)).toBe("first");
  expect(g.waiters.size).toBe(0);
});

test("a scope ends when its body and all its goroutines have ended", async () => {
  const { value } = await play(function* () {
    const log: string[] = [];
    log.push(
      yield* scope(function* (s) {
        s.go(function* () {
          yield* sleep(5);
          s.go(function* () {
            yield* sleep(5);
            log.push("grandchild");
          });
          log.push("child");
        });
        return "result";
      }),
    );
    return log;
  });
  expect(value).toEqual(["child", "grandchild", "result"]);
});

test("the first failure in a scope cancels its body and its goroutines, whose finally blocks have run by its end", async () => {
  const log: string[] = [];
  const { error } = await play(function* () {
    yield* scope(function* (s) {
      s.go(function* () {
        try {
          yield* until(never());
        } finally {
          yield* sleep(3);
          log.push("child unwound");
        }
      });
      s.go(function* () {
        yield* sleep(1);
        throw new Error("first");
      });
      try {
        yield* until(never());
      } finally {
        log.push("body unwound");
      }
    });
  });
  expect(messageOf(error)).toBe("first");
  expect(log).toEqual(["body unwound", "child unwound"]);
});

test("a goroutine started in a scope that has failed is cancelled at once", async () => {
  let ran = false;
  const { error } = await play(function* () {
    yield* scope(function* (s) {
      s.go(() => {
        throw new Error("first");
      });
      try {
        yield* sleep(100);
      } finally {
        s.go(() => {
          ran = true;
        });
      }
    });
  });
  expect(messageOf(error)).toBe("first");
  expect(ran).toBe(false);
});

test("an error in a scope is the scope's alone, also one that says that somebody was cancelled", async () => {
  const { value } = await play(function* () {
    const other = go(function* () {
      yield* sleep(1000);
    });
    other.cancel();
    try {
      yield* scope(function* (s) {
        s.go(function* () {
          yield* other;
        });
        yield* sleep(5);
      });
    } catch (err) {
      return err;
    }
    return undefined;
  });
  expect(value).toBeInstanceOf(CancelledError);
});

test("a goroutine of a scope that is cancelled by hand is no failure of the scope", async () => {
  const { value } = await play(() =>
    (function* () {
      return yield* scope(function* (s) {
        const g = s.go(function* () {
          yield* sleep(1000);
        });
        yield* sleep(1);
        g.cancel();
        yield* sleep(1);
        return "fine";
      });
    })(),
  );
  expect(value).toBe("fine");
});

test("cancelling the caller cancels the scope, which ends before the caller does", async () => {
  const { value } = await play(function* () {
    const log: string[] = [];
    const g = go(function* () {
      try {
        yield* scope(function* (s) {
          s.go(function* () {
            try {
              yield* until(never());
            } finally {
              yield* sleep(2);
              log.push("child");
            }
          });
        });
      } finally {
        log.push("caller");
      }
    });
    yield* sleep(1);
    g.cancel("stop");
    try {
      yield* g;
    } catch (err) {
      log.push(String((err as Error).cause));
    }
    return log;
  });
  expect(value).toEqual(["child", "caller", "stop"]);
});

test("what waits in a scope that is cancelled is out of its queue at once, in nested ones too, and knows the reason", async () => {
  const gate = new Gate();
  const reason = new Error("no longer wanted");
  const { value, error } = await play(function* () {
    const owned: Goroutine<string>[] = [];
    const g = go(function* () {
      yield* all([
        gate,
        scope(function* (s) {
          owned.push(s.go(() => gate));
          yield* sleep(1e9);
        }),
      ]);
    });
    yield* sleep(1);
    const waited = gate.waiters.size;
    g.cancel(reason);
    const left = gate.waiters.size;
    yield* sleep(1);
    try {
      yield* owned[0]!;
    } catch (err) {
      return [waited, left, (err as CancelledError).cause];
    }
  });
  expect(error).toBeUndefined();
  expect(value).toEqual([2, 0, reason]);
});

test("s.go after the end of its scope is refused", async () => {
  const { value } = await play(function* () {
    let escaped: Scope | undefined;
    yield* scope((s) => {
      escaped = s;
    });
    try {
      escaped!.go(() => {});
    } catch (err) {
      return messageOf(err);
    }
    return "";
  });
  expect(value).toBe("scope: s.go was called after the scope had ended");
});

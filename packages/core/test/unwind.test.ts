import {
  all,
  CancelledError,
  type Coroutine,
  call,
  current,
  GoexitError,
  type Goroutine,
  go,
  goexit,
  gosched,
  run,
  scope,
  sleep,
  timeout,
  until,
} from "@gr/core";
import { withVirtualHost } from "@gr/core/internal";
import { describe, expect, test } from "vitest";
import { messageOf, never, play } from "./virtual.ts";

/** Joins g; says how it ended. */
function* endOf(g: Goroutine<unknown>): Coroutine<string> {
  try {
    return `value ${String(yield* g)}`;
  } catch (err) {
    if (err instanceof CancelledError) return "cancelled";
    if (err instanceof GoexitError) return "goexit";
    return `error ${messageOf(err)}`;
  }
}

describe("cancel", () => {
  test("a goroutine cancelled before it started never runs", async () => {
    const { value } = await play(function* () {
      let ran = false;
      const g = go(() => {
        ran = true;
      });
      g.cancel("why");
      expect(yield* endOf(g)).toBe("cancelled");
      return ran;
    });
    expect(value).toBe(false);
  });

  test("a parked goroutine unwinds, its finally blocks run inner to outer, and joiners learn the reason", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      const g = go(function* outer() {
        try {
          yield* (function* inner(): Coroutine<void> {
            try {
              yield* sleep(1000);
            } finally {
              log.push("inner");
            }
          })();
        } finally {
          log.push("outer");
        }
      });
      yield* sleep(1);
      g.cancel("the reason");
      try {
        yield* g;
      } catch (err) {
        log.push(String((err as Error).cause), (err as Error).message.replace(/\d+/, "n"));
      }
      return log;
    });
    expect(value).toEqual(["inner", "outer", "the reason", "goroutine n (outer) was cancelled: the reason"]);
  });

  test("a goroutine that cancels itself goes on to its next operation", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      const g = go(function* () {
        current()!.cancel();
        log.push("still here");
        yield* gosched();
        log.push("not here");
      });
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["still here", "cancelled"]);
  });

  test("a goroutine that returns before an operation can notice its cancel keeps its result", async () => {
    const { value } = await play(function* () {
      const g = go(function* () {
        current()!.cancel();
        return 5;
      });
      return yield* endOf(g);
    });
    expect(value).toBe("value 5");
  });

  test("a runnable goroutine gets the value of the operation that had completed, and unwinds at the next", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      let resolve: (n: number) => void = () => {};
      const source = new Promise<number>((r) => (resolve = r));
      const first = go(function* () {
        return 7;
      });
      const g = go(function* () {
        log.push(`got ${yield* first}`);
        yield* until(source);
        log.push("not here");
      });
      while (first.status !== "dead") yield* gosched();
      g.cancel();
      resolve(1);
      log.push(yield* endOf(g));
      return log;
    });
    expect(value!.at(-1)).toBe("cancelled");
    expect(value).not.toContain("not here");
  });

  test("a second cancel, and one after the end, change nothing", async () => {
    const { value } = await play(function* () {
      const g = go(function* () {
        yield* sleep(1000);
      });
      yield* sleep(1);
      g.cancel(1);
      g.cancel(2);
      const done = go(() => 3);
      yield* done;
      done.cancel();
      try {
        yield* g;
      } catch (err) {
        return [(err as Error).cause, yield* done, done.status];
      }
      return [];
    });
    expect(value).toEqual([1, 3, "dead"]);
  });

  test("a finally block may block", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      const g = go(function* () {
        try {
          yield* sleep(10_000);
        } finally {
          yield* sleep(500);
          log.push("cleaned up");
        }
      });
      yield* sleep(1);
      g.cancel();
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["cleaned up", "cancelled"]);
  });

  test("a finally block may call, scope and all: what is called above the unwinding returns as usual", async () => {
    const { value } = await play(function* () {
      const log: unknown[] = [];
      const g = go(function* () {
        try {
          yield* sleep(10_000);
        } finally {
          log.push(
            yield* call(function* () {
              yield* sleep(1);
              return "called";
            }),
          );
          log.push(yield* all([sleep(1), go(() => 4)]));
          log.push(
            yield* scope(function* (s) {
              s.go(function* () {
                yield* sleep(1);
                log.push("in scope");
              });
              return "scoped";
            }),
          );
        }
      });
      yield* sleep(1);
      g.cancel();
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["called", [undefined, 4], "in scope", "scoped", "cancelled"]);
  });

  test("the finally blocks of call frames run, innermost first", async () => {
    const { value } = await play(function* () {
      const log: number[] = [];
      function* deep(n: number): Coroutine<void> {
        try {
          if (n === 0) yield* sleep(10_000);
          else yield* call(deep, n - 1);
        } finally {
          yield* gosched();
          log.push(n);
        }
      }
      const g = go(deep, 4);
      yield* sleep(1);
      g.cancel();
      expect(yield* endOf(g)).toBe("cancelled");
      return log;
    });
    expect(value).toEqual([0, 1, 2, 3, 4]);
  });

  test("a body, or a call frame, that swallows the unwinding and returns ends as cancelled all the same", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      function* swallows(): Coroutine<number> {
        try {
          yield* sleep(10_000);
        } catch {
          log.push("swallowed");
        }
        return 1;
      }
      const plain = go(swallows);
      const framed = go(function* () {
        log.push(`after ${yield* call(swallows)}`);
      });
      yield* sleep(1);
      plain.cancel();
      framed.cancel();
      log.push(yield* endOf(plain), yield* endOf(framed));
      return log;
    });
    expect(value).toEqual(["swallowed", "swallowed", "cancelled", "cancelled"]);
  });

  test("an error thrown by a finally block during cancellation is how the goroutine ended", async () => {
    const { value } = await play(function* () {
      const g = go(function* () {
        try {
          yield* sleep(10_000);
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is the case in question
          throw new Error("in finally");
        }
      });
      yield* sleep(1);
      g.cancel();
      return yield* endOf(g);
    });
    expect(value).toBe("error in finally");
  });

  test("operations work for one second of unwinding; then each of them throws again", async () => {
    const { value } = await play(function* (host) {
      const log: string[] = [];
      const g = go(function* () {
        try {
          yield* sleep(100_000);
        } finally {
          const from = host.now();
          try {
            for (;;) yield* sleep(300);
          } finally {
            log.push(`after ${host.now() - from}`);
          }
        }
      });
      yield* sleep(1);
      g.cancel();
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["after 1000", "cancelled"]);
  });

  test("a finally block that blocks for ever is thrown out of its wait when the second is over", async () => {
    const { value } = await play(function* (host) {
      const log: string[] = [];
      const g = go(function* () {
        try {
          yield* sleep(100_000);
        } finally {
          yield* until(never());
        }
      });
      yield* sleep(1);
      g.cancel();
      log.push(yield* endOf(g), String(host.now()));
      return log;
    });
    expect(value).toEqual(["cancelled", "1001"]);
  });

  test("a goroutine that catches everything is abandoned after eight throws, with a warning, and lets others run", async () => {
    const { value, host } = await play(function* (host) {
      let caught = 0;
      const g = go(function* stubborn() {
        for (;;)
          try {
            yield* sleep(10);
          } catch {
            caught++;
          }
      });
      yield* sleep(1);
      g.cancel();
      const end = yield* endOf(g);
      return { end, caught, at: host.now(), status: g.status };
    });
    expect(value).toEqual({ end: "cancelled", caught: 9, at: 1001, status: "dead" });
    expect(host.warnings.join()).toContain("stubborn");
    expect(host.warnings.join()).toContain("abandoned");
  });

  test("a goroutine that swallows and never waits comes back to the scheduler each round", async () => {
    const { value } = await play(function* (host) {
      const g = go(function* () {
        for (;;)
          try {
            host.spend(100);
            yield* sleep(0);
          } catch {
            // swallowed
          }
      });
      yield* gosched();
      g.cancel();
      return yield* endOf(g);
    });
    expect(value).toBe("cancelled");
  });

  test("until's function has its signal aborted; the promise of an async body cannot be, and is named", async () => {
    const reports: string[] = [];
    const { value } = await play(
      function* () {
        let signal: AbortSignal | undefined;
        const g = go(function* () {
          yield* until((s) => {
            signal = s;
            return never();
          });
        });
        const detached = go(async function fetchAll() {
          await never();
        });
        yield* sleep(1);
        g.cancel();
        detached.cancel();
        return [yield* endOf(g), signal!.aborted, yield* endOf(detached)];
      },
      10_000,
      { onLeak: (leak) => void reports.push(leak.text) },
    );
    expect(value).toEqual(["cancelled", true, "cancelled"]);
    expect(reports.join()).toContain("(fetchAll): an async function, which cannot be cancelled and runs on");
  });

  test("an async body that has settled is named nowhere", async () => {
    const { value, host } = await play(function* () {
      const g = go(async () => 1);
      const through = go(function* () {
        const n = yield* call(async () => 2);
        yield* sleep(10_000);
        return n;
      });
      const first = yield* g;
      yield* sleep(1);
      through.cancel();
      return [first, yield* endOf(through)];
    });
    expect(value).toEqual([1, "cancelled"]);
    expect(host.warnings).toEqual([]);
  });

  test("the timeout of a join that gave up leaves the failure to nobody, so that it surfaces", async () => {
    const { error } = await play(function* () {
      const g = go(function* () {
        yield* sleep(50);
        throw new Error("late failure");
      });
      try {
        yield* timeout(g, 10);
      } catch {
        // not in time
      }
      yield* sleep(1000);
    });
    expect(messageOf(error)).toBe("late failure");
  });
});

describe("goexit", () => {
  test("go#140 go#147 finally blocks run, last first, and only this goroutine ends", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      const g = go(function* () {
        try {
          try {
            yield* goexit();
            log.push("not here");
          } finally {
            log.push("inner");
          }
        } finally {
          log.push("outer");
        }
      });
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["inner", "outer", "goexit"]);
  });

  test("go#147 goexit in a callee ends the callers too", async () => {
    const { value } = await play(function* () {
      const log: string[] = [];
      function* callee(): Coroutine<void> {
        yield* goexit();
      }
      const g = go(function* () {
        try {
          yield* call(callee);
          log.push("not here");
        } finally {
          log.push("caller's finally");
        }
      });
      log.push(yield* endOf(g));
      return log;
    });
    expect(value).toEqual(["caller's finally", "goexit"]);
  });

  test("go#148 an error that a finally block throws and catches does not call goexit off", async () => {
    const { value } = await play(function* () {
      const g = go(function* () {
        try {
          yield* goexit();
        } finally {
          try {
            // biome-ignore lint/correctness/noUnsafeFinally: it is caught in the next line
            throw new Error("recovered");
          } catch {
            // recovered
          }
        }
      });
      return yield* endOf(g);
    });
    expect(value).toBe("goexit");
  });

  test("go#148 an error that nobody catches in a finally block during goexit counts", async () => {
    const { error } = await play(function* () {
      go(function* () {
        try {
          yield* goexit();
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is the case in question
          throw new Error("not recovered");
        }
      });
      yield* sleep(10);
    });
    expect(messageOf(error)).toBe("not recovered");
  });

  test("go#149 goexit in a finally block during a panic drops the panic", async () => {
    const { value } = await play(function* () {
      const g = go(function* () {
        try {
          throw new Error("dropped");
        } finally {
          yield* goexit();
        }
      });
      return yield* endOf(g);
    });
    expect(value).toBe("goexit");
  });

  test("go#150 when main calls goexit the rest goes on, and its error ends the program", async () => {
    const log: string[] = [];
    const { error } = await play(function* () {
      go(function* () {
        yield* sleep(5);
        log.push("the rest ran");
        throw new Error("from the rest");
      });
      yield* goexit();
    });
    expect(log).toEqual(["the rest ran"]);
    expect(messageOf(error)).toBe("from the rest");
  });

  test("go#135 when main called goexit and the rest has finished, run says that there are no goroutines", async () => {
    const { error } = await play(function* () {
      go(function* () {
        yield* sleep(5);
      });
      yield* goexit();
    });
    expect(messageOf(error)).toContain("no goroutines (main called goexit) - deadlock!");
  });

  test("go#148 an error in main's finally during goexit rejects run", async () => {
    const { error } = await play(function* () {
      go(function* () {
        yield* sleep(5);
      });
      try {
        yield* goexit();
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is the case in question
        throw new Error("main's finally");
      }
    });
    expect(messageOf(error)).toBe("main's finally");
  });

  test("goexit is no case and cannot be awaited", async () => {
    const { value } = await play(function* () {
      try {
        yield* timeout(goexit(), 5);
      } catch (err) {
        yield* sleep(1);
        return messageOf(err);
      }
      return "no error";
    });
    expect(value).toContain("goexit: expected yield* goexit() in a goroutine");
    await expect(goexit()).rejects.toThrow("goexit: expected");
  });
});

test("cancel in every state: each goroutine ends once, and none is left", () =>
  withVirtualHost(async (host) => {
    const ends: string[] = [];
    const program = run(function* () {
      const kinds: (() => Coroutine<unknown>)[] = [
        function* () {
          return yield* sleep(1000);
        },
        function* () {
          return yield* until(never());
        },
        function* () {
          for (;;) yield* gosched();
        },
        function* () {
          return yield* call(function* () {
            return yield* sleep(1000);
          });
        },
        function* () {
          return yield* scope(function* (s) {
            s.go(function* () {
              yield* sleep(1000);
            });
            yield* sleep(1000);
          });
        },
        function* () {
          return yield* all([sleep(1000), until(never())]);
        },
        function* () {
          return yield* timeout(until(never()), 1000);
        },
        function* () {
          return yield* go(function* () {
            yield* sleep(1);
            yield* until(never());
          });
        },
      ];
      for (const when of [0, 1, 2]) {
        const list = kinds.map((body) => go(body));
        for (let i = 0; i < when; i++) yield* gosched();
        for (const g of list) g.cancel();
        for (const g of list) ends.push(yield* endOf(g));
      }
    });
    await host.settleAll();
    host.advance(5000);
    await host.settleAll();
    await program;
    expect(ends).toEqual(new Array(24).fill("cancelled"));
  }));

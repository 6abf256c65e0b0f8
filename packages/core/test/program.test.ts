import {
  type Coroutine,
  DeadlockError,
  go,
  gosched,
  numGoroutine,
  PanicError,
  run,
  runSync,
  scope,
  sleep,
  timeout,
  until,
} from "@gr/core";
import { enlist, G, sched, withVirtualHost } from "@gr/core/internal";
import { describe, expect, test } from "vitest";
import { messageOf, never, play } from "./virtual.ts";

const failing = (text: string) =>
  function* (): Coroutine<void> {
    yield* gosched();
    throw new Error(text);
  };

describe("ends", () => {
  test("go#5 the goroutines left when main returns are unwound before run resolves", async () => {
    const log: string[] = [];
    const { value } = await play(function* () {
      go(function* () {
        try {
          yield* until(never());
        } finally {
          yield* sleep(100);
          log.push("cleaned up");
        }
      });
      yield* gosched();
      return "main";
    });
    expect(value).toBe("main");
    expect(log).toEqual(["cleaned up"]);
  });

  test("go#5 a goroutine that does not let itself be unwound is named, and run resolves all the same", async () => {
    const { value, host } = await play(function* () {
      go(function* stubborn() {
        for (;;)
          try {
            yield* until(never());
          } catch {
            // swallowed
          }
      });
      yield* gosched();
      return "main";
    });
    expect(value).toBe("main");
    expect(host.warnings.join()).toMatch(/goroutine \d+ \(stubborn\) was cancelled and caught its unwinding/);
  });

  test("a program that is over leaves no timer, which would keep the process", () =>
    withVirtualHost(async (host) => {
      let settled = false;
      const cleansUp = function* (): Coroutine<void> {
        try {
          yield* until(never());
        } finally {
          yield* sleep(1);
        }
      };
      void run(function* () {
        go(cleansUp);
        yield* gosched();
      }).then(() => (settled = true));
      await host.settleAll();
      expect([settled, sched.timers.length > 0]).toEqual([false, true]);
      host.advance(1);
      await host.settleAll();
      expect([settled, sched.timers.length]).toEqual([true, 0]);
    }));

  test("go#5 a stand-in for one elsewhere, of which nothing more is heard, is waited for a second and named", async () => {
    class StandIn extends G {
      override cancel(): void {}
    }
    const before = sched.live;
    const { value, host } = await play(function* () {
      const { program } = sched.m.curg as G;
      enlist(new StandIn(sched.newId(), function elsewhere() {}, [], program, 0));
      return "main";
    });
    expect(value).toBe("main");
    expect(host.warnings.join()).toMatch(/1 goroutine\(s\) did not end within a second.*\n.*\(elsewhere\)/);
    sched.live = before;
  });

  test("go#5 the second at the end is each goroutine's own: many that only had no turn yet are waited for", async () => {
    let cleaned = 0;
    const { value, host } = await play(function* (virtual) {
      for (let i = 0; i < 5; i++)
        go(function* () {
          try {
            yield* until(never());
          } finally {
            // Computes for long: the others are runnable, and get no turn meanwhile.
            virtual.spend(600);
            cleaned++;
          }
        });
      yield* gosched();
      return "main";
    });
    expect(value).toBe("main");
    expect(cleaned).toBe(5);
    expect(host.warnings).toEqual([]);
  });

  test("go#5 as long as some end, the others are waited for, however many a finally block's scope starts meanwhile", async () => {
    let ended = 0;
    const { host } = await play(function* () {
      const last = function* (ms: number): Coroutine<void> {
        try {
          yield* until(never());
        } finally {
          yield* sleep(ms);
          ended++;
        }
      };
      for (let i = 0; i < 3; i++) go(last, 300);
      go(function* () {
        try {
          yield* until(never());
        } finally {
          yield* scope(function* (s) {
            for (let i = 0; i < 5; i++) s.go(last, 600);
          });
        }
      });
      yield* sleep(20);
    });
    expect(ended).toBe(8);
    expect(host.warnings.join()).not.toContain("did not end");
  });

  test("go#5 a finally block whose operations take longer than the cleanup budget is not cut off in silence", async () => {
    const log: string[] = [];
    const { host } = await play(function* () {
      const g = go(function* slow() {
        try {
          yield* until(never());
        } finally {
          yield* sleep(900);
          log.push("within");
          yield* sleep(900);
          log.push("beyond");
        }
      });
      yield* gosched();
      g.cancel();
      yield* sleep(5000);
    });
    expect(log).toEqual(["within"]);
    expect(host.warnings).toHaveLength(1);
    expect(host.warnings[0]).toMatch(/goroutine \d+ \(slow\) is unwound, and its cleanup took over 1000 ms/);
  });

  test("go#7 the error of a goroutine that nobody joins rejects run with that very error", async () => {
    const boom = new TypeError("boom");
    const { error } = await play(function* () {
      go(function* thrower() {
        throw boom;
      });
      yield* sleep(1000);
    });
    expect(error).toBe(boom);
    expect(boom.stack).toMatch(/in goroutine \d+ \(thrower\), created in goroutine \d+/);
  });

  test("go#7 an error in the pass in which main returns is not lost", async () => {
    const { error } = await play(function* () {
      go(() => {
        throw new Error("same pass");
      });
      yield* gosched();
    });
    expect(messageOf(error)).toBe("same pass");
  });

  test("go#7 an error in a finally block while the program ends rejects run", async () => {
    const { error } = await play(function* () {
      go(function* () {
        try {
          yield* until(never());
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is the case in question
          throw new Error("while ending");
        }
      });
      yield* gosched();
    });
    expect(messageOf(error)).toBe("while ending");
  });

  test("the first error is run's, another is a warning", async () => {
    const { error, host } = await play(function* () {
      go(function* () {
        try {
          yield* until(never());
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: that is the case in question
          throw new Error("second");
        }
      });
      yield* gosched();
      throw new Error("first");
    });
    expect(messageOf(error)).toBe("first");
    expect(host.warnings.join()).toContain("Error: second");
  });

  test("go#145 go#146 what is thrown and is no Error is wrapped, undefined too", async () => {
    for (const [thrown, text] of [
      ["text", "panic: text"],
      [undefined, "panic: undefined"],
      [42, "panic: 42"],
    ]) {
      const { error } = await play(function* () {
        throw thrown;
      });
      expect(error).toBeInstanceOf(PanicError);
      expect(messageOf(error)).toBe(text);
      expect((error as Error).cause).toBe(thrown);
    }
  });

  test("a joiner in the same pass takes the error, and it surfaces nowhere else", async () => {
    const { value, host } = await play(function* () {
      const g = go(() => {
        throw new Error("mine");
      });
      yield* gosched();
      expect(g.status).toBe("dead");
      try {
        yield* g;
      } catch (err) {
        return messageOf(err);
      }
      return "";
    });
    expect(value).toBe("mine");
    expect(host.warnings).toEqual([]);
  });

  test("outside every run an error that nobody joins is the host's, once", () =>
    withVirtualHost(async (host) => {
      const g = go(failing("ambient"));
      await host.settleAll();
      expect(host.unhandledErrors.map(messageOf)).toEqual(["ambient"]);
      await expect(g).rejects.toThrow("ambient");
    }));

  test("go in a finally block of an ending program starts nobody; a scope there works", async () => {
    const log: string[] = [];
    const { value } = await play(function* () {
      go(function* () {
        try {
          yield* until(never());
        } finally {
          const g = go(() => void log.push("not here"));
          try {
            yield* g;
          } catch {
            log.push("not started");
          }
          yield* scope(function* (s) {
            s.go(function* () {
              yield* sleep(1);
              log.push("in scope");
            });
          });
        }
      });
      yield* gosched();
      return 1;
    });
    expect(value).toBe(1);
    expect(log).toEqual(["not started", "in scope"]);
  });

  test("go#14 what a goroutine starts belongs to the program of its starter, whoever woke that one", () =>
    withVirtualHost(async (host) => {
      const notes: string[] = [];
      let wake: () => void = () => {};
      const gate = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const starter = function* (): Coroutine<void> {
        yield* until(gate);
        go(function* (): Coroutine<void> {
          go(failing("the grandchild's"));
          yield* until(never());
        });
        yield* until(never());
      };
      const ends = (name: string) => (end: unknown) => notes.push(`${name}: ${messageOf(end)}`);
      const of = function* (): Coroutine<void> {
        go(starter);
        yield* sleep(100);
      };
      const other = function* (): Coroutine<string> {
        yield* sleep(10);
        wake();
        yield* sleep(10);
        return "went on";
      };
      void run(of).then(ends("one"), ends("one"));
      void run(other).then(ends("other"), ends("other"));
      for (let step = 0; step < 4; step++) {
        host.advance(10);
        await host.settleAll();
      }
      expect(notes).toEqual(["one: the grandchild's", "other: went on"]);
    }));

  test("overlapping runs end on their own: the error of one does not touch the other", () =>
    withVirtualHost(async (host) => {
      const ends: string[] = [];
      const note = (p: Promise<unknown>) =>
        p.then(
          (v) => ends.push(`ok ${String(v)}`),
          (err) => ends.push(messageOf(err)),
        );
      note(
        run(function* () {
          go(failing("one"));
          yield* sleep(100);
          return 1;
        }),
      );
      note(
        run(function* () {
          yield* sleep(10);
          return 2;
        }),
      );
      note(run(() => until(never()), { deadlock: "closed" }));
      note(
        run(
          function* () {
            const g = go(function* (): Coroutine<void> {
              yield* self();
            });
            const self = () => g;
            yield* g;
          },
          { deadlock: "closed" },
        ),
      );
      await host.settleAll();
      host.advance(1000);
      await host.settleAll();
      expect(ends.map((text) => text.split("\n")[0])).toEqual(["one", "all goroutines are asleep - deadlock!", "ok 2"]);
    }));

  test("go#10 numGoroutine counts the living, and comes back to nothing", () =>
    withVirtualHost(async (host) => {
      const before = numGoroutine();
      const program = run(function* () {
        go(() => sleep(5));
        go(() => sleep(5));
        yield* gosched();
        return numGoroutine();
      });
      await host.settleAll();
      host.advance(10);
      expect((await program) - before).toBe(3);
      expect(numGoroutine()).toBe(before);
    }));

  test("run refuses what it cannot run, and runs inside a goroutine", async () => {
    expect(() => run(5 as unknown as () => void)).toThrow("run: expected a function, got 5");
    expect(() => run(() => {}, { deadlock: "maybe" as "off" })).toThrow(
      "run: expected deadlock to be one of exact, closed, off, got maybe",
    );
    const { error } = await play(function* () {
      void run(() => {});
      yield* sleep(1);
    });
    expect(messageOf(error)).toBe("run: already inside a goroutine: use go(), call() or scope()");
  });

  test("an onLeak that throws does not keep run from settling", async () => {
    const { value, host } = await play(
      function* () {
        const g = go(async () => never());
        yield* sleep(1);
        g.cancel();
        return "settled";
      },
      10_000,
      {
        onLeak: () => {
          throw new Error("in onLeak");
        },
      },
    );
    expect(value).toBe("settled");
    expect(host.unhandledErrors.map(messageOf)).toEqual(["in onLeak"]);
  });
});

describe("runSync", () => {
  test("gives main's result without the event loop", () => {
    expect(
      runSync(function* () {
        const g = go(function* () {
          yield* gosched();
          return 20;
        });
        return 1 + (yield* g);
      }),
    ).toBe(21);
  });

  test("throws main's error, a failure nobody joined, and a deadlock", () => {
    expect(() => runSync(failing("main"))).toThrow("main");
    expect(() =>
      runSync(function* () {
        go(failing("other"));
        for (let i = 0; i < 5; i++) yield* gosched();
      }),
    ).toThrow("other");
    expect(() =>
      runSync(function* () {
        const g: { handle?: ReturnType<typeof go> } = {};
        g.handle = go(function* (): Coroutine<void> {
          yield* g.handle!;
        });
        yield* g.handle;
      }),
    ).toThrow(DeadlockError);
  });

  test("an operation that needs the host throws, and says who waits for what", () => {
    expect(() => runSync(() => sleep(1))).toThrow(
      /runSync: goroutine \d+ \(.*\) waits for the host \(sleep\): use run\(\)/,
    );
    expect(() => runSync(() => until(never()))).toThrow("IO wait");
  });

  test("inside a goroutine, or inside itself, it is refused", async () => {
    expect(() => runSync(() => runSync(() => 1))).toThrow("runSync: already inside the scheduler: use call()");
    const { error } = await play(function* () {
      runSync(() => 1);
      yield* sleep(1);
    });
    expect(messageOf(error)).toContain("runSync: already inside the scheduler");
  });

  test("a finally block that can never end is given up at once, and named", () =>
    withVirtualHost((host) => {
      const result = runSync(function* () {
        const stuck: { handle?: ReturnType<typeof go> } = {};
        stuck.handle = go(function* holdsOn(): Coroutine<void> {
          try {
            yield* stuck.handle!;
          } finally {
            yield* stuck.handle!;
          }
        });
        yield* gosched();
        return "main";
      });
      expect(result).toBe("main");
      expect(host.warnings.join()).toMatch(/1 goroutine\(s\) did not end .*\n {2}goroutine \d+ \(holdsOn\): join/);
    }));

  test("an outside await that it completes leaves no timer with the host", () =>
    withVirtualHost(async (host) => {
      const g = go(() => until(never()));
      const done = timeout(g, 8000).then(undefined, messageOf);
      await host.settleAll();
      expect(host.parkedUntil).toBe(8000);
      runSync(() => g.cancel());
      await host.settleAll();
      expect(await done).toMatch(/was cancelled/);
      expect(host.parkedUntil).toBe(Number.POSITIVE_INFINITY);
    }));

  test("goroutines from before are not run by it, unless it wakes them, and go on afterwards", () =>
    withVirtualHost(async (host) => {
      const log: string[] = [];
      const waits = go(function* () {
        log.push("ambient");
        yield* gosched();
        log.push("ambient again");
      });
      const sleeper = go(function* () {
        yield* sleep(5);
        log.push("slept");
      });
      host.spend(1);
      expect(runSync(() => "sync")).toBe("sync");
      expect(log).toEqual([]);
      await host.settleAll();
      expect(log).toEqual(["ambient", "ambient again"]);
      host.spend(10);
      runSync(function* () {
        yield* gosched();
        log.push("sync");
      });
      host.advance(10);
      await host.settleAll();
      expect(log).toEqual(["ambient", "ambient again", "sync", "slept"]);
      expect([waits.status, sleeper.status]).toEqual(["dead", "dead"]);
    }));

  test("what it wakes outside goes on after it", () =>
    withVirtualHost(async (host) => {
      let target: ReturnType<typeof go> | undefined;
      runSync(function* () {
        target = go(() => 7);
        yield* target;
      });
      const joined = go(() => target as never);
      await host.settleAll();
      expect(joined.status).toBe("dead");
    }));
});

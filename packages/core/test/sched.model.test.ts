// Every order of small programs: whoever is runnable may be next. No goroutine is stuck, lost or run twice.
import { all, CancelledError, type Coroutine, call, go, gosched, type Op, run, sleep, timeout } from "@gr/core";
import { OpBase, sched, type Waiter, WaitQueue, withVirtualHost } from "@gr/core/internal";
import { type Choose, exploreSchedules, mustPass } from "@gr/explore";
import { expect, test } from "vitest";

/** A counter to wait for: the smallest thing that parks and readies. */
class Tokens extends OpBase<number> {
  readonly waiters = new WaitQueue();
  free: number;
  constructor(free: number) {
    super();
    this.free = free;
  }
  get reason(): number {
    return 13;
  }
  poll(): boolean {
    if (this.free === 0) return false;
    this.free--;
    return true;
  }
  enqueue(w: Waiter): void {
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
  give(): void {
    const w = this.waiters.dequeue();
    if (w === null) this.free++;
    else w.party.wake(w);
  }
}

/** Explores main under every order; it throws when something is wrong, and must end. */
function everyOrder(main: () => Coroutine<void>, least: number): void {
  const report = exploreSchedules((choose: Choose) => {
    withVirtualHost((host) => {
      host.choose(choose);
      let end: unknown = "stuck";
      void run(
        function* () {
          try {
            yield* main();
            end = undefined;
          } catch (err) {
            end = err;
          }
        },
        { deadlock: "closed" },
      ).catch(() => {});
      host.advance(100);
      if (end !== undefined) throw end instanceof Error ? end : new Error(String(end));
      if (sched.live !== 0) throw new Error(`${sched.live} goroutines are left`);
      if (host.warnings.length + host.unhandledErrors.length > 0) throw new Error(host.warnings.join());
    });
  });
  mustPass(report);
  expect(report.complete).toBe(true);
  expect(report.runs).toBeGreaterThanOrEqual(least);
}

test("parked goroutines are each woken once, in every order", () => {
  everyOrder(function* () {
    const tokens = new Tokens(0);
    const got = [0, 0, 0];
    const gs = got.map((_, i) =>
      go(function* () {
        yield* tokens;
        got[i]!++;
      }),
    );
    for (let i = 0; i < 3; i++) {
      tokens.give();
      yield* gosched();
    }
    for (const g of gs) yield* g;
    if (got.join() !== "1,1,1" || tokens.free !== 0) throw new Error(`woken ${got.join()}, free ${tokens.free}`);
  }, 24);
});

test.each([
  ["in a body", (tokens: Tokens): Op<number> => tokens],
  ["in a callee", (tokens: Tokens): Op<number> => call(() => tokens)],
  ["under a timeout", (tokens: Tokens): Op<number> => timeout(tokens, 50)],
])("a cancel and a wake that meet %s lose no token, in every order", (_, within) => {
  everyOrder(function* () {
    const tokens = new Tokens(0);
    let taken = 0;
    const take = function* (): Coroutine<void> {
      yield* within(tokens);
      taken++;
    };
    const [a, b] = [go(take), go(take)];
    const canceller = go(() => a.cancel());
    const giver = go(() => tokens.give());
    yield* canceller;
    yield* giver;
    yield* gosched();
    b.cancel();
    for (const g of [a, b]) {
      try {
        yield* g;
      } catch (err) {
        if (!(err instanceof CancelledError)) throw err;
      }
    }
    if (taken + tokens.free !== 1) throw new Error(`${taken} taken and ${tokens.free} free of one`);
  }, 24);
});

test("every joiner sees the end once, whenever it comes, in every order", () => {
  everyOrder(function* () {
    let joined = 0;
    const g = go(function* () {
      yield* gosched();
      return 7;
    });
    const join = function* (): Coroutine<void> {
      if ((yield* g) === 7) joined++;
    };
    yield* all([go(join), go(join)]);
    if (joined !== 2) throw new Error(`${joined} joined`);
  }, 24);
});

test("cancelling somebody inside a call unwinds each frame once, in every order", () => {
  everyOrder(function* () {
    const log: string[] = [];
    const g = go(function* () {
      try {
        yield* call(function* () {
          try {
            yield* gosched();
            yield* new Tokens(0);
          } finally {
            yield* gosched();
            log.push("callee");
          }
        });
      } finally {
        log.push("caller");
      }
    });
    const c = go(() => g.cancel());
    yield* c;
    try {
      yield* g;
    } catch (err) {
      if (!(err instanceof CancelledError)) throw err;
    }
    const text = log.join();
    if (text !== "" && text !== "callee,caller") throw new Error(text);
  }, 2);
});

test("yields and a sleeper mix, in every order", () => {
  everyOrder(function* () {
    let n = 0;
    const gs = [0, 1].map(() =>
      go(function* () {
        n++;
        yield* gosched();
        n++;
        yield* sleep(1);
        n++;
      }),
    );
    for (const g of gs) yield* g;
    if (n !== 6) throw new Error(`${n} steps of 6`);
  }, 6);
});

// How goroutines end: errors, deferred calls, goexit, cancellation. Rules go#37, 140-150.
import { CancelledError, type Coroutine, defer, GoexitError, type Goroutine, goexit, PanicError } from "@gr/core";
import { describe, expect, test } from "vitest";
import type { Maker } from "./maker.ts";
import {
  endAt,
  exitInside,
  exitThenRecover,
  exitThenThrow,
  giveBack,
  guarded,
  guardedSelect,
  hold,
  throwPlain,
  throwThenExit,
  throwTwice,
} from "./programs/life.ts";
import { failureOf, feed, type Report, receiveOnce, sendAfterSleep, sendOnce, take } from "./programs/plumbing.ts";

export function unwindSuite(make: Maker): void {
  describe(`unwinding (${make.name})`, () => {
    errors(make);
    goexits(make);
    cancels(make);
  });
}

function* errorOf(g: Goroutine<unknown>): Coroutine<unknown> {
  try {
    yield* g;
  } catch (error) {
    return error;
  }
  return undefined;
}

function errors(make: Maker): void {
  test("go#140 deferred calls run last in, first out, at return and at an error", () =>
    make.run(function* () {
      const log: string[] = [];
      const body = function* (fails: boolean): Coroutine<void> {
        using _first = defer(() => log.push("first"));
        using _second = defer(() => log.push("second"));
        yield* make.settle();
        if (fails) throw new Error("fails");
      };
      yield* body(false);
      expect(log).toEqual(["second", "first"]);
      expect(yield* failureOf(asOp(body(true)))).toBe("fails");
      expect(log).toEqual(["second", "first", "second", "first"]);
    }));

  test("go#141 go#142 an error that is caught inside the goroutine ends nothing", () =>
    make.run(function* () {
      expect(yield* failureOf(make.spawn(endAt, "inside"))).toBe("inside");
      expect(yield* make.spawn(giveBack, 1)).toBe(1);
    }));

  test("go#145 go#146 a thrown value that is no Error, undefined too, is wrapped in a PanicError", () =>
    make.run(function* () {
      const text = yield* errorOf(make.spawn(throwPlain, "no error object"));
      expect(text).toBeInstanceOf(PanicError);
      expect(text).toMatchObject({ message: expect.stringContaining("no error object") });
      expect(yield* errorOf(make.spawn(throwPlain, undefined))).toBeInstanceOf(PanicError);
    }));

  test("go#143 go#144 an error that replaces another carries it as its cause", () =>
    make.run(function* () {
      const error = yield* errorOf(make.spawn(throwTwice, "first", "second"));
      expect(error).toMatchObject({ message: "second", cause: { message: "first" } });
    }));
}

// failureOf takes an Op; a generator is driven the same way.
function asOp<T>(body: Coroutine<T>): never {
  return body as never;
}

function goexits(make: Maker): void {
  test("go#147 T61 goexit runs every finally block, also those that block, and ends only this goroutine", () =>
    make.run(function* () {
      const said = make.chan<string>();
      const g = make.spawn(exitInside, said);
      expect(yield* take(said, 2)).toEqual(["inner", "outer"]);
      expect(yield* errorOf(g)).toBeInstanceOf(GoexitError);
    }));

  test("go#147 a goroutine that ends by goexit and is not joined ends silently", () =>
    make.run(function* () {
      const said = make.chan<string>(2);
      const g = make.spawn(exitInside, said);
      yield* make.settle();
      expect(g.status).toBe("dead");
    }));

  test("go#135 T58 when main has left by goexit and the others have finished, the program says that nobody is left", async () => {
    const program = make.run(function* () {
      make.spawn(giveBack, 1);
      yield* goexit();
    });
    await expect(program).rejects.toThrow(/no goroutines/);
  });

  test("go#150 goexit of main lets the others finish", async () => {
    const c = make.chan<number>(1);
    const program = make.run(function* () {
      make.spawn(sendAfterSleep, c, 5);
      yield* goexit();
    });
    await expect(program).rejects.toThrow(/no goroutines/);
    expect(c.tryRecv()).toEqual({ value: 5, ok: true });
  });

  test("go#148 T60 an error thrown while goexit unwinds is the goroutine's end", () =>
    make.run(function* () {
      expect(yield* failureOf(make.spawn(exitThenThrow, "from cleanup"))).toBe("from cleanup");
    }));

  test("go#148 an error caught while goexit unwinds does not stop it", () =>
    make.run(function* () {
      const said = make.chan<string>(1);
      expect(yield* errorOf(make.spawn(exitThenRecover, said))).toBeInstanceOf(GoexitError);
      expect(yield* said.recv()).toBe("recovered");
    }));

  test("go#149 goexit during an error drops the error", () =>
    make.run(function* () {
      expect(yield* errorOf(make.spawn(throwThenExit))).toBeInstanceOf(GoexitError);
    }));
}

/** Goroutine side. Returns when the cancels so far have come to their goroutines. */
function* reached(make: Maker): Coroutine<void> {
  if (!make.cancelsAtOnce) yield* make.settle();
}

function cancels(make: Maker): void {
  test("cancel unwinds a parked goroutine through its finally blocks, which may block", () =>
    make.run(function* () {
      const [c, said] = [make.chan<number>(), make.chan<string>()];
      const g = make.spawn(guarded, c, said);
      yield* make.settle();
      g.cancel("enough");
      expect(yield* take(said, 2)).toEqual(["inner", "outer"]);
      expect(yield* errorOf(g)).toBeInstanceOf(CancelledError);
    }));

  test("a receiver that was cancelled takes no value, and a sender that was cancelled sends none", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const receiver = make.spawn(receiveOnce, 0, c, make.chan<Report>(1));
      yield* make.settle();
      receiver.cancel();
      yield* reached(make);
      expect(c.trySend(1)).toBe(false);
      const sender = make.spawn(sendOnce, c, 2, make.chan<string>(1));
      yield* make.settle();
      sender.cancel();
      yield* reached(make);
      expect(c.tryRecv()).toBeUndefined();
    }));

  test("a cancelled select is off every queue, also while its finally block waits elsewhere", () =>
    make.run(function* () {
      const [from, to, said] = [make.chan<number>(), make.chan<number>(), make.chan<string>()];
      const g = make.spawn(guardedSelect, from, to, said);
      yield* make.settle();
      g.cancel();
      yield* make.settle();
      expect([from.trySend(1), to.tryRecv()]).toEqual([false, undefined]);
      expect(yield* said.recv()).toBe("cleaned up");
      expect(yield* errorOf(g)).toBeInstanceOf(CancelledError);
    }));

  test("cancelling one of several waiters leaves the others in their order", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const report = make.chan<Report>(3);
      const waiters = [];
      for (let id = 0; id < 3; id++) {
        waiters.push(make.spawn(receiveOnce, id, c, report));
        yield* make.settle();
      }
      waiters[1]!.cancel();
      yield* reached(make);
      yield* feed(c, 0, 2);
      const got = yield* take(report, 2);
      expect(got.sort((a, b) => a.id - b.id).map((r) => [r.id, r.value])).toEqual([
        [0, 0],
        [2, 1],
      ]);
    }));

  test.skipIf(!make.cancelsAtOnce)("a value that was handed over before the cancel is delivered", () =>
    make.run(function* () {
      const c = make.chan<number>();
      const said = make.chan<string>(3);
      const g = make.spawn(guarded, c, said);
      yield* make.settle();
      expect(c.trySend(1)).toBe(true);
      g.cancel();
      // The cancel takes effect at the next Op, the send of "received"; the finally blocks still speak.
      expect(yield* take(said, 2)).toEqual(["inner", "outer"]);
      expect(yield* errorOf(g)).toBeInstanceOf(CancelledError);
      expect(c.tryRecv()).toBeUndefined();
    }),
  );

  test("cancelling twice, or after the end, changes nothing", () =>
    make.run(function* () {
      const done = make.spawn(giveBack, 3);
      expect(yield* done).toBe(3);
      done.cancel();
      expect(yield* done).toBe(3);
      const sleeper = make.spawn(hold, 60_000);
      yield* make.settle();
      sleeper.cancel("first");
      sleeper.cancel("second");
      expect(yield* errorOf(sleeper)).toBeInstanceOf(CancelledError);
    }));

  test.skipIf(!make.cancelsAtOnce)("a goroutine cancelled before it started never runs its body", () =>
    make.run(function* () {
      const c = make.chan<number>(1);
      const g = make.spawn(feed, c, 1, 1);
      g.cancel();
      expect(yield* errorOf(g)).toBeInstanceOf(CancelledError);
      expect(c.len).toBe(0);
    }),
  );
}

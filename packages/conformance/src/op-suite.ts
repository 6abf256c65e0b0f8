// The three ways to use an Op (yield*, await, select case), tested once for every kind of Op. They are used on the thread of the
// test; what completes them may come from another.
//
// A kind says how to make an Op that blocks, how to let it complete, and how to see that an Op which
// did not complete has had no effect. Packages with Ops of their own call opSuite with their kinds.
import { type Chan, chan, select } from "@gr/chan";
import { CancelledError, type Coroutine, type Goroutine, go, gosched, type Op, run, sleep, timeout } from "@gr/core";
import { describe, expect, test } from "vitest";

export interface Situation {
  readonly op: Op<unknown>;
  /** Lets one waiter complete; if nobody waits yet, the next use completes at once. Plain code. */
  readonly fire: () => void;
  readonly value: unknown;
  /** Goroutine side, at the end of a test in which op was given up: throws if it had an effect. */
  readonly untouched: () => Coroutine<void>;
  /** Of an Op with a signal: aborts it, with ABORTED. */
  readonly abort?: () => void;
}

export const ABORTED = "given up by its signal";

export interface OpKind {
  readonly name: string;
  /** A fresh situation in which op blocks. With `idle` nothing is going to complete it, not even time. */
  readonly make: (idle: boolean) => Situation;
  /** Another use of the same Op waits for another completion; false for handles and promises, which stay complete. */
  readonly repeats: boolean;
  /** It completes by itself, some time after it began; fire does nothing. */
  readonly timed?: boolean;
  /** It completes by itself before anything else can be done to it. */
  readonly brief?: boolean;
  /** Only one of its uses ever completes. */
  readonly once?: boolean;
  /** Completions do not add up: two at once are one. */
  readonly merges?: boolean;
  /** fire completes one that waits before any goroutine runs, at the latest after a few microtasks. */
  readonly atOnce?: boolean;
  /** Its situations have an abort. */
  readonly signalled?: boolean;
}

const closed = { deadlock: "closed" } as const;

// Far more time than a test takes; only ever waited for by an Op that is given up.
const farMs = 3_600_000;

export function opSuite(kinds: readonly OpKind[]): void {
  describe.each(kinds)("an Op of kind $name", (kind) => {
    completes(kind);
    isNotBegun(kind);
    if (kind.brief !== true) isGivenUp(kind);
    if (kind.atOnce === true) completesMeanwhile(kind);
    if (kind.signalled === true) isAborted(kind);
    if (kind.once !== true) isShared(kind);
  });
}

function* blocked(g: Goroutine<unknown>): Coroutine<void> {
  while (g.status !== "waiting" && g.status !== "dead") yield* gosched();
}

function* use<T>(op: Op<T>): Coroutine<T> {
  return yield* op;
}

function* thrownBy(op: Op<unknown>): Coroutine<unknown> {
  try {
    return `nothing thrown, but ${String(yield* op)}`;
  } catch (error) {
    return error;
  }
}

// g has given s up, and waits elsewhere or soon will: what comes for s is not for g.
function* undisturbed(g: Goroutine<unknown>, s: Situation, elsewhere: Chan<number>): Coroutine<void> {
  while (g.status !== "waiting") yield* gosched();
  s.fire();
  for (let i = 0; i < 3; i++) yield* gosched();
  expect(g.status).toBe("waiting");
  yield* elsewhere.send(9);
  expect(yield* g).toBe(9);
}

function* cancelledIn(g: Goroutine<unknown>): Coroutine<void> {
  let caught: unknown;
  try {
    yield* g;
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(CancelledError);
}

function completes(kind: OpKind): void {
  test("yield* parks this goroutine until it completes", () =>
    run(function* () {
      const s = kind.make(false);
      const g = go(use, s.op);
      yield* blocked(g);
      s.fire();
      expect(yield* g).toEqual(s.value);
    }, closed));

  test("yield* on what can complete gives the value", () =>
    run(function* () {
      const s = kind.make(false);
      go(function* () {
        s.fire();
      });
      expect(yield* s.op).toEqual(s.value);
    }, closed));

  test("await outside gets the value", async () => {
    const s = kind.make(false);
    const waiting = Promise.resolve(s.op);
    await Promise.resolve();
    s.fire();
    expect(await waiting).toEqual(s.value);
  });

  test("as a case of a select that blocks, it wins when it completes", () =>
    run(function* () {
      const s = kind.make(false);
      const g = go(use, select({ op: s.op, far: sleep(farMs), nil: undefined }));
      yield* blocked(g);
      s.fire();
      expect(yield* g).toMatchObject({ key: "op", value: s.value });
    }, closed));

  test("inside a select that is itself a case, it wins too", () =>
    run(function* () {
      const s = kind.make(false);
      const g = go(use, select({ inner: select([s.op, sleep(farMs)]), far: sleep(farMs) }));
      yield* blocked(g);
      s.fire();
      expect(yield* g).toMatchObject({ key: "inner", value: { key: 0, value: s.value } });
    }, closed));

  test("under a timeout that does not come it completes", () =>
    run(function* () {
      const s = kind.make(false);
      const g = go(use, timeout(s.op, farMs));
      yield* blocked(g);
      s.fire();
      expect(yield* g).toEqual(s.value);
    }, closed));
}

function isNotBegun(kind: OpKind): void {
  test("never used, it has no effect", () =>
    run(function* () {
      yield* kind.make(true).untouched();
    }, closed));

  test("cancelled before it begins, it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const g = go(use, s.op);
      g.cancel();
      yield* cancelledIn(g);
      yield* s.untouched();
    }, closed));

  test("as a case that is not ready beside one that is, it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const ready = chan<number>(1);
      yield* ready.send(1);
      expect((yield* select({ op: s.op, ready: ready.recv() })).key).toBe("ready");
      yield* s.untouched();
    }, closed));

  test("beside a default it is not waited for, and has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      expect((yield* select({ op: s.op, default: true })).key).toBe("default");
      yield* s.untouched();
    }, closed));
}

function isGivenUp(kind: OpKind): void {
  test("cancelled while it waits, it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const g = go(use, s.op);
      yield* blocked(g);
      g.cancel();
      yield* cancelledIn(g);
      yield* s.untouched();
    }, closed));

  test("cancelled after it completed, it still delivers", () =>
    run(function* () {
      const s = kind.make(false);
      const got: unknown[] = [];
      const g = go(function* () {
        got.push(yield* s.op);
        yield* sleep(farMs);
      });
      yield* blocked(g);
      s.fire();
      while (g.status !== "dead" && got.length === 0) yield* sleep(0.1);
      g.cancel();
      yield* cancelledIn(g);
      expect(got).toEqual([s.value]);
    }, closed));

  test("as the losing case of a blocked select, it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const stop = chan<number>();
      const g = go(use, select({ op: s.op, stop: stop.recv() }));
      yield* blocked(g);
      yield* stop.send(1);
      expect((yield* g)?.key).toBe("stop");
      yield* s.untouched();
    }, closed));

  if (kind.timed !== true)
    test("beaten, it does not disturb what its goroutine waits for next", () =>
      run(function* () {
        const s = kind.make(false);
        const stop = chan<number>();
        const elsewhere = chan<number>();
        const g = go(function* () {
          yield* select({ op: s.op, stop: stop.recv() });
          return yield* elsewhere.recv();
        });
        yield* blocked(g);
        yield* stop.send(1);
        yield* undisturbed(g, s, elsewhere);
      }, closed));

  test("in a select that is cancelled, it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const g = go(use, select({ op: s.op, far: sleep(farMs) }));
      yield* blocked(g);
      g.cancel();
      yield* cancelledIn(g);
      yield* s.untouched();
    }, closed));
}

// What came with the claim of the waiter, and what came too late for it.
function completesMeanwhile(kind: OpKind): void {
  test("cancelled in the moment in which it completes, it delivers; the cancel comes with the next operation", async () => {
    const s = kind.make(false);
    const got: unknown[] = [];
    const g = go(function* () {
      got.push(yield* s.op);
      yield* sleep(farMs);
    });
    while (g.status !== "waiting") await gosched();
    s.fire();
    for (let i = 0; i < 20 && g.status === "waiting"; i++) await undefined;
    expect([g.status, ...got]).toEqual(["runnable"]);
    g.cancel();
    await expect(Promise.resolve(g)).rejects.toBeInstanceOf(CancelledError);
    expect(got).toEqual([s.value]);
  });

  test("beaten in the moment in which it would complete, it takes nothing: what came is there for the next use", () =>
    run(function* () {
      const s = kind.make(false);
      const stop = chan<number>();
      const g = go(use, select({ op: s.op, stop: stop.recv() }));
      yield* blocked(g);
      expect(stop.trySend(1)).toBe(true);
      s.fire();
      expect((yield* g)?.key).toBe("stop");
      expect(yield* s.op).toEqual(s.value);
    }, closed));
}

function isAborted(kind: OpKind): void {
  test("when its signal fires while it waits, it throws the reason and has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const g = go(thrownBy, s.op);
      yield* blocked(g);
      s.abort?.();
      expect(yield* g).toBe(ABORTED);
      yield* s.untouched();
    }, closed));

  test("when its signal has fired, it does not disturb what its goroutine waits for next", () =>
    run(function* () {
      const s = kind.make(false);
      const elsewhere = chan<number>();
      const g = go(function* () {
        yield* thrownBy(s.op);
        return yield* elsewhere.recv();
      });
      yield* blocked(g);
      s.abort?.();
      yield* undisturbed(g, s, elsewhere);
    }, closed));

  test("when its signal has fired before, it throws the reason and has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      s.abort?.();
      expect(yield* thrownBy(s.op)).toBe(ABORTED);
      yield* s.untouched();
    }, closed));

  test("outside, a signal that fires rejects it with the reason, and it has no effect", async () => {
    const s = kind.make(true);
    const waiting = Promise.resolve(s.op);
    await Promise.resolve();
    s.abort?.();
    await expect(waiting).rejects.toBe(ABORTED);
    await go(s.untouched);
  });

  test("as a case of a blocked select, when its signal fires the select throws the reason, and it has no effect", () =>
    run(function* () {
      const s = kind.make(true);
      const g = go(thrownBy, select({ op: s.op, far: sleep(farMs) }));
      yield* blocked(g);
      s.abort?.();
      expect(yield* g).toBe(ABORTED);
      yield* s.untouched();
    }, closed));

  if (kind.atOnce !== true) return;
  test("a signal that has fired does not matter to one that can complete", () =>
    run(function* () {
      const s = kind.make(false);
      s.fire();
      yield* gosched();
      s.abort?.();
      expect(yield* s.op).toEqual(s.value);
    }, closed));
}

function isShared(kind: OpKind): void {
  test("used twice in turn it gives a value each time", () =>
    run(function* () {
      const s = kind.make(false);
      for (let i = 0; i < 2; i++) {
        const g = go(use, s.op);
        if (i === 0 || kind.repeats) {
          yield* blocked(g);
          s.fire();
        }
        expect(yield* g).toEqual(s.value);
      }
    }, closed));

  if (kind.merges !== true)
    test("awaited by two, both get a value", async () => {
      const s = kind.make(false);
      const both = Promise.all([s.op, s.op]);
      await Promise.resolve();
      s.fire();
      if (kind.repeats) s.fire();
      expect(await both).toEqual([s.value, s.value]);
    });

  if (kind.timed === true || kind.brief === true) return;
  test("of two goroutines that wait on it, one that is cancelled does not disturb the other", () =>
    run(function* () {
      const s = kind.make(false);
      const [g, h] = [go(use, s.op), go(use, s.op)];
      yield* blocked(g);
      yield* blocked(h);
      g.cancel();
      yield* cancelledIn(g);
      s.fire();
      expect(yield* h).toEqual(s.value);
      if (kind.repeats) yield* s.untouched();
    }, closed));
}

// What can be seen of goroutines that wait. Local only.
import { chan, select } from "@gr/chan";
import { type Coroutine, type Goroutine, go, gosched, type Op, run, sleep, stacks } from "@gr/core";
import { describe, expect, test } from "vitest";

const full = () => {
  const c = chan<number>(1);
  c.trySend(0);
  return c;
};

const reasons: readonly [waits: string, op: () => Op<unknown>, reason: string][] = [
  ["a receive", () => chan<number>().recv(), "chan receive"],
  ["a send", () => chan<number>().send(1), "chan send"],
  ["a send on a full buffer", () => full().send(1), "chan send"],
  ["a select", () => select([chan<number>().recv(), chan<number>().send(1)]), "select"],
  ["a select without cases", () => select({}), "select (no cases)"],
  ["a select of nil cases only", () => select({ a: undefined, b: null, c: false }), "select (no cases)"],
  ["a sleep", () => sleep(3_600_000), "sleep"],
];

export function dumpSuite(): void {
  describe("dumps", () => {
    test.each(reasons)("go#68 go#177 go#183 a goroutine blocked in %s is shown so", (_waits, op, reason) =>
      run(function* () {
        const g = go(waitFor, op());
        yield* parked(g);
        expect(stacks()).toContain(`goroutine ${g.id} [${reason}]:`);
        g.cancel();
      }),
    );

    test("go#66 a select of one case waits as the plain operation does", () =>
      run(function* () {
        const g = go(waitFor, select({ c: chan<number>().recv() }));
        yield* parked(g);
        expect(stacks()).toContain(`goroutine ${g.id} [chan receive]:`);
        g.cancel();
      }));
  });
}

function* waitFor(op: Op<unknown>): Coroutine<void> {
  yield* op;
}

function* parked(g: Goroutine<unknown>): Coroutine<void> {
  while (g.status !== "waiting") yield* gosched();
}

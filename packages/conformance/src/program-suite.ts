// Whole programs over channels: T1-T8, T18, T19, T21, T24, T25, T28, T32, T33, T36.
import { type Chan, each } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { describe, expect, test } from "vitest";
import { type Maker, scaled } from "./maker.ts";
import { drainAndFill, drainPlain, drainSelect, fillPlain, fillSelect, laneLength } from "./programs/lanes.ts";
import { closeAfter, copyAll, feed, feedAndClose, passOne, sumOf, take } from "./programs/plumbing.ts";
import * as ps from "./programs/power-series.ts";
import { fromInt, type Rational } from "./programs/rational.ts";
import { filterSieve, mergeSieve, regularNumbers } from "./programs/sieves.ts";
import {
  foreman,
  grow,
  meetAnybody,
  offerToFour,
  receiveMany,
  receiveManyFromFour,
  sendMany,
  sendManyToFour,
  takeInTurn,
  worker,
} from "./programs/stress.ts";

const first25Primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

export function programSuite(make: Maker): void {
  describe(`programs (${make.name})`, () => {
    queues(make);
    chains(make);
    series(make);
    crowds(make);
  });
}

function queues(make: Maker): void {
  test("T2 a buffer of ten gives back ten values in their order, within one goroutine", () =>
    make.run(function* () {
      const c = make.chan<number>(10);
      yield* feed(c, 0, 10);
      expect(yield* take(c, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }));

  test("T3 goroutines that wait their turn take the values of an unbuffered channel in turn", () =>
    make.run(function* () {
      const links = 10;
      const shared = make.chan<number>();
      const report = make.chan<readonly [number, number]>(links);
      const start = make.chan<number>();
      let left = start;
      for (let place = 0; place < links; place++) {
        const right = make.chan<number>();
        make.spawn(takeInTurn, place, left, shared, report, right);
        left = right;
      }
      yield* start.send(-1);
      const feeder = make.spawn(feed, shared, 0, links);
      expect(yield* left.recv()).toBe(links - 1);
      yield* feeder;
      expect(yield* take(report, links)).toEqual(Array.from({ length: links }, (_, i) => [i, i]));
    }));

  test("T33 ten receivers get each of many items exactly once", () =>
    make.run(function* () {
      const items = scaled(make, 1000);
      const c = make.chan<number>(2);
      const results = make.chan<number>();
      const done = make.chan<number>(10);
      for (let i = 0; i < 10; i++) make.spawn(copyAll, c, results, done);
      make.spawn(closeAfter, done, 10, results);
      make.spawn(feedAndClose, c, 0, items);
      yield* eachExactlyOnce(results, items);
    }));

  test.each([0, 1, 2, 3, 5, 10, 50, 100, 199])(
    "T21 four senders, four receivers: nothing lost, nothing doubled (capacity %d)",
    (capacity) =>
      make.run(function* () {
        const count = scaled(make, 250);
        const c = make.chan<number>(capacity);
        const results = make.chan<number>();
        const sent = make.chan<number>(4);
        const done = make.chan<number>(4);
        for (let i = 0; i < 4; i++) make.spawn(sendMany, c, count, sent);
        make.spawn(closeAfter, sent, 4, c);
        for (let i = 0; i < 4; i++) make.spawn(copyAll, c, results, done);
        make.spawn(closeAfter, done, 4, results);
        const seen = new Array<number>(count).fill(0);
        const cursor = each(results);
        while (yield* cursor.next()) seen[cursor.value]!++;
        expect(seen).toEqual(new Array(count).fill(4));
      }),
  );

  test("T28 many consumers work a queue that the feeder closes", () =>
    make.run(function* () {
      const items = scaled(make, 20_000);
      const workers = 23;
      const queue = make.chan<number>(69);
      const results = make.chan<number>(69);
      const finished = make.chan<number>(workers);
      for (let i = 0; i < workers; i++) make.spawn(worker, queue, results, finished);
      make.spawn(foreman, queue, items, workers, finished, results);
      yield* eachExactlyOnce(results, items);
    }));
}

function* eachExactlyOnce(results: Chan<number>, count: number): Coroutine<void> {
  const seen = new Uint8Array(count);
  const cursor = each(results);
  while (yield* cursor.next()) seen[cursor.value]!++;
  expect(seen.every((times) => times === 1)).toBe(true);
}

function chains(make: Maker): void {
  test("T4 a value goes through a chain of many goroutines", () =>
    make.run(function* () {
      const links = scaled(make, 10_000);
      const leftmost = make.chan<number>();
      let left = leftmost;
      for (let i = 0; i < links; i++) {
        const right = make.chan<number>();
        make.spawn(passOne, right, left);
        left = right;
      }
      make.spawn(feed, left, 1, 1);
      expect(yield* leftmost.recv()).toBe(1);
    }));

  test("T18 the sieve of filters finds the first primes", () =>
    make.run(function* () {
      const primes = make.chan<number>();
      make.spawn(filterSieve, primes);
      expect(yield* take(primes, 25)).toEqual(first25Primes);
    }));

  test("T19 the sieve that merges multiples finds the first primes", () =>
    make.run(function* () {
      const primes = make.chan<number>();
      make.spawn(mergeSieve, primes);
      expect(yield* take(primes, 25)).toEqual(first25Primes);
    }));

  test("T36 three multipliers yield the numbers without a prime factor above five", () =>
    make.run(function* () {
      const out = make.chan<number>();
      make.spawn(regularNumbers, out);
      const count = 100;
      const expected: number[] = [];
      for (let n = 2; expected.length < count; n++) if (isRegular(n)) expected.push(n);
      expect(yield* take(out, count)).toEqual(expected);
      expect(expected.at(-1)).toBe(1600);
    }));

  test("a tree of goroutines delivers one value from each leaf", () =>
    make.run(function* () {
      const out = make.chan<number>(8);
      make.spawn(grow, 8, out);
      expect((yield* take(out, 256)).length).toBe(256);
    }));
}

function isRegular(n: number): boolean {
  let rest = n;
  for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

const minusOne: Rational = fromInt(-1);
const zero: Rational = fromInt(0);

// x / (1 - x): all ones but the first coefficient.
const onesFromX = (boxed: boolean): ps.Series => ps.sub(ps.ones(boxed), ps.monomial(fromInt(1), 0, boxed));

const seriesTable: readonly [name: string, build: (boxed: boolean) => ps.Series, coefficients: string][] = [
  ["a sum with a monomial", (b) => ps.sum(ps.ones(b), ps.monomial(fromInt(4), 2, b)), "1 1 5 1 1"],
  ["the derivative of ones", (b) => ps.diff(ps.ones(b)), "1 2 3 4 5 6 7 8 9 10"],
  ["the integral of ones", (b) => ps.integ(zero, ps.ones(b)), "0 1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9"],
  ["minus one times twos", (b) => ps.cmul(minusOne, ps.twos(b)), "-2 -2 -2 -2 -2 -2 -2 -2 -2 -2"],
  ["ones minus ones", (b) => ps.sub(ps.ones(b), ps.ones(b)), "0 0 0 0 0"],
  ["ones times ones", (b) => ps.product(ps.ones(b), ps.ones(b)), "1 2 3 4 5 6 7 8 9 10"],
  [
    "e to the ones",
    (b) => ps.exp(ps.ones(b)),
    "1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880",
  ],
  ["the arc tangent", (b) => ps.integ(zero, ps.monsubst(ps.ones(b), minusOne, 2)), "0 1 0 -1/3 0 1/5 0 -1/7 0 1/9"],
  ["ones of x/(1-x): powers of two", (b) => ps.subst(ps.ones(b), onesFromX(b)), "1 1 2 4 8 16 32"],
];

function series(make: Maker): void {
  for (const boxed of [false, true]) {
    const id = boxed ? "T8" : "T7";
    test.each(seriesTable)(`${id} power series on demand: %s`, (_name, build, coefficients) =>
      make.run(function* () {
        const expected = coefficients.split(" ");
        const out = make.chan<string>();
        make.spawn(ps.printInto, build(boxed), expected.length, out);
        expect(yield* take(out, expected.length)).toEqual(expected);
      }),
    );
  }
}

function crowds(make: Maker): void {
  test("T1 go#64 a value offered on four channels goes out on exactly one of them", () =>
    make.run(function* () {
      const count = scaled(make, 20_000);
      const lanes = [0, 1, 2, 3].map(() => make.chan<number>());
      const shared = make.chan<number>();
      const done = make.chan<number>(4);
      make.spawn(offerToFour, lanes[0]!, lanes[1]!, lanes[2]!, lanes[3]!, count);
      for (const lane of lanes) make.spawn(copyAll, lane, shared, done);
      make.spawn(closeAfter, done, 4, shared);
      yield* eachExactlyOnce(shared, count);
    }));

  test.each([0, 10])(
    "T24 go#63 two goroutines that send and receive in one select always end (capacity %d)",
    (capacity) =>
      make.run(function* () {
        const c = make.chan<number>(capacity);
        const done = make.chan<number>(2);
        const rounds = scaled(make, 1000);
        make.spawn(meetAnybody, 1, c, rounds, done);
        make.spawn(meetAnybody, 2, c, rounds, done);
        const met = yield* take(done, 2);
        if (capacity === 0) expect(met).toEqual([0, 0]);
      }),
  );

  test("T25 plain and select traffic on four channels: all ten goroutines finish", () =>
    make.run(function* () {
      const count = scaled(make, 5000);
      const [a, b, c, d] = [make.chan<number>(0), make.chan<number>(0), make.chan<number>(2), make.chan<number>(3)];
      const done = make.chan<number>(10);
      for (const lane of [a, b, c, d]) {
        make.spawn(sendMany, lane, count, done);
        make.spawn(receiveMany, lane, count, done);
      }
      make.spawn(sendManyToFour, a, b, c, d, count, done);
      make.spawn(receiveManyFromFour, a, b, c, d, count, done);
      const total = (yield* take(done, 10)).reduce((sum, n) => sum + n, 0);
      expect(total).toBe(16 * count);
      expect([a.len, b.len, c.len, d.len]).toEqual([0, 0, 0, 0]);
    }));

  test("a hundred senders that each send once all reach one receiver", () =>
    make.run(function* () {
      const report = make.chan<number>(1);
      const c = make.chan<number>();
      make.spawn(sumOf, c, 100, report);
      for (let i = 0; i < 100; i++) make.spawn(feed, c, i, 1);
      expect(yield* report.recv()).toBe(4950);
    }));

  for (const capacity of [0, 1, 10, 100]) lanes(make, capacity);
}

function lanes(make: Maker, capacity: number): void {
  const lane = (): Chan<number> => make.chan<number>(capacity);
  const four = (): Chan<number>[] => [lane(), lane(), lane(), lane()];

  /** Every body reports how many of its numbers were right. */
  function* settled(done: Chan<number>, bodies: number, total: number): Coroutine<void> {
    const right = yield* take(done, bodies);
    expect(right.reduce((sum, n) => sum + n, 0)).toBe(total * laneLength);
  }

  test(`T32 lanes filled and drained by every pair of plain and select forms (capacity ${capacity})`, () =>
    make.run(function* () {
      const done = make.chan<number>(32);
      const plain = lane();
      make.spawn(fillPlain, plain, 0, done);
      make.spawn(drainPlain, plain, 0, done);
      const toSelect = four();
      toSelect.forEach((c, i) => {
        make.spawn(fillPlain, c, 10_000 + i * 1000, done);
      });
      make.spawn(drainSelect, toSelect, 10_000, done);
      const fromSelect = four();
      make.spawn(fillSelect, fromSelect, 20_000, done);
      fromSelect.forEach((c, i) => {
        make.spawn(drainPlain, c, 20_000 + i * 1000, done);
      });
      const both = four();
      make.spawn(fillSelect, both, 30_000, done);
      make.spawn(drainSelect, both, 30_000, done);
      yield* settled(done, 2 + 5 + 5 + 2, 2 + 8 + 8 + 8);
    }));

  test(`T32 one select that drains some lanes and fills others (capacity ${capacity})`, () =>
    make.run(function* () {
      const done = make.chan<number>(32);
      const [left, middle, right] = [four(), four(), four()];
      make.spawn(fillSelect, left, 0, done);
      make.spawn(drainAndFill, left, middle, 0, done);
      make.spawn(drainAndFill, middle, right, 0, done);
      make.spawn(drainSelect, right, 0, done);
      yield* settled(done, 4, 4 + 8 + 8 + 4);
    }));
}

// Batches of the global queue: what the walk outside the lock may find, and what may have happened meanwhile.

import { Deque, dequeWords, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { takeBatch } from "../src/global-batch.ts";
import { Group } from "../src/group.ts";
import * as w from "../src/layout.ts";
import { DEQUE, holds, MS, popGlobal, queue, queueNow, RECORD } from "./model.ts";

const SIZE = 4;
const A = RECORD;
const B = RECORD + 2;
const C = RECORD + 4;
const ring = (mem: Int32Array, i: number): Deque => new Deque(mem, DEQUE + i * dequeWords(SIZE), SIZE);
const words = DEQUE + 3 * dequeWords(SIZE);
// The queue's words and the records are what is raced for.
const exclusive = (at: number): boolean => at === w.GTAIL || at === w.NPROCS;

const init =
  (...records: number[]) =>
  (mem: Int32Array): void => {
    const s = new Group(mem, 0, { ms: MS });
    ops.store(mem, w.NPROCS, 2);
    for (const r of records) queueNow(s, r);
  };

/** M m takes a batch into ring m; the record to start, in a list. */
function take(mem: Int32Array, m: number, max: number): number[] {
  const first = takeBatch({ ops }, { group: new Group(mem, m, { ms: MS }), got: 0 }, ring(mem, m), max);
  return first === 0 ? [] : [first];
}

const taker = (m: number, max: number) => (mem: Int32Array) => take(mem, m, max);

/** Each record has been taken once, or is queued once. */
const everyOnce =
  (...records: number[]) =>
  ({ mem, results }: { mem: Int32Array; results: readonly unknown[] }) => {
    const s = new Group(mem, 0, { ms: MS });
    const found = (results as number[][]).flat();
    for (let i = 0; i < 3; i++) for (let r = ring(mem, i).get(); r !== 0; r = ring(mem, i).get()) found.push(r);
    const counted = mem[w.NGLOBAL];
    let n = 0;
    for (let r = popGlobal(s); r !== 0; r = popGlobal(s), n++) found.push(r);
    expect(n).toBe(counted);
    expect(found.sort((a, b) => a - b)).toEqual(records);
  };

test("two batches at once: each record goes into one", () => {
  const apart = new Set<string>();
  holds({
    words,
    exclusive,
    init: init(A, B, C),
    threads: [taker(0, 2), taker(1, 2)],
    check: (end) => {
      apart.add((end.results as number[][]).map((r) => r[0]).join());
      everyOnce(A, B, C)(end);
    },
  });
  expect([...apart].sort()).toEqual([`${A},${C}`, `${C},${A}`]);
});

test("a batch while others are appended: the walk ends where it was counted", () => {
  holds({
    words,
    exclusive,
    init: init(A),
    threads: [
      taker(0, 3),
      (mem) => {
        const s = new Group(mem, 1, { ms: MS });
        queue(s, B);
        queue(s, C);
        return [];
      },
    ],
    check: everyOnce(A, B, C),
  });
});

test("a record that comes back to the head is not taken with those that once followed it", () => {
  holds({
    words,
    exclusive,
    init: init(A, B),
    threads: [
      taker(0, 2),
      (mem) => {
        const own = ring(mem, 1);
        const first = take(mem, 1, 2);
        const second = own.get();
        // The first has ended and is used anew.
        for (const r of first) queue(new Group(mem, 1, { ms: MS }), r);
        return second === 0 ? [] : [second];
      },
    ],
    check: everyOnce(A, B),
  });
});

test("what a batch brings into the queue can be stolen at once", () => {
  const stolen = new Set<number>();
  holds({
    words,
    exclusive: (at) => exclusive(at) || at === w.GHEAD || at === w.GTAKEN || at === w.NGLOBAL || (at >= A && at <= C),
    init: init(A, B, C),
    threads: [
      taker(0, 3),
      (mem) => {
        const record = ring(mem, 1).stealFrom(ring(mem, 0));
        stolen.add(record);
        return record === 0 ? [] : [record];
      },
    ],
    check: everyOnce(A, B, C),
  });
  expect([...stolen].sort((a, b) => a - b)).toEqual([0, B]);
});

import { expect, test } from "vitest";
import { Deque, dequeWords } from "../src/deque.ts";
import { holds } from "./model.ts";

const SIZE = 4;
const WORDS = dequeWords(SIZE);
const ring = (mem: Int32Array, i: number, size = SIZE): Deque => new Deque(mem, i * WORDS, size);

/** Puts the records, gets what is left, and returns all it got or had to spill. */
const owner =
  (records: number[], gets: number, size = SIZE) =>
  (mem: Int32Array) => {
    const mine = ring(mem, 0, size);
    const out: number[] = [];
    for (const record of records) {
      const spill: number[] = [];
      const spilled = mine.put(record, spill);
      out.push(...spill.slice(0, spilled));
    }
    for (let i = 0; i < gets; i++) {
      const record = mine.get();
      if (record !== 0) out.push(record);
    }
    return out;
  };

/** Steals `times` times into ring i, and returns the records it was given to run. */
const thief =
  (i: number, times: number, size = SIZE) =>
  (mem: Int32Array) => {
    const mine = ring(mem, i, size);
    const out: number[] = [];
    for (let k = 0; k < times; k++) {
      const record = mine.stealFrom(ring(mem, 0, size));
      if (record !== 0) out.push(record);
    }
    return out;
  };

const fill = (records: number[]) => (mem: Int32Array) => {
  for (const record of records) ring(mem, 0).put(record, []);
};

/** Every record must be in one place: returned by a thread, or still in a ring. */
const everyOnce =
  (records: number[], rings: number, size = SIZE) =>
  ({ mem, results }: { mem: Int32Array; results: readonly unknown[] }) => {
    const found = (results as (number[] | undefined)[]).flatMap((list) => list ?? []);
    for (let i = 0; i < rings; i++) {
      const r = ring(mem, i, size);
      expect(r.length).toBeLessThanOrEqual(size);
      for (let record = r.get(); record !== 0; record = r.get()) found.push(record);
    }
    expect(found.sort((a, b) => a - b)).toEqual(records);
  };

test("put and get against one thief: every record exactly once", () => {
  holds({ words: 2 * WORDS, threads: [owner([1, 2, 3], 3), thief(1, 2)], check: everyOnce([1, 2, 3], 2) });
});

test("two thieves against the owner's gets", () => {
  holds({
    words: 3 * WORDS,
    init: fill([1, 2, 3, 4]),
    threads: [owner([], 2), thief(1, 1), thief(2, 1)],
    check: everyOnce([1, 2, 3, 4], 3),
  });
});

test("an owner that overflows while a thief steals", () => {
  holds({
    words: 2 * WORDS,
    init: fill([1, 2, 3, 4]),
    threads: [owner([5, 6], 1), thief(1, 2)],
    check: everyOnce([1, 2, 3, 4, 5, 6], 2),
  });
});

test("slots that are used again while a slow thief copies them", () => {
  const size = 2;
  holds({
    words: 2 * WORDS,
    threads: [owner([1, 2, 3, 4, 5], 1, size), thief(1, 1, size)],
    check: everyOnce([1, 2, 3, 4, 5], 2, size),
  });
});

test("two threads steal from each other", () => {
  holds({
    words: 2 * WORDS,
    init: (mem) => {
      for (const i of [0, 1]) for (const k of [1, 2]) ring(mem, i).put(i * 2 + k, []);
    },
    threads: [0, 1].map((i) => (mem: Int32Array) => {
      const got = [ring(mem, i).stealFrom(ring(mem, 1 - i)), ring(mem, i).get()];
      return got.filter((record) => record !== 0);
    }),
    check: everyOnce([1, 2, 3, 4], 2),
  });
});

test("records leave in the order they came", () => {
  holds({
    words: 2 * WORDS,
    threads: [
      owner([1, 2, 3], 0),
      (mem) => {
        const r = ring(mem, 0);
        return [r.get(), r.get(), r.get()].filter((record) => record !== 0);
      },
    ],
    check: ({ results }) => {
      const got = results[1] as number[];
      expect(got).toEqual([1, 2, 3].slice(0, got.length));
    },
  });
});

test("a thief that dies loses at most what it had claimed", () => {
  holds(
    {
      words: 2 * WORDS,
      init: fill([1, 2, 3, 4]),
      threads: [owner([], 4), thief(1, 1)],
      check: ({ mem, results, dead }) => {
        if (dead.includes(true)) return;
        everyOnce([1, 2, 3, 4], 2)({ mem, results });
      },
    },
    { kill: true },
  );
});

test("length is never negative nor more than the ring holds", () => {
  holds({
    words: 2 * WORDS,
    init: fill([1]),
    threads: [
      owner([2, 3], 2),
      (mem) => {
        const length = ring(mem, 0).length;
        if (length < 0 || length > 3) throw new Error(`length ${length}`);
      },
    ],
  });
});

test("a steal takes half, rounded up, gives the last back, and no more than asked (go#164)", () => {
  const mem = new Int32Array(2 * dequeWords(8));
  const from = new Deque(mem, 0, 8);
  const to = new Deque(mem, dequeWords(8), 8);
  const spill = new Int32Array(8);
  for (let i = 1; i <= 7; i++) from.put(i, spill);
  expect(to.stealFrom(from)).toBe(4);
  expect([to.get(), to.get(), to.get(), to.get()]).toEqual([1, 2, 3, 0]);
  expect(to.stealFrom(from, 1)).toBe(5);
  expect([from.length, to.length]).toEqual([2, 0]);
  expect(to.stealFrom(from)).toBe(6);
  expect(to.stealFrom(from)).toBe(7);
  expect(to.stealFrom(from)).toBe(0);
});

test("a put into a full ring spills the oldest half and the new record", () => {
  const mem = new Int32Array(dequeWords(4));
  const d = new Deque(mem, 0, 4);
  mem[0] = mem[16] = 0x7fffffff; // indices wrap on the way
  const spill = new Int32Array(3);
  for (let i = 1; i <= 4; i++) expect(d.put(i, spill)).toBe(0);
  expect(d.put(5, spill)).toBe(3);
  expect([...spill]).toEqual([1, 2, 5]);
  expect([d.get(), d.get(), d.get()]).toEqual([3, 4, 0]);
  expect(() => new Deque(mem, 0, 3)).toThrow(RangeError);
});

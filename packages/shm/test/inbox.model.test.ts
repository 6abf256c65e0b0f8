import { expect, test } from "vitest";
import { ops } from "../src/atomics.ts";
import { nextOf, push, takeAll } from "../src/inbox.ts";
import { holds } from "./model.ts";

const HEAD = 0;
const cell = (producer: number, i: number): number => 2 + (producer * 2 + i) * 2;
const VALUE = 1;

/** Pushes n cells, whose second word says what they are. Tells which pushes found the inbox empty. */
const producer = (id: number, n: number) => (mem: Int32Array) => {
  const empty: boolean[] = [];
  for (let i = 0; i < n; i++) {
    ops.poke(mem, cell(id, i) + VALUE, cell(id, i));
    empty.push(push(mem, HEAD, cell(id, i)));
  }
  return empty;
};

const drain = (mem: Int32Array, into: number[]): void => {
  for (let at = takeAll(mem, HEAD); at !== 0; at = nextOf(mem, at)) {
    if (ops.peek(mem, at + VALUE) !== at) throw new Error("took a cell before it was whole");
    into.push(at);
  }
};

const consumer = (looks: number) => (mem: Int32Array) => {
  const taken: number[] = [];
  for (let i = 0; i < looks; i++) drain(mem, taken);
  return taken;
};

const words = cell(2, 2) + 2;

test("loses none, doubles none, and keeps each producer's order", () => {
  holds({
    words,
    threads: [producer(0, 2), producer(1, 1), consumer(2)],
    check: ({ mem, results }) => {
      const taken = (results[2] as number[]).slice();
      drain(mem, taken);
      expect(taken.slice().sort((a, b) => a - b)).toEqual([cell(0, 0), cell(0, 1), cell(1, 0)]);
      expect(taken.indexOf(cell(0, 0))).toBeLessThan(taken.indexOf(cell(0, 1)));
    },
  });
});

test("exactly one push between two takings is told that the inbox was empty", () => {
  holds({
    words,
    threads: [producer(0, 1), producer(1, 1)],
    check: ({ results }) => expect(results.flat().filter(Boolean)).toHaveLength(1),
  });
  holds({
    words,
    threads: [producer(0, 2), consumer(1)],
    check: ({ mem, results }) => {
      const taken = (results[1] as number[]).length;
      const told = (results[0] as boolean[]).filter(Boolean).length;
      expect(told).toBe(taken === 1 ? 2 : 1);
      if (taken < 2) expect(mem[HEAD]).not.toBe(0);
    },
  });
});

test("a consumer that sleeps when it finds nothing is woken by whoever finds the inbox empty", () => {
  const WAKES = 1;
  holds({
    words,
    threads: [
      ...[0, 1].map((id) => (mem: Int32Array) => {
        if (!push(mem, HEAD, cell(id, 0))) return;
        ops.add(mem, WAKES, 1);
        ops.notify(mem, WAKES);
      }),
      (mem) => {
        let taken = 0;
        while (taken < 2) {
          const seen = ops.load(mem, WAKES);
          let at = takeAll(mem, HEAD);
          if (at === 0) ops.wait(mem, WAKES, seen);
          for (; at !== 0; at = nextOf(mem, at)) taken++;
        }
      },
    ],
  });
});

test("a producer that dies leaves the inbox whole", () => {
  holds(
    {
      words,
      threads: [producer(0, 2), producer(1, 1)],
      check: ({ mem, dead }) => {
        const taken: number[] = [];
        drain(mem, taken);
        if (!dead[0]) expect(taken).toContain(cell(0, 1));
        if (!dead[1]) expect(taken).toContain(cell(1, 0));
      },
    },
    { kill: true },
  );
});

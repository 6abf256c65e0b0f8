import { expect, test } from "vitest";
import { ops } from "../src/atomics.ts";
import { initMpmc, MpmcRing, mpmcWords } from "../src/mpmc-ring.ts";
import { holds } from "./model.ts";

const SIZE = 2;
const WIDTH = 2;
const words = mpmcWords(SIZE, WIDTH);
/** On words that were something else before. */
const init = (mem: Int32Array): void => {
  mem.fill(77);
  initMpmc(mem, 0, SIZE, WIDTH);
};
const ring = (mem: Int32Array): MpmcRing => new MpmcRing(mem, 0, SIZE, WIDTH);

const tryPush = (mem: Int32Array, value: number): boolean => {
  const r = ring(mem);
  const at = r.claimPush();
  if (at === 0) return false;
  ops.poke(mem, at, value);
  ops.poke(mem, at + 1, -value);
  r.commitPush(at);
  return true;
};
const tryPop = (mem: Int32Array): number => {
  const r = ring(mem);
  const at = r.claimPop();
  if (at === 0) return 0;
  const value = ops.peek(mem, at);
  if (ops.peek(mem, at + 1) !== -value) throw new Error(`value ${value} was not whole`);
  r.commitPop(at);
  return value;
};

const pusher =
  (...values: number[]) =>
  (mem: Int32Array) => {
    const pushed = values.filter((value) => tryPush(mem, value));
    return { pushed, popped: [] as number[] };
  };
const popper = (times: number) => (mem: Int32Array) => {
  const popped: number[] = [];
  for (let i = 0; i < times; i++) {
    const value = tryPop(mem);
    if (value !== 0) popped.push(value);
  }
  return { pushed: [] as number[], popped };
};

interface Seen {
  pushed: number[];
  popped: number[];
}
const everyOnce = ({ mem, results }: { mem: Int32Array; results: readonly unknown[] }): void => {
  const seen = results as Seen[];
  const popped = seen.flatMap((s) => s.popped);
  const left = ring(mem).length;
  const rest: number[] = [];
  for (let value = tryPop(mem); value !== 0; value = tryPop(mem)) rest.push(value);
  expect(rest).toHaveLength(left);
  expect([...popped, ...rest].sort()).toEqual(seen.flatMap((s) => s.pushed).sort());
};

test("two pushers and two poppers: every value exactly once, whole", () => {
  holds({ words, init, threads: [pusher(1), pusher(2), popper(1), popper(1)], check: everyOnce });
});

test("cells are used again by the next lap", () => {
  holds({ words, init, threads: [pusher(1, 2, 3), popper(2)], check: everyOnce });
  holds({ words, init, threads: [pusher(1, 2), pusher(3), popper(2)], check: everyOnce });
});

test("one pusher's values leave in order", () => {
  holds({
    words,
    init,
    threads: [pusher(1, 2, 3), popper(1), popper(1)],
    check: ({ mem, results }) => {
      const seen = results as Seen[];
      const rest: number[] = [];
      for (let value = tryPop(mem); value !== 0; value = tryPop(mem)) rest.push(value);
      expect(rest).toEqual(rest.slice().sort());
      for (const { popped } of seen) for (const p of popped) for (const r of rest) expect(p).toBeLessThan(r);
    },
  });
});

test("full and empty are told only when a cell is in the way", () => {
  holds({
    words,
    init,
    threads: [pusher(1, 2)],
    check: ({ mem, results }) => {
      expect((results[0] as Seen).pushed).toEqual([1, 2]);
      expect(tryPush(mem, 3)).toBe(false);
      expect([tryPop(mem), tryPop(mem), tryPop(mem)]).toEqual([1, 2, 0]);
      expect(tryPush(mem, 3)).toBe(true);
    },
  });
});

test("indices wrap around", () => {
  const near = 0x7fffffff;
  holds({
    words,
    init: (mem) => {
      // As if 2^31 - 1 values had passed.
      const shape = new Int32Array(words);
      initMpmc(shape, 0, SIZE, WIDTH);
      for (let i = 0; i < words; i++) mem[i] = shape[i]!;
      mem[0] = near;
      mem[16] = near;
      mem[32 + WIDTH + 1] = near; // cell 1 serves odd indices
      mem[32] = (near + 1) | 0;
    },
    threads: [pusher(1, 2), popper(2)],
    check: everyOnce,
  });
});

test("length is never negative nor more than the ring holds", () => {
  holds({
    words,
    init: (mem) => {
      init(mem);
      tryPush(mem, 1);
    },
    threads: [
      (mem) => {
        tryPop(mem);
        tryPush(mem, 2);
        tryPop(mem);
      },
      (mem) => {
        const length = ring(mem).length;
        if (length < 0 || length > SIZE) throw new Error(`length ${length}`);
      },
    ],
  });
});

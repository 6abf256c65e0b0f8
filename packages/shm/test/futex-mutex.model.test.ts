import { afterAll, beforeAll, expect, test } from "vitest";
import { ops } from "../src/atomics.ts";
import { breakLock, lock, ownerOf, setMutexSpins, tryLock, unlock } from "../src/futex-mutex.ts";
import { holds } from "./model.ts";

let before: number;
beforeAll(() => {
  before = setMutexSpins(0);
});
afterAll(() => void setMutexSpins(before));

const LOCK = 0;
const COUNT = 1;
const names = { [LOCK]: "LOCK", [COUNT]: "COUNT" };

/** Adds one under the lock; only mutual exclusion makes the plain read and write safe. */
const increment = (owner: number, canBlock: boolean) => (mem: Int32Array) => {
  lock(mem, LOCK, owner, canBlock);
  ops.poke(mem, COUNT, ops.peek(mem, COUNT) + 1);
  unlock(mem, LOCK, owner);
};
const counted = (n: number) => ({
  words: 2,
  names,
  check: ({ mem }: { mem: Int32Array }) => {
    expect(mem[COUNT]).toBe(n);
    expect(ownerOf(mem, LOCK)).toBe(-1);
  },
});

test("two threads that sleep for the lock exclude each other and both get it", () => {
  holds({ ...counted(2), threads: [increment(0, true), increment(1, true)] });
});

test("three threads: a sleeper is never forgotten", () => {
  const report = holds({ ...counted(3), threads: [0, 1, 2].map((owner) => increment(owner, true)) });
  expect(report.states).toBeGreaterThan(1000);
});

test("a thread that may not block spins while another sleeps", () => {
  holds({ ...counted(3), threads: [increment(0, false), increment(1, true), increment(2, true)] });
});

test("with a spin before the sleep, two threads exclude each other", () => {
  setMutexSpins(1);
  try {
    holds({ ...counted(2), threads: [increment(0, true), increment(1, true)] });
  } finally {
    setMutexSpins(0);
  }
});

test("tryLock takes the lock only when it is free", () => {
  const attempt = (owner: number) => (mem: Int32Array) => {
    if (!tryLock(mem, LOCK, owner)) return false;
    ops.poke(mem, COUNT, ops.peek(mem, COUNT) + 1);
    unlock(mem, LOCK, owner);
    return true;
  };
  holds({
    words: 2,
    threads: [attempt(0), increment(1, true), attempt(2)],
    check: ({ mem, results }) => {
      expect(mem[COUNT]).toBe(1 + Number(results[0]) + Number(results[2]));
      expect(mem[LOCK]).toBe(0);
    },
  });
});

test("a death anywhere leaves no sleeper behind once the lock is broken", () => {
  const broken = new Set<unknown>();
  const pass = (owner: number) => (mem: Int32Array) => {
    lock(mem, LOCK, owner, true);
    unlock(mem, LOCK, owner);
  };
  holds(
    {
      words: 2,
      names,
      threads: [pass(0), pass(1), pass(2)],
      undertaker: (mem, awaitDeath) => breakLock(mem, LOCK, awaitDeath()),
      check: ({ mem, results, dead }) => {
        expect(ownerOf(mem, LOCK)).toBe(-1);
        if (dead.includes(true)) broken.add(results[3]);
      },
    },
    { kill: true },
  );
  expect(broken).toEqual(new Set([true, false]));
});

test("the lock of a living thread is not broken", () => {
  holds({
    ...counted(2),
    threads: [
      increment(0, true),
      increment(1, true),
      (mem) => {
        if (breakLock(mem, LOCK, 7)) throw new Error("broke what 7 never held");
      },
    ],
  });
});

test("two threads that break a dead thread's lock at once do not free it for a living one", () => {
  const DEAD = 7;
  const breakThenIncrement = (owner: number) => (mem: Int32Array) => {
    breakLock(mem, LOCK, DEAD);
    increment(owner, true)(mem);
  };
  holds({
    ...counted(2),
    init: (mem) => lock(mem, LOCK, DEAD, true),
    threads: [breakThenIncrement(0), breakThenIncrement(1)],
  });
});

// Both ends of the buffer at once. Here also the slots are words that anybody may touch at any moment.

import { markDead, SLOT_WORDS } from "@gr/shm";
import { beforeEach, expect, test } from "vitest";
import { brokenBy } from "../src/shared-protocol.ts";
import { countOf, mayGet, mayPut } from "../src/shared-ring.ts";
import {
  CHAN_WORDS,
  CLOSED,
  CLOSED_BROKEN,
  GOT,
  LOCK,
  RLOCK,
  SAW_GOT,
  SAW_SENT,
  SENT,
  SHUT,
} from "../src/shared-words.ts";
import {
  attempt,
  close,
  deathWords,
  holds,
  initChan,
  noneForgotten,
  park,
  valuesOf,
  waitMail,
  X,
} from "./shared-model.ts";
import { note, seen, type Thread, tries } from "./shared-threads.ts";

beforeEach(() => void seen());

const SLOTS = Array.from({ length: 2 * SLOT_WORDS }, (_, i) => X + CHAN_WORDS + i);
const NOTES = [X + SAW_GOT, X + SAW_SENT];

const sends =
  (...values: number[]): Thread =>
  (mem, m) =>
    values.filter((value) => attempt(mem, m, [X, value]) === "sent");
const receives =
  (n: number): Thread =>
  (mem, m) =>
    Array.from({ length: n }, () => attempt(mem, m, [X, "recv"])).filter((value) => value !== undefined);

test("a sender and a receiver that do not wait: each value once, whole and in order", () => {
  for (const [cap, first] of [
    [1, [1]],
    [1, []],
    [2, [1]],
  ] as const) {
    holds({
      open: SLOTS,
      init: (mem) => initChan(mem, X, cap, first),
      threads: [sends(2, 3), receives(2)],
      check: ({ mem, results }) => {
        const [sent, got] = results as [number[], number[]];
        expect([...got, ...valuesOf(mem, X)]).toEqual([...first, ...sent]);
        noneForgotten(mem);
        note([sent, got]);
      },
    });
    expect(seen().length).toBeGreaterThan(2);
  }
});

test("two senders and a receiver; two receivers and a sender", () => {
  holds({
    open: SLOTS,
    init: (mem) => initChan(mem, X, 2, [1]),
    threads: [sends(2), sends(3), receives(2)],
    check: ({ mem, results }) => {
      const [a, b, got] = results as number[][];
      const all = [...(got ?? []), ...valuesOf(mem, X)];
      expect(all[0]).toBe(1);
      expect(all.slice(1).sort()).toEqual([...(a ?? []), ...(b ?? [])].sort());
    },
  });
  holds({
    open: SLOTS,
    init: (mem) => initChan(mem, X, 2, [1]),
    threads: [sends(2), receives(1), receives(1)],
    check: ({ mem, results }) => {
      const [, a, b] = results as number[][];
      expect([...(a ?? []), ...(b ?? []), ...valuesOf(mem, X)].sort()).toEqual([1, 2]);
    },
  });
});

test("a look without a lock finds a value, or room, that is always there", () => {
  holds({
    open: [...SLOTS, ...NOTES],
    init: (mem) => initChan(mem, X, 2, [1]),
    threads: [
      (mem, m) => [attempt(mem, m, [X, 2]), attempt(mem, m, [X, "recv"])],
      (mem) => [mayGet(mem, X), countOf(mem, X) > 0],
    ],
    check: ({ results }) => expect(results[1]).toEqual([true, true]),
  });
  holds({
    open: [...SLOTS, ...NOTES],
    init: (mem) => initChan(mem, X, 2, [1]),
    threads: [
      (mem, m) => [attempt(mem, m, [X, "recv"]), attempt(mem, m, [X, 2])],
      (mem) => [mayPut(mem, X), countOf(mem, X) < 2],
    ],
    check: ({ results }) => expect(results[1]).toEqual([true, true]),
  });
});

test("a look without a lock says no when the buffer is empty, or full", () => {
  const steps = (mem: Int32Array): void => {
    initChan(mem, X, 1);
    expect([mayGet(mem, X), mayPut(mem, X), countOf(mem, X)]).toEqual([false, true, 0]);
    attempt(mem, 0, [X, 1]);
    expect([mayGet(mem, X), mayPut(mem, X), countOf(mem, X)]).toEqual([true, false, 1]);
    attempt(mem, 0, [X, "recv"]);
    expect([mayGet(mem, X), mayPut(mem, X), countOf(mem, X)]).toEqual([false, true, 0]);
  };
  holds({ init: steps, threads: [() => undefined] });
});

test("while a blocked sender's value moves in, the buffer holds as much as before", () => {
  holds({
    open: [...SLOTS, ...NOTES],
    init: (mem) => {
      initChan(mem, X, 1, [1]);
      park(mem, 0, [[X, 2]]);
    },
    threads: [waitMail, tries([X, "recv"]), (mem) => countOf(mem, X)],
    check: ({ mem, results }) => {
      expect(results.slice(1)).toEqual([1, 1]);
      expect(valuesOf(mem, X)).toEqual([2]);
    },
  });
});

test("receivers that took both locks leave the others no wrong note of what was sent", () => {
  const steps = (mem: Int32Array): void => {
    initChan(mem, X, 2, [1, 2]);
    park(mem, 1, [[X, 3]]);
    expect(receives(4)(mem, 0)).toEqual([1, 2, 3]);
    expect(sends(4, 5, 6)(mem, 0)).toEqual([4, 5]);
    expect(receives(1)(mem, 0)).toEqual([4]);
    close(mem, 0, X);
    expect(receives(1)(mem, 0)).toEqual([5]);
  };
  holds({ init: steps, threads: [() => undefined, () => undefined] });
});

test("a buffer that stays full for 2³¹ moves is still full to whoever looks", () => {
  const steps = (mem: Int32Array): void => {
    initChan(mem, X, 1, [1]);
    // As so many moves leave them, less one.
    for (const word of [SENT, GOT, SAW_SENT, SAW_GOT]) mem[X + word] = ((mem[X + word] as number) + 0x7ffffffe) | 0;
    park(mem, 1, [[X, 2]]);
    expect(receives(1)(mem, 0)).toEqual([1]);
    // Neither end looks anew while the buffer stays full: a note that is not renewed by the move is wrong 2³¹ moves later.
    expect(mem[X + SAW_SENT]).toBe(mem[X + SENT]);
    expect(mem[X + SAW_GOT]).toBe(mem[X + GOT]);
    expect(mayPut(mem, X)).toBe(false);
    expect(sends(99)(mem, 0)).toEqual([]);
  };
  holds({ init: steps, threads: [() => undefined, () => undefined] });
});

test("a death at either end: nothing comes twice, and what is not broken is whole", () => {
  const outcomes = new Set<string>();
  holds(
    {
      open: [...deathWords, ...SLOTS, X + CLOSED, X + SHUT],
      init: (mem) => initChan(mem, X, 2, [1]),
      threads: [sends(2), receives(1)],
      undertaker: (mem, awaitDeath) => {
        const dead = awaitDeath();
        const place = markDead(mem, dead);
        if (place !== 0) brokenBy(mem, place, dead);
      },
      check: ({ mem, results, dead, done }) => {
        const broken = mem[X + CLOSED] === CLOSED_BROKEN;
        expect(mem[X + SHUT]).toBe(mem[X + CLOSED]);
        expect([mem[X + LOCK], mem[X + RLOCK]]).toEqual([0, 0]);
        if (!broken) {
          noneForgotten(mem, dead);
          const left = [...(done[1] ? (results[1] as number[]) : []), ...valuesOf(mem, X)];
          expect([[1], [2], [1, 2], []]).toContainEqual(left);
        }
        outcomes.add(`${dead.includes(true) ? `died ${dead.indexOf(true)}` : "lived"}${broken ? ", broken" : ""}`);
      },
    },
    { kill: true },
  );
  expect([...outcomes].sort()).toEqual(["died 0", "died 0, broken", "died 1", "died 1, broken", "lived"]);
});

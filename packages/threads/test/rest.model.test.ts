// Letters go round between Ms that come to rest in between. A letter stands for all that one M can make another do.

import { isEmpty, nextOf, ops, Parker, push, takeAll, unpark } from "@gr/shm";
import { expect, test } from "vitest";
import { ableAnywhere, allRest, closedAnywhere, closedWorker, restsWith } from "../src/all-rest.ts";
import { Group } from "../src/group.ts";
import { reserveSolo } from "../src/group-rare.ts";
import { handed } from "../src/handed.ts";
import * as w from "../src/layout.ts";
import * as Life from "../src/life.ts";
import * as MState from "../src/m-state.ts";
import { rest, stir } from "../src/rest.ts";
import { Asleep, Begun, Drained, Signals } from "../src/rest-bits.ts";
import { DONE, holds, idlePs, MS, RECORD, STARTED } from "./model.ts";

const BOTH = Asleep | Drained;
const VERDICT = STARTED;
/** A letter: link, and how often it is still to be sent on. Behind them one ring per M: link, and whether it is out. */
const LETTERS = 2;
const ring = (m: number): number => RECORD + 2 * LETTERS + 2 * m;
const WORDS = ring(MS);

const inbox = (m: number): number => w.mSlot(m) + w.M_INBOX;
const park = (m: number): number => w.mSlot(m) + w.M_PARK;

// Of the slots, three words are read by other Ms; the cells are their holder's.
const exclusive = (at: number): boolean => {
  if (at >= RECORD) return true;
  if (at === DONE || at === VERDICT || at === w.LOCK || at === w.STARTING) return false;
  if (at < w.M0 || at >= w.pBase(MS)) return true;
  const word = (at - w.M0) % w.M_WORDS;
  return word !== w.M_PARK && word !== w.M_INBOX && word !== w.M_REST && word !== w.M_STATE;
};

const send = (mem: Int32Array, to: number, cell: number): void => {
  if (push(mem, inbox(to), cell)) unpark(mem, park(to));
};

/** Takes what has come, and sends each letter on to the next of `ms`. */
const receive = (mem: Int32Array, m: number, ms: number): void => {
  if (isEmpty(mem, inbox(m))) return;
  for (let cell = takeAll(mem, inbox(m)); cell !== 0; ) {
    const next = nextOf(mem, cell);
    const left = ops.peek(mem, cell + 1);
    ops.poke(mem, cell + 1, left - 1);
    if (cell >= ring(0)) ops.poke(mem, cell + 1, 0);
    else {
      ops.add(mem, DONE, 1);
      if (left > 0) send(mem, 1 + (m % (ms - 1)), cell);
    }
    cell = next;
  }
};

/** Says how it rests, rings main if it is the last, and sleeps; for ever. */
const worker =
  (m: number, ms: number, boot?: (mem: Int32Array) => void) =>
  (mem: Int32Array): never => {
    const s = new Group(mem, m, { ms: MS });
    const parker = new Parker(mem, park(m));
    boot?.(mem);
    for (;;) {
      stir(s);
      receive(mem, m, ms);
      rest(s, BOTH);
      // Not rung again while main has not heard the first.
      if (allRest(handed, s, Asleep, BOTH) && ops.peek(mem, ring(m) + 1) === 0) {
        ops.poke(mem, ring(m) + 1, 1);
        send(mem, 0, ring(m));
      }
      parker.park();
    }
  };

/** Main, which lets its loop drain when all others have, and then looks once more. */
const main =
  (ms: number, steps: number) =>
  (mem: Int32Array): void => {
    const s = new Group(mem, 0, { ms: MS });
    const parker = new Parker(mem, park(0));
    for (;;) {
      stir(s);
      receive(mem, 0, ms);
      rest(s, Asleep);
      if (allRest(handed, s, Asleep, BOTH)) {
        rest(s, BOTH);
        if (allRest(handed, s, BOTH, BOTH)) {
          if (ops.load(mem, DONE) !== steps) throw new Error("a letter was on its way");
          ops.store(mem, VERDICT, 1);
          return;
        }
      }
      parker.park();
    }
  };

const init = (mem: Int32Array, ms: number): void => {
  idlePs(mem, 2);
  ops.store(mem, w.NMS, ms);
  for (let m = 0; m < ms; m++) {
    ops.store(mem, w.mSlot(m) + w.M_STATE, MState.Awake);
    ops.store(mem, w.mSlot(m) + w.M_LIFE, Life.Given);
  }
};
/** A letter in M m's inbox, to be sent on `left` times. */
const post = (mem: Int32Array, m: number, letter: number, left: number): void => {
  ops.poke(mem, RECORD + 2 * letter + 1, left);
  push(mem, inbox(m), RECORD + 2 * letter);
};
/** Not stuck for ever before it was found. */
const found = ({ mem }: { mem: Int32Array }): boolean => mem[VERDICT] === 1;

test("two Ms: found at last, and not while a letter is on its way", () => {
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      init(mem, 2);
      post(mem, 1, 0, 0);
    },
    threads: [main(2, 1), worker(1, 2)],
    allowStuck: found,
  });
});

// Three Ms that go on for ever have too many states. Here each comes to its end, and somebody looks once.

/** Looks once. */
const reader = (steps: number) => (mem: Int32Array) => {
  const all = allRest(handed, new Group(mem, 0, { ms: MS }), Asleep, BOTH);
  if (all && ops.load(mem, DONE) !== steps) throw new Error("a letter was on its way");
  return all;
};

/** An M that is called `calls` times; the first time at once if `awake`. */
const called =
  (m: number, calls: number, awake: boolean) =>
  (mem: Int32Array): void => {
    const s = new Group(mem, m, { ms: MS });
    const parker = new Parker(mem, park(m));
    for (let i = 0; i < calls; i++) {
      if (i > 0 || !awake) parker.park();
      stir(s);
      receive(mem, m, 3);
      rest(s, BOTH);
    }
  };
const resting = (mem: Int32Array, ...ms: number[]): void => {
  for (const m of ms) ops.store(mem, w.mSlot(m) + w.M_REST, m === 0 ? Asleep : BOTH);
};

test("three Ms: a letter behind the reader", () => {
  const looks = new Set<unknown>();
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      init(mem, 3);
      resting(mem, 0, 2);
      post(mem, 1, 0, 2);
    },
    threads: [reader(3), called(1, 2, true), called(2, 1, false)],
    check: ({ results }) => void looks.add(results[0]),
  });
  expect(looks).toEqual(new Set([false, true]));
});

test("three Ms: a letter before and one behind the reader", () => {
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      init(mem, 3);
      resting(mem, 0, 1);
      post(mem, 2, 0, 1);
    },
    threads: [reader(2), called(1, 1, false), called(2, 1, true)],
  });
});

test("an M that starts meanwhile", () => {
  const looks = new Set<unknown>();
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      init(mem, 3);
      resting(mem, 0, 1);
      ops.store(mem, w.STARTING, 1);
      ops.store(mem, w.mSlot(2) + w.M_STATE, MState.None);
    },
    threads: [
      reader(1),
      called(1, 1, false),
      (mem) => {
        const s = new Group(mem, 2, { ms: MS });
        s.lock();
        ops.store(mem, s.slot + w.M_STATE, MState.Awake);
        ops.sub(mem, w.STARTING, 1);
        s.unlock();
        send(mem, 1, RECORD);
        stir(s);
        rest(s, BOTH);
      },
    ],
    check: ({ results }) => void looks.add(results[0]),
  });
  expect(looks).toEqual(new Set([false, true]));
});

test("an M that is handed a P, or for which something is queued, is not at rest", () => {
  for (const word of [w.NWANT, w.NGLOBAL, w.NBLOCKING, w.STARTING, w.NEED]) {
    const mem = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    init(mem, 2);
    resting(mem, 0, 1);
    const s = new Group(mem, 0, { ms: MS });
    expect(allRest(handed, s, Asleep, BOTH)).toBe(true);
    mem[word] = 1;
    expect(allRest(handed, s, Asleep, BOTH)).toBe(false);
    mem[word] = 0;
    const p = s.popIdleP();
    s.hand(1, p, false);
    expect(allRest(handed, s, Asleep, BOTH)).toBe(false);
  }
});

test("the last to come to rest finds all at rest, whoever it is", () => {
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => init(mem, 3),
    threads: [0, 1, 2].map((m) => (mem: Int32Array) => {
      const s = new Group(mem, m, { ms: MS });
      rest(s, m === 0 ? Asleep : BOTH);
      return allRest(handed, s, Asleep, BOTH);
    }),
    check: ({ results }) => expect(results).toContain(true),
  });
});

test("an M asleep whose event loop has not drained counts as such", () => {
  const mem = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  init(mem, 2);
  const [s, other] = [new Group(mem, 0, { ms: MS }), new Group(mem, 1, { ms: MS })];
  rest(s, Asleep);
  rest(other, Asleep);
  expect([allRest(handed, s, Asleep, Asleep), allRest(handed, s, Asleep, BOTH)]).toEqual([true, false]);
  rest(other, BOTH);
  expect([allRest(handed, s, Asleep, BOTH), allRest(handed, s, BOTH, BOTH)]).toEqual([true, false]);
  stir(other);
  expect(allRest(handed, s, Asleep, Asleep)).toBe(false);
});

test.each(["new", "one that a resting thread had"])(
  "a thread is reserved for a portable alone, its slot is %s",
  (slot) => {
    holds({
      words: WORDS,
      exclusive: (at) => at !== w.NMS && exclusive(at),
      init: (mem) => {
        init(mem, slot === "new" ? 2 : 3);
        resting(mem, 0);
        ops.store(mem, w.WORKER_LIMIT, 9);
        if (slot === "new") return;
        rest(new Group(mem, 2, { ms: MS }), BOTH);
        ops.store(mem, w.mSlot(2) + w.M_STATE, MState.None);
        ops.store(mem, w.mSlot(2) + w.M_LIFE, Life.Free);
      },
      threads: [
        (mem) => allRest(handed, new Group(mem, 0, { ms: MS }), Asleep, BOTH),
        (mem) => {
          const s = new Group(mem, 1, { ms: MS });
          reserveSolo(s);
          rest(s, BOTH);
        },
      ],
      check: ({ results }) => expect(results[0]).toBe(false),
    });
  },
);

test("what all Ms together say of closed programs and signals leaves out those that are gone", () => {
  const mem = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  init(mem, 3);
  for (const m of [0, 1, 2]) {
    ops.store(mem, w.mSlot(m) + w.M_ABLE, 1 << m);
    ops.store(mem, w.mSlot(m) + w.M_CLOSED, 8 << m);
  }
  const s = new Group(mem, 2, { ms: MS });
  rest(s, BOTH);
  expect([ableAnywhere(handed, mem), closedAnywhere(handed, mem), restsWith(handed, mem, Signals)]).toEqual([
    7, 56, -1,
  ]);
  rest(s, BOTH | Signals);
  expect([restsWith(handed, mem, Signals), restsWith(handed, mem, Begun)]).toEqual([2, -1]);
  // Main judges its own itself.
  expect([0, 8, 16, 24, 32, 56].map((able) => closedWorker(handed, mem, able))).toEqual([1, 1, 2, 2, 1, -1]);
  ops.store(mem, s.slot + w.M_STATE, MState.None);
  expect([ableAnywhere(handed, mem), closedAnywhere(handed, mem), restsWith(handed, mem, Signals)]).toEqual([
    3, 24, -1,
  ]);
  expect(closedWorker(handed, mem, 24)).toBe(-1);
});

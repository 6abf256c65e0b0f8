// Every interleaving of a few threads at a shared wait group.

import { beforeEach, expect, test } from "vitest";
import { ADDED, BELOW_ZERO, MOST, STEP, TOO_MANY } from "../src/shared-count.ts";
import { BLOCKED, COMPLETED } from "../src/shared-queue.ts";
import { STATE } from "../src/shared-words.ts";
import {
  A,
  add,
  did,
  finish,
  G,
  holds,
  mailOf,
  noneForgotten,
  note,
  park,
  perform,
  performCancelled,
  queueOf,
  release,
  seen,
  tryAt,
  waitMail,
} from "./shared-model.ts";

type Thread = (mem: Int32Array, m: number) => unknown;

beforeEach(() => void seen());

const count =
  (n: number) =>
  (mem: Int32Array): void => {
    mem[G + STATE] = n;
  };
const done: Thread = (mem, m) => add(mem, m, -1);
const waits: Thread = (mem, m) => perform(mem, m, [G]);

test("two that wait are released by the last of two that are done, whoever comes first", () => {
  holds({
    init: count(2),
    threads: [waits, waits, done, done],
    check: ({ mem, results }) => {
      expect(results.slice(0, 2)).toEqual([did(G), did(G)]);
      expect(results.slice(2).sort()).toEqual([ADDED, STEP]);
      expect([mem[G + STATE], ...queueOf(mem, G)]).toEqual([0]);
      noneForgotten(mem);
    },
  });
});

test("who waits is released by its own step to zero: one that adds again keeps nobody, and frees no newcomer", () => {
  holds({
    init: (mem) => {
      mem[G + STATE] = 1;
      park(mem, 0, [G]);
    },
    threads: [
      (mem, m) => finish(mem, m, [G], waitMail(mem, m, [G])),
      (mem, m) => [add(mem, m, -1), add(mem, m, 1)],
      // It has seen the second round when it waits: only the second step may release it.
      (mem, m) => {
        if (tryAt(mem, m, G) !== BLOCKED) return "at zero";
        return perform(mem, m, [G]);
      },
    ],
    allowStuck: ({ mem, done: over }) => {
      noneForgotten(mem);
      return over[0] === true && over[1] === true && mem[G + STATE] === 1;
    },
    check: ({ mem, done: over, results }) => {
      expect([over[0], results[0], results[1]]).toEqual([true, did(G), [STEP, ADDED]]);
      note(over[2] ? results[2] : "waits for the second");
      noneForgotten(mem);
    },
  });
  expect(seen()).toEqual(['"at zero"', '"waits for the second"', JSON.stringify(did(G))].sort());
});

test("of three that are done and one that adds, the counter is never below zero, and what would make it so changes nothing", () => {
  holds({
    init: count(1),
    threads: [done, done, (mem, m) => add(mem, m, 1)],
    invariant: (mem) => {
      if ((mem[G + STATE] as number) < 0) throw new Error("below zero");
    },
    check: ({ mem, results }) => {
      const below = results.filter((r) => r === BELOW_ZERO).length;
      expect(mem[G + STATE]).toBe(below);
      note([...results.slice(0, 2)].sort());
    },
  });
  expect(seen()).toEqual(
    [
      [STEP, BELOW_ZERO],
      [STEP, STEP],
      [ADDED, STEP],
    ]
      .map((r) => JSON.stringify(r))
      .sort(),
  );
});

test("the counter has an end, and more than that changes nothing", () => {
  holds({
    init: count(MOST - 1),
    threads: [(mem, m) => add(mem, m, 1), (mem, m) => add(mem, m, 1)],
    check: ({ mem, results }) => {
      expect(mem[G + STATE]).toBe(MOST);
      expect([...results].sort()).toEqual([ADDED, TOO_MANY]);
    },
  });
});

test("a cancel that meets the step leaves nothing on the queue, and others are released", () => {
  holds({
    init: count(1),
    threads: [(mem, m) => performCancelled(mem, m, [G]), waits, done],
    check: ({ mem, results }) => {
      expect(results[1]).toEqual(did(G));
      expect(queueOf(mem, G)).toEqual([]);
      // Who has left gets no mail.
      if (results[0] === null) expect(mem[mailOf(0)]).toBe(0);
      note(results[0]);
      noneForgotten(mem);
    },
  });
  expect(seen()).toEqual(["null", JSON.stringify(did(G))]);
});

test("who gives up is off the queue, wherever it stands there, though nothing else happens", () => {
  const gives: Thread = (mem, m) => performCancelled(mem, m, [G]);
  holds({
    init: count(1),
    threads: [gives, gives, gives],
    check: ({ mem, results }) => {
      expect([results, queueOf(mem, G)]).toEqual([[null, null, null], []]);
      noneForgotten(mem);
    },
  });
});

test("a select of a group and a mutex has one of them, and leaves the other as it was", () => {
  for (const things of [
    [G, A],
    [A, G],
  ])
    holds({
      init: (mem) => {
        mem[G + STATE] = 1;
        mem[A + STATE] = 3;
      },
      threads: [(mem, m) => perform(mem, m, things), done, (mem, m) => release(mem, m, A)],
      check: ({ mem, results }) => {
        const { at } = results[0] as { at: number };
        expect(mem[A + STATE]).toBe(at === A ? 1 : 0);
        expect([...queueOf(mem, A), ...queueOf(mem, G)]).toEqual([]);
        note(at === A ? "mutex" : "group");
        noneForgotten(mem);
      },
    });
  expect(seen()).toEqual(['"group"', '"mutex"']);
});

test("at zero nobody waits", () => {
  holds({
    threads: [waits, (mem, m) => tryAt(mem, m, G)],
    check: ({ results }) => expect(results).toEqual([did(G), COMPLETED]),
  });
});

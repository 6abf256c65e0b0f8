// Every interleaving of a few threads at one or two shared mutexes.

import { ops } from "@gr/shm";
import { beforeEach, expect, test } from "vitest";
import { BLOCKED, versionOf } from "../src/shared-queue.ts";
import { STATE } from "../src/shared-words.ts";
import {
  A,
  add,
  B,
  critical,
  did,
  finish,
  G,
  GUARDED,
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

const locks: Thread = (mem, m) => {
  perform(mem, m, [A]);
  critical(mem);
  release(mem, m, A);
};

test("three that lock, count and release are never inside together, and nobody is forgotten", () => {
  holds({
    threads: [locks, locks, locks],
    check: ({ mem }) => {
      expect([mem[GUARDED], mem[A + STATE]]).toEqual([3, 0]);
      noneForgotten(mem);
    },
  });
});

test("who waits is served in the order in which it queued, before any newcomer", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 3;
      park(mem, 0, [A]);
      park(mem, 1, [A]);
    },
    threads: [
      (mem, m) => {
        finish(mem, m, [A], waitMail(mem, m, [A]));
        if (ops.peek(mem, GUARDED) !== 0) throw new Error("the second went first");
        release(mem, m, A);
      },
      (mem, m) => {
        finish(mem, m, [A], waitMail(mem, m, [A]));
        critical(mem);
        release(mem, m, A);
      },
      (mem, m) => release(mem, m, A),
      (mem, m) => {
        if (tryAt(mem, m, A) === BLOCKED) return "held";
        if (ops.peek(mem, GUARDED) !== 1) throw new Error("a newcomer went first");
        release(mem, m, A);
        return "free";
      },
    ],
    check: ({ mem, results }) => {
      expect([mem[A + STATE], mem[GUARDED]]).toEqual([0, 1]);
      note(results[3]);
      noneForgotten(mem);
    },
  });
  expect(seen()).toEqual(['"free"', '"held"']);
});

test("a cancel that meets a release loses no mutex", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 2;
    },
    threads: [
      (mem, m) => {
        const got = performCancelled(mem, m, [A]);
        if (got !== null) release(mem, m, A);
        return got;
      },
      (mem, m) => release(mem, m, A),
      locks,
    ],
    check: ({ mem, results }) => {
      expect([mem[A + STATE], mem[GUARDED]]).toEqual([0, 1]);
      expect(queueOf(mem, A)).toEqual([]);
      if (results[0] === null) expect(mem[mailOf(0)]).toBe(0);
      note(results[0]);
      noneForgotten(mem);
    },
  });
  expect(seen()).toEqual(["null", JSON.stringify(did(A))]);
});

test("a select of two mutexes that are released at once takes one of them, and leaves the other free", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 2;
      mem[B + STATE] = 3;
    },
    threads: [(mem, m) => perform(mem, m, [A, B]), (mem, m) => release(mem, m, A), (mem, m) => release(mem, m, B)],
    check: ({ mem, results }) => {
      const won = (results[0] as { at: number }).at;
      const other = won === A ? B : A;
      expect([mem[won + STATE], mem[other + STATE]]).toEqual([1, 0]);
      expect(queueOf(mem, other)).toEqual([]);
      note(won);
      noneForgotten(mem);
    },
  });
  expect(seen()).toEqual([String(B), String(A)].sort());
});

test("selects over both, in opposite orders, with plain lockers: each gets one, nobody holds two", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 3;
      park(mem, 0, [A, B]);
    },
    threads: [
      (mem, m) => {
        const { at } = finish(mem, m, [A, B], waitMail(mem, m, [A, B]));
        release(mem, m, at);
        return at;
      },
      (mem, m) => {
        const { at } = perform(mem, m, [B, A]);
        release(mem, m, at);
      },
      (mem, m) => release(mem, m, A),
    ],
    check: ({ mem, results }) => {
      expect([mem[A + STATE], mem[B + STATE]]).toEqual([0, 0]);
      note(results[0]);
      noneForgotten(mem);
    },
  });
});

/** What select does with a default: polls all, and polls again if anything became ready meanwhile. */
const pollOrDefault =
  (...things: number[]): Thread =>
  (mem, m) => {
    const versions = (): number => things.reduce((sum, x) => sum + versionOf(mem, x), 0);
    for (let before = versions(); ; ) {
      for (const x of things) if (tryAt(mem, m, x) !== BLOCKED) return x;
      const after = versions();
      if (after === before) return "default";
      before = after;
    }
  };

test("default is not chosen while one of two mutexes is always free", () => {
  for (const [free, held] of [
    [A, B],
    [B, A],
  ] as const) {
    holds({
      init: (mem) => {
        mem[held + STATE] = 2;
      },
      threads: [
        pollOrDefault(A, B),
        (mem, m) => {
          release(mem, m, held);
          return tryAt(mem, m, free);
        },
      ],
      check: ({ results }) => expect(results[0]).not.toBe("default"),
    });
  }
});

test("default is not chosen while a mutex is free or a group is done, one or the other", () => {
  for (const order of [
    [A, G],
    [G, A],
  ]) {
    holds({
      init: (mem) => {
        mem[A + STATE] = 2;
      },
      threads: [
        pollOrDefault(...order),
        (mem, m) => {
          release(mem, m, A);
          add(mem, m, 1);
        },
      ],
      check: ({ results }) => expect(results[0]).not.toBe("default"),
    });
    holds({
      init: (mem) => {
        mem[G + STATE] = 1;
      },
      threads: [
        pollOrDefault(...order),
        (mem, m) => {
          add(mem, m, -1);
          return tryAt(mem, m, A);
        },
      ],
      check: ({ results }) => expect(results[0]).not.toBe("default"),
    });
  }
});

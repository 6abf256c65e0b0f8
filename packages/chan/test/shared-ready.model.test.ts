// What is seen without the lock, select's default, and what a channel refuses, drops or keeps.

import { markDead, ops } from "@gr/shm";
import { beforeEach, expect, test } from "vitest";
import { mayRecv, maySend, versionOf } from "../src/shared-protocol.ts";
import { CLOSED, CLOSED_BROKEN, RECVQ, SAW_GOT, SAW_SENT, SENDQ, SHUT, VERSION } from "../src/shared-words.ts";
import {
  attempt,
  CLOSED_TEXT,
  cellOf,
  close,
  type Did,
  finish,
  GATE,
  holds,
  initChan,
  type ModelCase,
  park,
  queueOf,
  valuesOf,
  waitMail,
  X,
  Y,
} from "./shared-model.ts";
import { closes, did, note, seen, selects, type Thread, tries } from "./shared-threads.ts";

beforeEach(() => void seen());

/** What select does with a default: polls all, and polls again if anything became ready meanwhile. */
const pollOrDefault =
  (...cases: ModelCase[]): Thread =>
  (mem, m) => {
    const versions = (): number => cases.reduce((sum, [c]) => sum + versionOf(mem, c), 0);
    for (let before = versions(); ; ) {
      for (const one of cases) {
        const [c, what] = one;
        const got = (what === "recv" ? mayRecv : maySend)(mem, c) ? attempt(mem, m, one) : undefined;
        if (got !== undefined) return got;
      }
      const after = versions();
      if (after === before) return "default";
      before = after;
    }
  };
const READ_OPENLY = [X, Y].flatMap((c) => [SAW_GOT, SAW_SENT, CLOSED, VERSION, RECVQ, SENDQ].map((word) => c + word));

test("default is not chosen while a value is always in one of two channels", () => {
  for (const [from, to] of [
    [X, Y],
    [Y, X],
  ] as const) {
    holds({
      open: READ_OPENLY,
      init: (mem) => {
        initChan(mem, from, 1, [1]);
        initChan(mem, to, 1);
      },
      threads: [
        pollOrDefault([X, "recv"], [Y, "recv"]),
        (mem, m) => {
          attempt(mem, m, [to, 2]);
          return attempt(mem, m, [from, "recv"]);
        },
      ],
      check: ({ results }) => note(results),
    });
    expect(seen()).toEqual(["[1,null]", "[2,1]"]);
  }
});

test("default is not chosen while blocked senders stand behind a full buffer, or a channel is closed", () => {
  holds({
    open: READ_OPENLY,
    init: (mem) => {
      initChan(mem, X, 1, [1]);
      park(mem, 2, [[X, 2]]);
    },
    threads: [pollOrDefault([X, "recv"]), (mem, m) => attempt(mem, m, [X, "recv"]), waitMail],
    check: ({ results }) => note(results.slice(0, 2)),
  });
  expect(seen()).toEqual(["[1,2]", "[2,1]"]);
  holds({
    open: READ_OPENLY,
    init: (mem) => {
      initChan(mem, X, 1, [1]);
      initChan(mem, Y, 0);
    },
    threads: [pollOrDefault([X, "recv"], [Y, "recv"]), (mem, m) => [close(mem, m, Y), attempt(mem, m, [X, "recv"])]],
    check: ({ results }) => note(results),
  });
  expect(seen()).toEqual(['["closed",[true,1]]', "[1,[true,null]]"]);
});

test("a look without the lock does not miss a party that is queued", () => {
  holds({
    open: READ_OPENLY,
    init: (mem) => initChan(mem, X, 0),
    threads: [
      (mem, m) => {
        park(mem, m, [[X, "recv"]]);
        ops.store(mem, GATE, 1);
        return waitMail(mem, m);
      },
      (mem, m) => (ops.load(mem, GATE) === 1 ? maySend(mem, X) && attempt(mem, m, [X, 7]) : "early"),
    ],
    allowStuck: ({ results }) => results[1] === "early",
    check: ({ results }) => note(results[1]),
  });
  expect(seen()).toEqual(['"early"', '"sent"']);
  holds({
    open: READ_OPENLY,
    init: (mem) => initChan(mem, X, 1, [1]),
    threads: [
      (mem, m) => {
        attempt(mem, m, [X, "recv"]);
        ops.store(mem, GATE, 1);
      },
      (mem, m) => (ops.load(mem, GATE) === 1 ? maySend(mem, X) && attempt(mem, m, [X, 7]) : "early"),
    ],
    check: ({ results }) => note(results[1]),
  });
  expect(seen()).toEqual(['"early"', '"sent"']);
});

test("each thing that makes an operation possible is noticed, also if nothing else changes", () => {
  // The first case to be polled becomes ready (by `then`); then what the second would have found is taken away, which
  // counts nothing up: a parked party is served.
  const kinds: Record<string, { then: Thread; cap: number; values?: number[] }> = {
    "a sender that parks": { cap: 0, then: (mem, m) => park(mem, m, [[X, 1]]) },
    "a value in the buffer": { cap: 1, then: (mem, m) => attempt(mem, m, [X, 1]) },
    "a close": { cap: 0, then: (mem, m) => close(mem, m, X) },
  };
  for (const { then, cap } of Object.values(kinds)) {
    holds({
      open: READ_OPENLY,
      init: (mem) => {
        initChan(mem, X, cap);
        initChan(mem, Y, 0);
        park(mem, 2, [[Y, 2]]);
      },
      threads: [
        pollOrDefault([X, "recv"], [Y, "recv"]),
        (mem, m) => {
          then(mem, m);
          return attempt(mem, m, [Y, "recv"]);
        },
        () => undefined,
      ],
      check: ({ results }) => {
        expect(results[0]).not.toBe("default");
        note(results[0]);
      },
    });
    expect(seen().length).toBe(2);
  }
  // Room in a buffer, for a send.
  holds({
    open: READ_OPENLY,
    init: (mem) => {
      initChan(mem, X, 1, [1]);
      initChan(mem, Y, 0);
      park(mem, 2, [[Y, "recv"]]);
    },
    threads: [
      pollOrDefault([X, 7], [Y, 7]),
      (mem, m) => [attempt(mem, m, [X, "recv"]), attempt(mem, m, [Y, 8])],
      () => undefined,
    ],
    check: ({ results }) => note(results[0]),
  });
  expect(seen()).toEqual(['"sent"']);
});

test("a waiter that was lost elsewhere, or whose thread is dead, is dropped by whoever meets it", () => {
  const steps = (mem: Int32Array): void => {
    initChan(mem, X, 0);
    initChan(mem, Y, 0);
    const both: ModelCase[] = [
      [X, "recv"],
      [Y, "recv"],
    ];
    park(mem, 0, both);
    attempt(mem, 1, [Y, 5]);
    // Its other waiter is met by a sender, which finds nobody and parks.
    park(mem, 1, [[X, 6]]);
    expect(queueOf(mem, X, RECVQ)).toEqual([]);
    expect(attempt(mem, 3, [X, "recv"])).toBe(6);
    // It leaves only now: those who came meanwhile are not disturbed.
    park(mem, 2, [[X, "recv"]]);
    expect(finish(mem, 0, both, waitMail(mem, 0))).toEqual(did(1, 5));
    expect(queueOf(mem, X, RECVQ)).toEqual([cellOf(2, 0)]);
    markDead(mem, 2);
    park(mem, 3, [[X, 9]]);
    expect(queueOf(mem, X, RECVQ)).toEqual([]);
    expect(queueOf(mem, X, SENDQ)).toEqual([cellOf(3, 0)]);
    markDead(mem, 3);
    expect(attempt(mem, 1, [X, "recv"])).toBeUndefined();
    expect(queueOf(mem, X, SENDQ)).toEqual([]);
  };
  holds({ init: steps, threads: Array.from({ length: 4 }, () => () => undefined) });
});

test("a closed or broken channel refuses what it must", () => {
  holds({
    threads: [() => undefined],
    init: (mem) => {
      initChan(mem, X, 2, [1]);
      close(mem, 0, X);
      expect(attempt(mem, 0, [X, 2])).toBe(CLOSED_TEXT);
      expect(attempt(mem, 0, [X, "recv"])).toBe(1);
      expect(attempt(mem, 0, [X, "recv"])).toBe(CLOSED_TEXT);
      initChan(mem, Y, 2, [1]);
      mem[Y + CLOSED] = CLOSED_BROKEN;
      mem[Y + SHUT] = CLOSED_BROKEN;
      expect(attempt(mem, 0, [Y, 2])).toBe(CLOSED_TEXT);
      expect(attempt(mem, 0, [Y, "recv"])).toBe(CLOSED_TEXT);
      park(mem, 0, [[Y, "recv"]]);
      expect(finish(mem, 0, [[Y, "recv"]], waitMail(mem, 0))).toEqual(did(0, CLOSED_TEXT));
      expect(valuesOf(mem, Y)).toEqual([1]);
    },
  });
});

test("close wakes all who wait, receivers or senders", () => {
  for (const what of ["recv", 7] as const) {
    holds({
      init: (mem) => {
        initChan(mem, X, 0);
        for (const m of [0, 1, 2]) park(mem, m, [[X, what]]);
      },
      threads: [waitMail, waitMail, waitMail, closes(X)],
      check: ({ results }) => expect(results.slice(0, 3)).toEqual([0, 1, 2].map((m) => cellOf(m, 0))),
    });
  }
});

test("a select whose first case was won meanwhile puts nothing into the second's buffer", () => {
  holds({
    init: (mem) => {
      initChan(mem, X, 0);
      initChan(mem, Y, 1);
    },
    threads: [selects([X, 1], [Y, 2]), tries([X, "recv"])],
    check: ({ mem, results }) => {
      const { key } = results[0] as Did;
      expect(results[1]).toBe(key === 0 ? 1 : null);
      expect(valuesOf(mem, Y)).toEqual(key === 0 ? [] : [2]);
      note(key);
    },
  });
  expect(seen()).toEqual(["0", "1"]);
});

test("a buffer is a ring", () => {
  holds({
    init: (mem) => initChan(mem, X, 2, [1, 2]),
    threads: [
      (mem, m) => [attempt(mem, m, [X, "recv"]), attempt(mem, m, [X, 3]), attempt(mem, m, [X, "recv"])],
      () => undefined,
    ],
    check: ({ mem, results }) => {
      expect(results[0]).toEqual([1, "sent", 2]);
      expect(valuesOf(mem, X)).toEqual([3]);
    },
  });
});

// Every interleaving of a few threads on one or two shared channels.

import { ops } from "@gr/shm";
import { beforeEach, expect, test } from "vitest";
import { BUF, CLOSED, CLOSED_YES, RECVQ, SENDQ } from "../src/shared-words.ts";
import {
  attempt,
  CLOSED_TEXT,
  claimsAre,
  type Did,
  freed,
  GATE,
  holds,
  initChan,
  noneForgotten,
  park,
  perform,
  queueOf,
  valuesOf,
  waitMail,
  X,
  Y,
} from "./shared-model.ts";
import { alone, cancelled, closes, did, note, seen, selects, type Thread, tries } from "./shared-threads.ts";

beforeEach(() => void seen());

test("an unbuffered value goes from a sender to a receiver, whoever comes first", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 7]), selects([X, "recv"])],
    check: ({ mem, results }) => {
      expect(results).toEqual([did(0, "sent"), did(0, 7)]);
      noneForgotten(mem);
    },
  });
});

test("a try meets a party that is parking, or finds nobody", () => {
  const failed = alone(({ results }) => results[1] === null);
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 7]), tries([X, "recv"])],
    allowStuck: failed,
    check: ({ results }) => note(results),
  });
  expect(seen()).toEqual(["[null,null]", '[{"key":0,"got":"sent"},7]']);
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, "recv"]), tries([X, 7])],
    allowStuck: failed,
    check: ({ results }) => note(results),
  });
  expect(seen()).toEqual(["[null,null]", '[{"key":0,"got":7},"sent"]']);
});

test("two senders and a receiver: one value goes over, the other sender stays queued", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 7]), selects([X, 8]), selects([X, "recv"])],
    allowStuck: alone(() => true),
    check: ({ results, done }) => {
      const got = (results[2] as Did).got;
      expect(done).toEqual([got === 7, got === 8, true]);
      note(got);
    },
  });
  expect(seen()).toEqual(["7", "8"]);
});

test("waiters are served first in, first out", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [
      (mem, m) => {
        park(mem, m, [[X, 1]]);
        // Only now may the second come.
        ops.store(mem, GATE, 1);
        return waitMail(mem, m);
      },
      (mem, m) => (ops.load(mem, GATE) === 1 ? perform(mem, m, [[X, 2]]).got : "too early"),
      (mem, m) => [perform(mem, m, [[X, "recv"]]).got, attempt(mem, m, [X, "recv"])],
    ],
    allowStuck: alone(({ done }) => done[0] === true && done[2] === true),
    check: ({ results }) => {
      expect((results[2] as unknown[])[0]).toBe(1);
      note([results[1] ?? "waits", ...(results[2] as unknown[])]);
    },
  });
  expect(seen()).toEqual(['["sent",1,2]', '["too early",1,null]', '["waits",1,null]']);
});

test("a buffer delivers each value once and in order, to receivers that wait or find it", () => {
  holds({
    init: (mem) => initChan(mem, X, 1),
    threads: [
      (mem, m) => [attempt(mem, m, [X, 1]), perform(mem, m, [[X, 2]]).got],
      (mem, m) => [perform(mem, m, [[X, "recv"]]).got, attempt(mem, m, [X, "recv"])],
    ],
    check: ({ mem, results }) => {
      const [first, second] = results[1] as (number | undefined)[];
      expect(first).toBe(1);
      expect(valuesOf(mem, X)).toEqual(second === undefined ? [2] : []);
      expect(results[0]).toEqual(["sent", "sent"]);
      noneForgotten(mem);
      note(second);
    },
  });
  expect(seen()).toEqual(["2", "undefined"]);
});

test("a receive that makes room moves the blocked sender's value in, before any newcomer's", () => {
  holds({
    init: (mem) => {
      initChan(mem, X, 1, [1]);
      park(mem, 0, [[X, 2]]);
    },
    threads: [waitMail, (mem, m) => attempt(mem, m, [X, "recv"]), (mem, m) => attempt(mem, m, [X, 3])],
    check: ({ mem, results }) => {
      expect(results.slice(1)).toEqual([1, undefined]);
      expect(valuesOf(mem, X)).toEqual([2]);
      noneForgotten(mem);
    },
  });
});

test("two selects that wait for each other on two channels in opposite orders: exactly one case of each", () => {
  holds({
    init: (mem) => {
      initChan(mem, X, 0);
      initChan(mem, Y, 0);
    },
    threads: [selects([X, 1], [Y, "recv"]), selects([Y, 2], [X, "recv"])],
    check: ({ mem, results }) => {
      noneForgotten(mem);
      claimsAre(mem, [true, true]);
      note(results);
    },
  });
  expect(seen()).toEqual(['[{"key":0,"got":"sent"},{"key":1,"got":1}]', '[{"key":1,"got":2},{"key":0,"got":"sent"}]']);
});

test("two such selects that are parked already are not won twice by a third that meets both", () => {
  // Claims of different addresses meet while BUSY in both orders: the third is once the highest, once the lowest.
  for (const third of [0, 2]) {
    const [a, b] = third === 0 ? [1, 2] : [0, 1];
    const bodies: Thread[] = [];
    bodies[a] = selects([X, 1], [Y, "recv"]);
    bodies[b] = selects([Y, 2], [X, "recv"]);
    bodies[third] = selects([X, "recv"]);
    holds({
      init: (mem) => {
        initChan(mem, X, 0);
        initChan(mem, Y, 0);
      },
      threads: bodies,
      allowStuck: alone(({ done }) => done.filter(Boolean).length === 2),
      check: ({ results, done }) => {
        const [ra, rb, rc] = [results[a], results[b], results[third]] as (Did | undefined)[];
        // A value that was sent was received, and by one only.
        const sent1 = ra?.key === 0;
        const sent2 = rb?.key === 0;
        expect([rb?.key === 1 && rb.got === 1, rc?.got === 1].filter(Boolean).length).toBe(sent1 ? 1 : 0);
        expect(ra?.key === 1 && ra.got === 2).toBe(sent2);
        note(done[third] === true);
      },
    });
    expect(seen()).toEqual(["false", "true"]);
  }
});

test("a select that sends and receives on one channel never meets itself", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 1], [X, "recv"]), tries([X, "recv"])],
    allowStuck: alone(({ results }) => results[1] === null),
    check: ({ results }) => note(results),
  });
  expect(seen()).toEqual(["[null,null]", '[{"key":0,"got":"sent"},1]']);
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 1], [X, "recv"]), selects([X, 2], [X, "recv"])],
    check: ({ mem, results }) => {
      noneForgotten(mem);
      note(results);
    },
  });
  expect(seen()).toEqual(['[{"key":0,"got":"sent"},{"key":1,"got":1}]', '[{"key":1,"got":2},{"key":0,"got":"sent"}]']);
});

test("close wakes a blocked receiver, sender or select once, or comes after it", () => {
  const closed = did(0, CLOSED_TEXT);
  for (const party of [selects([X, "recv"]), selects([X, 7]), selects([X, 7], [Y, "recv"])]) {
    holds({
      init: (mem) => {
        initChan(mem, X, 0);
        initChan(mem, Y, 0);
      },
      threads: [party, closes(X)],
      check: ({ mem, results }) => {
        expect(results[0]).toEqual(closed);
        expect(mem[X + CLOSED]).toBe(CLOSED_YES);
        noneForgotten(mem);
      },
    });
  }
});

test("a value is delivered or refused when close comes between its sender and receiver", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [selects([X, 7]), selects([X, "recv"]), closes(X)],
    check: ({ mem, results }) => {
      noneForgotten(mem);
      note(results.slice(0, 2).map((r) => (r as Did).got));
    },
  });
  expect(seen()).toEqual(['["closed","closed"]', '["sent",7]']);
});

test("what was in the buffer when it was closed is still received, and the buffer is given back once", () => {
  holds({
    init: (mem) => initChan(mem, X, 2, [1]),
    threads: [closes(X), (mem, m) => [attempt(mem, m, [X, "recv"]), perform(mem, m, [[X, "recv"]]).got]],
    check: ({ mem, results }) => {
      expect(results).toEqual([true, [1, CLOSED_TEXT]]);
      expect(mem[X + BUF]).toBe(0);
      expect(freed(mem)).toBe(1);
    },
  });
});

test("a try that races with close is told of it, or came before it", () => {
  for (const [cap, one, before] of [
    [0, 7, null],
    [1, 7, "sent"],
    [0, "recv", null],
    [1, "recv", null],
  ] as const) {
    holds({
      init: (mem) => initChan(mem, X, cap),
      threads: [closes(X), tries([X, one])],
      check: ({ results }) => note(results[1]),
    });
    expect(seen()).toEqual([JSON.stringify(CLOSED_TEXT), JSON.stringify(before)].sort());
  }
});

test("two closes: one is told that it was closed", () => {
  holds({
    init: (mem) => initChan(mem, X, 0),
    threads: [closes(X), closes(X)],
    check: ({ results }) => expect(results.filter(Boolean).length).toBe(1),
  });
});

test("who gives up has either completed or leaves no trace", () => {
  for (const [left, right] of [
    [
      [X, 7],
      [X, "recv"],
    ],
    [
      [X, "recv"],
      [X, 7],
    ],
  ] as const) {
    holds({
      init: (mem) => initChan(mem, X, 0),
      threads: [cancelled(left), selects(right)],
      allowStuck: alone(({ results }) => results[0] === null),
      check: ({ mem, results, done }) => {
        noneForgotten(mem);
        expect(queueOf(mem, X, left[1] === "recv" ? RECVQ : SENDQ)).toEqual([]);
        expect(results[0] === null).toBe(done[1] !== true);
        note(results[0] === null);
      },
    });
    expect(seen()).toEqual(["false", "true"]);
  }
});

test("a select that gives up is in no queue of either channel", () => {
  holds({
    init: (mem) => {
      initChan(mem, X, 0);
      initChan(mem, Y, 0);
    },
    threads: [cancelled([X, 7], [Y, "recv"]), tries([X, "recv"]), tries([Y, 8])],
    check: ({ mem, results }) => {
      for (const c of [X, Y]) for (const q of [RECVQ, SENDQ]) expect(queueOf(mem, c, q)).toEqual([]);
      const [did, got, sent] = results as [Did | null, number | null, string | null];
      expect([got === 7, sent === "sent"]).toEqual([did?.key === 0, did?.key === 1]);
      note(did?.key ?? "gave up");
    },
  });
  expect(seen()).toEqual(['"gave up"', "0", "1"]);
});

test("both cases of a select race: one wins, the other has no effect", () => {
  holds({
    init: (mem) => {
      initChan(mem, X, 0);
      initChan(mem, Y, 1);
    },
    threads: [selects([X, "recv"], [Y, "recv"]), tries([X, 1]), tries([Y, 2])],
    allowStuck: alone(({ results }) => results[1] === null && results[2] !== "sent"),
    check: ({ mem, results }) => {
      const got = results[0] as Did | undefined;
      noneForgotten(mem);
      expect(results[2]).toBe("sent");
      expect(results[1] === "sent").toBe(got?.key === 0);
      expect(valuesOf(mem, Y)).toEqual(got?.key === 0 ? [2] : []);
      note(got);
    },
  });
  expect(seen()).toEqual(['{"key":0,"got":1}', '{"key":1,"got":2}']);
});

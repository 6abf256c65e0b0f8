// A thread dies before any one of its steps: what it leaves behind.

import type { End } from "@gr/explore";
import { markDead, OPEN, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { brokenBy } from "../src/shared-protocol.ts";
import { CLOSED, CLOSED_BROKEN, LOCK, RLOCK } from "../src/shared-words.ts";
import {
  attempt,
  claimOf,
  close,
  type Did,
  deathWords,
  finish,
  holds,
  initChan,
  type ModelCase,
  mailOf,
  NOTICE,
  noneForgotten,
  park,
  perform,
  valuesOf,
  waitMail,
  X,
  Y,
} from "./shared-model.ts";

type Thread = (mem: Int32Array, m: number) => unknown;

/** Whoever learns of a death marks it, breaks the lock, and wakes everybody: the dead may have put mail in and not rung. */
const undertaker =
  (parties: number) =>
  (mem: Int32Array, awaitDeath: () => number): number => {
    const dead = awaitDeath();
    const place = markDead(mem, dead);
    if (place !== 0) brokenBy(mem, place, dead);
    for (let m = 0; m < parties; m++) {
      ops.or(mem, mailOf(m), NOTICE);
      ops.notify(mem, mailOf(m));
    }
    return dead;
  };

/** All ends with a death, each as one line: who died, what the others came to, the channel's state. */
function ends(threads: readonly Thread[], init: (mem: Int32Array) => void, check?: (end: End) => void): string[] {
  const seen = new Set<string>();
  holds(
    {
      open: deathWords,
      init,
      threads,
      undertaker: undertaker(threads.length),
      // Who waits for a dead partner waits, as for one that never comes.
      allowStuck: ({ mem, dead, done }) => {
        noneForgotten(mem, dead);
        return threads.every((_, m) => done[m] || dead[m] || (mem[claimOf(m)] === OPEN && brokenOnes(mem) === ""));
      },
      check: (end) => {
        const { mem, dead, done, results } = end;
        expect([X, Y].flatMap((c) => [mem[c + LOCK], mem[c + RLOCK]])).toEqual([0, 0, 0, 0]);
        check?.(end);
        if (!dead.includes(true)) return;
        const each = threads.map((_, m) => {
          if (dead[m]) return "died";
          if (!done[m]) return "waits";
          const did = results[m] as Did | number | string | undefined;
          return typeof did === "object" ? did.got : String(did);
        });
        seen.add(`${each.join(", ")}${brokenOnes(mem)}`);
      },
    },
    { kill: true, maxStates: 6_000_000 },
  );
  return [...seen].sort();
}

function brokenOnes(mem: Int32Array): string {
  const which = [X, Y].filter((c) => mem[c + CLOSED] === CLOSED_BROKEN).map((c) => (c === X ? "X" : "Y"));
  return which.length === 0 ? "" : `; ${which.join(" and ")} broken`;
}

const party =
  (...cases: ModelCase[]): Thread =>
  (mem, m) =>
    perform(mem, m, cases);

const unbuffered = (mem: Int32Array): void => {
  initChan(mem, X, 0);
  initChan(mem, Y, 0);
};

test("sender and receiver: the survivor goes on, waits for another, or is told that the channel is broken", () => {
  expect(ends([party([X, 7]), party([X, "recv"])], unbuffered)).toEqual([
    "closed, died; X broken",
    "died, 7",
    "died, 7; X broken",
    "died, closed; X broken",
    "died, waits",
    "sent, died",
    "sent, died; X broken",
    "waits, died",
  ]);
});

test("two selects in opposite orders: the same, and a channel that nobody was in is not broken", () => {
  // The first is parked already: it can still die on its way out.
  const first: ModelCase[] = [
    [X, 1],
    [Y, "recv"],
  ];
  expect(
    ends([(mem, m) => finish(mem, m, first, waitMail(mem, m)), party([Y, 2], [X, "recv"])], (mem) => {
      unbuffered(mem);
      park(mem, 0, first);
    }),
  ).toEqual([
    "2, died",
    "2, died; X broken",
    "2, died; Y broken",
    "closed, died; Y broken",
    "died, sent",
    "died, sent; X broken",
    "died, waits",
    "waits, died",
  ]);
});

test("close and a blocked receiver: it wakes though its closer died before it could tell it", () => {
  expect(ends([party([X, "recv"]), (mem, m) => close(mem, m, X)], unbuffered)).toEqual([
    "closed, died",
    "closed, died; X broken",
    "died, false; X broken",
    "died, true",
    "died, true; X broken",
    "waits, died",
  ]);
});

test("a buffer with a blocked sender: no value comes twice, and what the dead had not taken is still there", () => {
  const sender: ModelCase[] = [[X, 2]];
  expect(
    ends(
      [(mem, m) => finish(mem, m, sender, waitMail(mem, m)), (mem, m) => attempt(mem, m, [X, "recv"])],
      (mem) => {
        initChan(mem, X, 1, [1]);
        initChan(mem, Y, 0);
        park(mem, 0, sender);
      },
      ({ mem, results, dead, done }) => {
        if (brokenOnes(mem) !== "") return;
        const all = [done[1] ? results[1] : undefined, ...valuesOf(mem, X)].filter((v) => v !== undefined);
        // The receiver may have died with one; the sender, before it was moved in, with its own.
        expect([[1], [2], [1, 2]]).toContainEqual(all);
        if (!dead.includes(true)) expect(all).toEqual([1, 2]);
      },
    ),
  ).toEqual(["closed, died; X broken", "died, 1", "sent, died", "sent, died; X broken", "waits, died"]);
});

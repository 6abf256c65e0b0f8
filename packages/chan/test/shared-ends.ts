// Deaths in model tests: the undertaker, what all ends with a death come to, and what a channel is worth afterwards.

import type { End } from "@gr/explore";
import { kindOf, markDead, OPEN, ops, TAKEN, W_CLAIM, W_M } from "@gr/shm";
import { expect } from "vitest";
import { brokenBy } from "../src/shared-protocol.ts";
import { CAP, CLOSED, CLOSED_BROKEN, LOCK, RECVQ, RLOCK, SENDQ } from "../src/shared-words.ts";
import {
  attempt,
  CLOSED_TEXT,
  claimOf,
  close,
  type Did,
  deathWords,
  holds,
  mailOf,
  NOTICE,
  noneForgotten,
  queueOf,
  THREADS,
  valuesOf,
  X,
  Y,
} from "./shared-model.ts";
import type { Thread } from "./shared-threads.ts";

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

/**
 * All ends with a death, each as one line: who died, what the others came to, the channels' state. In each, the locks are
 * free, and whoever comes next can use the channels, or is told that they are broken.
 */
export function ends(
  threads: readonly Thread[],
  init: (mem: Int32Array) => void,
  check?: (end: End) => void,
): string[] {
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
        usable(mem, threads.length, dead, done);
        if (!dead.includes(true)) return;
        const each = threads.map((_, m) => {
          if (dead[m]) return "died";
          if (!done[m]) return "waits";
          const did = results[m] as Did | number | string | null;
          if (did === null) return "not done";
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

export const broken = (mem: Int32Array): boolean => brokenOnes(mem) !== "";

/** What thread m got: a value, "sent", CLOSED_TEXT, or undefined if it did not come so far. */
export function gotBy({ results, done }: End, m: number): number | string | undefined {
  const did = done[m] ? (results[m] as Did | number | string | null) : null;
  return typeof did === "object" ? did?.got : did;
}

/** A number that none of the threads sends. */
const PROBE = 90;
/** The thread that comes when all is over. */
const NEXT_ONE = THREADS - 1;

// Uses both channels as a newcomer would: it meets whoever waits there, or closes them and wakes everybody.
function usable(after: Int32Array, n: number, dead: readonly boolean[], done: readonly boolean[]): void {
  const mem = after.slice();
  for (const c of [X, Y]) {
    if (mem[c + CLOSED] === CLOSED_BROKEN) {
      expect([attempt(mem, NEXT_ONE, [c, PROBE]), attempt(mem, NEXT_ONE, [c, "recv"])]).toEqual([
        CLOSED_TEXT,
        CLOSED_TEXT,
      ]);
      expect(close(mem, NEXT_ONE, c)).toBe(false);
      continue;
    }
    const waits = (q: number): boolean =>
      queueOf(mem, c, q).some((w) => dead[mem[w + W_M] as number] !== true && mem[mem[w + W_CLAIM] as number] === OPEN);
    const open = mem[c + CLOSED] === 0;
    const receivers = waits(RECVQ);
    const room = valuesOf(mem, c).length < (mem[c + CAP] as number);
    const sent = attempt(mem, NEXT_ONE, [c, PROBE]);
    expect(sent).toBe(!open ? CLOSED_TEXT : receivers || room ? "sent" : undefined);
    const senders = waits(SENDQ);
    const got = attempt(mem, NEXT_ONE, [c, "recv"]);
    if (open && senders) expect(got).not.toBeUndefined();
    expect(close(mem, NEXT_ONE, c)).toBe(open);
  }
  for (let m = 0; m < n; m++) {
    if (done[m] || dead[m]) continue;
    expect([m, kindOf(mem[claimOf(m)] as number)]).toEqual([m, TAKEN]);
    expect((mem[mailOf(m)] as number) & ~NOTICE).not.toBe(0);
  }
}

// A thread dies before any one of its steps: what it leaves behind.

import type { End } from "@gr/explore";
import { markDead, OPEN, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { isLost } from "../src/shared-hold.ts";
import { brokenBy, COMPLETED } from "../src/shared-queue.ts";
import { BROKEN, LOCK, QUEUE, STATE } from "../src/shared-words.ts";
import {
  A,
  add,
  B,
  cellOf,
  claimOf,
  type Did,
  dequeue,
  did,
  finish,
  G,
  holds,
  mailOf,
  NOTICE,
  noneForgotten,
  park,
  perform,
  queueOf,
  release,
  tryAt,
  waitMail,
} from "./shared-model.ts";

type Thread = (mem: Int32Array, m: number) => unknown;

/** Whoever learns of a death marks it, breaks the lock, and wakes everybody: the dead may have put mail in and not rung. */
const undertaker =
  (parties: number) =>
  (mem: Int32Array, awaitDeath: () => number): number => {
    const dead = awaitDeath();
    const place = markDead(mem, dead);
    if (place !== 0) brokenBy(mem, place & ~1, dead);
    for (let m = 0; m < parties; m++) {
      ops.or(mem, mailOf(m), NOTICE);
      ops.notify(mem, mailOf(m));
    }
    return dead;
  };

/** All ends with a death, each as one line: what the threads came to, and what is broken. */
function ends(threads: readonly Thread[], init: (mem: Int32Array) => void, mayWait: (end: End) => boolean): string[] {
  const seen = new Set<string>();
  holds(
    {
      init,
      threads,
      undertaker: undertaker(threads.length),
      allowStuck: (end) => {
        noneForgotten(end.mem, end.dead);
        return threads.every(
          (_, m) =>
            end.done[m] || end.dead[m] || (end.mem[claimOf(m)] === OPEN && brokenOnes(end) === "" && mayWait(end)),
        );
      },
      check: (end) => {
        const { mem, dead, done, results } = end;
        expect([A, B, G].map((x) => mem[x + LOCK])).toEqual([0, 0, 0]);
        if (!dead.includes(true)) return;
        const each = threads.map((_, m) => {
          if (dead[m]) return "died";
          if (!done[m]) return "waits";
          const r = results[m] as Did | undefined;
          return typeof r === "object" ? (r.ok ? "has it" : "told") : "done";
        });
        seen.add(`${each.join(", ")}${brokenOnes(end)}`);
      },
    },
    { kill: true, maxStates: 6_000_000 },
  );
  return [...seen].sort();
}

function brokenOnes({ mem, dead }: End): string {
  const names = [
    [A, "A"],
    [B, "B"],
    [G, "G"],
  ] as const;
  const broken = names.filter(([x]) => {
    const state = mem[x + STATE] as number;
    return state === BROKEN || (x !== G && dead[state - 1] === true);
  });
  return broken.map(([, name]) => `; ${name} broken`).join("");
}

const parked: (things: readonly number[]) => Thread = (things) => (mem, m) =>
  finish(mem, m, things, waitMail(mem, m, things));

test("a holder that dies before it has released: who waits is told, and who comes later too", () => {
  const outcome = ends(
    [
      parked([A]),
      (mem, m) => release(mem, m, A),
      // It comes at any time.
      (mem, m) => did(A, tryAt(mem, m, A) === COMPLETED),
    ],
    (mem) => {
      mem[A + STATE] = 2;
      park(mem, 0, [A]);
    },
    () => false,
  );
  expect(outcome).toEqual([
    "died, done, has it",
    "died, done, told",
    "died, done, told; A broken",
    "has it, died, told",
    "has it, died, told; A broken",
    "has it, done, died",
    "told, died, told; A broken",
  ]);
});

test("a waiter that dies loses itself, and the mutex only if it had been handed it", () => {
  const outcome = ends(
    [parked([A]), parked([A]), (mem, m) => release(mem, m, A)],
    (mem) => {
      mem[A + STATE] = 3;
      park(mem, 0, [A]);
      park(mem, 1, [A]);
    },
    ({ done, dead }) => done[0] === true || dead[2] === true,
  );
  expect(outcome).toEqual([
    "died, has it, done",
    "died, told, done; A broken",
    "has it, died, done",
    "has it, told, died; A broken",
    "has it, waits, died",
    "told, told, died; A broken",
  ]);
});

test("who waits at a group is released, or told that it is broken; a waiter that dies loses itself", () => {
  const outcome = ends(
    [parked([G]), (mem, m) => add(mem, m, -1), (mem, m) => add(mem, m, -1)],
    (mem) => {
      mem[G + STATE] = 2;
      park(mem, 0, [G]);
    },
    // Who died had not counted itself done.
    ({ mem, dead }) => mem[G + STATE] === 1 && (dead[1] === true || dead[2] === true),
  );
  expect(outcome).toEqual([
    "died, done, done",
    "has it, died, done",
    "has it, died, done; G broken",
    "has it, done, died",
    "has it, done, died; G broken",
    "told, died, done; G broken",
    "told, done, died; G broken",
    "waits, died, done",
    "waits, done, died",
  ]);
});

test("a select of a mutex and a group whose dead winner told nobody has what it won", () => {
  const lines: string[][] = [];
  for (const [things, other] of [
    [[A, G], (mem, m) => release(mem, m, A)],
    [[G, A], (mem, m) => add(mem, m, -1)],
  ] as const satisfies readonly (readonly [readonly number[], Thread])[]) {
    const outcome = ends(
      [parked(things), other],
      (mem) => {
        mem[A + STATE] = things[0] === A ? 2 : 4;
        mem[G + STATE] = 1;
        park(mem, 0, things);
      },
      ({ mem, dead }) => dead[1] === true && mem[G + STATE] === 1,
    );
    lines.push(outcome);
  }
  expect(lines).toEqual([
    [
      "died, done",
      "died, done; A broken",
      "died, done; A broken; G broken",
      "has it, died",
      "has it, died; A broken",
      "told, died; A broken",
    ],
    [
      "died, done",
      "died, done; A broken",
      "has it, died",
      "has it, died; G broken",
      "told, died; G broken",
      "waits, died",
    ],
  ]);
});

test("what is broken stays so when its holder lets go, and nobody follows its links", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 1;
      park(mem, 1, [A]);
      mem[A + STATE] = BROKEN;
    },
    threads: [(mem, m) => release(mem, m, A), () => "waits"],
    check: ({ mem }) => expect([mem[A + STATE], mem[A + QUEUE], mem[mailOf(1)]]).toEqual([BROKEN, cellOf(1, 0), 0]),
  });
});

test("who leaves what is broken touches no links there", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 4;
      for (const m of [0, 1, 2]) park(mem, m, [A]);
      mem[A + STATE] = BROKEN;
    },
    threads: [() => "waits", (mem, m) => dequeue(mem, m, [A], 0), () => "waits"],
    check: ({ mem }) => expect(queueOf(mem, A)).toEqual([0, 1, 2].map((m) => cellOf(m, 0))),
  });
});

test("a dead holder is seen by everybody without anybody's saying so", () => {
  holds({
    init: (mem) => {
      mem[A + STATE] = 2;
      markDead(mem, 1);
    },
    threads: [(mem, m) => [isLost(mem, A), perform(mem, m, [A]).ok]],
    check: ({ results }) => expect(results[0]).toEqual([true, false]),
  });
});

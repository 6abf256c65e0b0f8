// Ms that leave, and Ms for one goroutine alone, against those that count on the words they change.

import { ops } from "@gr/shm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Group } from "../src/group.ts";
import { reserveSolo } from "../src/group-rare.ts";
import { goIdle, obtain, stopSpinning, wakeP } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { quit, Retirement } from "../src/retire.ts";
import { DONE, holds, idlePs, MS, modelM, queue, RECORD, take } from "./model.ts";

const exclusive = (at: number): boolean => at === w.GHEAD || at === w.GTAIL || at === w.PIDLE || at === w.MIDLE;

/** Asleep at first; leaves if it is one too many, else starts records for ever. */
const leaver =
  (m: number) =>
  (mem: Int32Array): string => {
    const { s, world } = modelM(mem, m);
    if (quit(s)) return "left";
    world.arm();
    obtain(s, world);
    for (;;) {
      const record = take(s);
      if (record === 0) goIdle(s, world);
      else {
        if (s.spinning) stopSpinning(s, world);
        ops.add(mem, DONE, 1);
      }
    }
  };

/** The same, but one that has left is called once more, by mail to all. */
const calledAfter =
  (m: number) =>
  (mem: Int32Array): string => {
    const how = leaver(m)(mem);
    const { s, world } = modelM(mem, m, { arm: () => true });
    return obtain(s, world) ? "came back" : how;
  };

/** Two workers asleep, one of them one too many. */
const twoAsleep = (mem: Int32Array): void => {
  idlePs(mem, 1);
  ops.store(mem, w.NMS, MS);
  ops.store(mem, w.NWORKERS, 2);
  ops.store(mem, w.MAX_WORKERS, 1);
  ops.store(mem, w.WORKER_LIMIT, 2);
  for (const m of [1, 2]) new Group(mem, m, { ms: MS }).sleepM(true);
};

test("workers that are one too many leave while a record is queued: one stays and starts it", () => {
  const left = new Set<string>();
  holds({
    exclusive,
    init: twoAsleep,
    threads: [
      (mem) => {
        const { s, world } = modelM(mem, 0);
        queue(s, RECORD);
        wakeP(s, world);
      },
      leaver(1),
      leaver(2),
    ],
    // The one that stays sleeps in the end: a run in which nobody does is one in which both have left.
    check: ({ results }) => expect(results.filter((result) => result === "left")).toHaveLength(1),
    allowStuck: ({ mem, results }) => {
      const gone = [1, 2].filter((m) => results[m] === "left");
      left.add(gone.join());
      return gone.length === 1 && mem[w.NSTUCK] === 1 && mem[DONE] === 1 && mem[w.NPIDLE] === 1;
    },
  });
  // The one that is woken stays, and who that is depends on who leaves first.
  expect([...left].sort()).toEqual(["1", "2"]);
});

test("one that has left, and is called by mail while a record is queued, takes no P and nothing from the queues", () => {
  holds({
    exclusive,
    init: twoAsleep,
    threads: [
      (mem) => {
        const { s, world } = modelM(mem, 0);
        queue(s, RECORD);
        wakeP(s, world);
      },
      calledAfter(1),
      leaver(2),
    ],
    allowStuck: ({ mem, results }) =>
      (results[1] === "left" || results[2] === "left") && mem[w.NSTUCK] === 1 && mem[DONE] === 1 && mem[w.NPIDLE] === 1,
    check: ({ results }) => expect(results).not.toContain("came back"),
  });
});

test("two that ask for a thread of their own at the limit: one gets it, and each number is given once", () => {
  for (const limit of [1, 2])
    holds({
      init: (mem) => {
        ops.store(mem, w.NMS, 1);
        ops.store(mem, w.WORKER_LIMIT, limit);
      },
      threads: [0, 1].map((m) => (mem: Int32Array) => reserveSolo(new Group(mem, m, { ms: MS }))),
      check: ({ mem, results }) => {
        const numbers = (results as number[]).filter((m) => m >= 0).sort();
        expect(numbers).toEqual(limit === 1 ? [1] : [1, 2]);
        expect([mem[w.NWORKERS], mem[w.NSTUCK], mem[w.NMS]]).toEqual([limit, limit, limit + 1]);
        for (const m of numbers) expect(mem[w.mSlot(m) + w.M_STATE]).toBe(MState.Blocked);
      },
    });
});

describe("when it looks", () => {
  let mem: Int32Array;
  let [left, needed] = [0, false];
  let s: Group;
  let retirement: Retirement;
  beforeEach(() => {
    vi.useFakeTimers();
    mem = new Int32Array(new SharedArrayBuffer(1 << 16));
    [left, needed] = [0, false];
    twoAsleep(mem);
    s = new Group(mem, 1, { ms: MS });
    retirement = new Retirement(
      s,
      50,
      () => needed,
      () => left++,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a worker that has slept for its time leaves", () => {
    retirement.slept();
    retirement.slept();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(49);
    expect(left).toBe(0);
    vi.advanceTimersByTime(1);
    expect([left, mem[s.slot + w.M_STATE], mem[w.LOCK]]).toEqual([1, MState.Blocked, 0]);
  });

  test("one that is not too many does not look at all", () => {
    mem[w.NSTUCK] = 1;
    retirement.slept();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("nor does one that is to become the spare, if there is none and sysmon is there", () => {
    for (const [up, spare, timers] of [
      [1, 0, 0],
      [0, 0, 1],
      [1, 3, 1],
    ] as const) {
      vi.clearAllTimers();
      [mem[w.SYS_UP], mem[w.SPARE]] = [up, spare];
      new Retirement(
        s,
        50,
        () => needed,
        () => left++,
      ).slept();
      expect(vi.getTimerCount()).toBe(timers);
    }
  });

  test("one that was awake in between sleeps its time anew, if it sleeps", () => {
    retirement.slept();
    s.count(w.M_PARKS, 1);
    vi.advanceTimersByTime(50);
    expect([left, vi.getTimerCount()]).toEqual([0, 1]);
    s.count(w.M_PARKS, 1);
    s.wakeSelf();
    vi.advanceTimersByTime(50);
    expect([left, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("one that has something, or is traced, stays", () => {
    const stays = (): void => {
      retirement.slept();
      vi.advanceTimersByTime(50);
      expect([left, vi.getTimerCount()]).toEqual([0, 0]);
    };
    needed = true;
    stays();
    needed = false;
    for (const word of [s.slot + w.M_LIVE, s.slot + w.M_INBOX, w.TRACE]) {
      mem[word] = 1;
      stays();
      mem[word] = 0;
    }
  });
});

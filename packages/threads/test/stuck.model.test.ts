// NSTUCK against those that raise it and those that lower it: sysmon, blocking calls, Ms that go on.

import { dequeWords, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { helpBlocking, queueBlocking } from "../src/blocking-calls.ts";
import { obtain, wakeP } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { Sysmon } from "../src/sysmon.ts";
import { DEQUE, holds, idlePs, MS, modelM, queue, RECORD } from "./model.ts";

const CALL = RECORD + 2;
const words = DEQUE + dequeWords();
const exclusive = (at: number): boolean =>
  at === w.GHEAD || at === w.GTAIL || at === w.PIDLE || at === w.MIDLE || at === w.WANT_HEAD;

/** NSTUCK is the number of Ms that are marked as stuck. */
const counted = (mem: Int32Array): boolean => {
  let marked = 0;
  for (let m = 0; m < MS; m++) marked += mem[w.mSlot(m) + w.M_STUCK] as number;
  return mem[w.NSTUCK] === marked;
};

test("an M that is handed a P, and loses it again before it has looked, is counted once when it takes a blocking call", () => {
  let both = 0;
  holds({
    words,
    exclusive,
    init: (mem) => {
      const s = idlePs(mem, 1);
      ops.store(mem, s.pSlot(0) + w.P_DEQUE, DEQUE);
      ops.store(mem, w.NMS, MS);
      for (const m of [0, 1]) ops.store(mem, w.mSlot(m) + w.M_STATE, MState.Awake);
    },
    threads: [
      // Queues a record and wakes an M for it; by the time it looks as sysmon, that M has not come to its scheduler.
      (mem) => {
        const { s, world } = modelM(mem, 0);
        queue(s, RECORD);
        wakeP(s, world);
        const sysmon = new Sysmon(mem, undefined, MS);
        sysmon.look(0);
        sysmon.look(1000);
      },
      (mem) => {
        const { s, world } = modelM(mem, 1, {
          queued: () => 0,
          help: () =>
            helpBlocking(s, world, () => {
              lost = ops.load(mem, s.slot + w.M_RETAKEN) === 1;
              return () => {};
            }),
          arm: () => true,
        });
        let lost = false;
        queueBlocking(s, world, CALL);
        obtain(s, world);
        return lost;
      },
    ],
    check: ({ mem, results }) => {
      if (results[1] === true) both++;
      expect(counted(mem)).toBe(true);
    },
  });
  expect(both).toBeGreaterThan(0);
});

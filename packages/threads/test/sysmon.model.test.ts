import { Deque, dequeWords, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { Group } from "../src/group.ts";
import { obtain } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { Queues } from "../src/queues.ts";
import { Sysmon } from "../src/sysmon.ts";
import { DEQUE, holds, idlePs, MS, modelM, queueNow, RECORD } from "./model.ts";

const FIRST = RECORD;
const SECOND = RECORD + 2;
const words = DEQUE + dequeWords();

/** Every record that is queued somewhere. */
function queued(mem: Int32Array): number[] {
  const s = new Group(mem, 0, { ms: MS });
  const own = new Deque(mem, DEQUE);
  const found: number[] = [];
  for (let r = own.get(); r !== 0; r = own.get()) found.push(r);
  for (let r = s.popGlobal(); r !== 0; r = s.popGlobal()) found.push(r);
  return found.sort((a, b) => a - b);
}

/** M 1 holds P 0, whose queue is at DEQUE. */
function held(mem: Int32Array): void {
  const s = idlePs(mem, 1);
  ops.store(mem, s.pSlot(0) + w.P_DEQUE, DEQUE);
  ops.store(mem, w.mSlot(1) + w.M_STATE, MState.Awake);
  s.popIdleP();
  new Group(mem, 1, { ms: MS }).takeP(0);
}

/** Looks twice: the second time the holder counts as stuck, if it has not ticked between. */
const sysmon = (mem: Int32Array): void => {
  const watcher = new Sysmon(mem, undefined, MS);
  watcher.look(0);
  watcher.look(1000);
};

// Not exclusive here: the P's owner, the queue and the ticks, which are what is raced for.
const exclusive = (at: number): boolean =>
  at === w.GHEAD || at === w.GTAIL || at === w.PIDLE || at === w.MIDLE || at === w.WANT_HEAD;

test("a P is taken while its holder queues a record: none is lost, none is there twice", () => {
  const ends = new Set<number>();
  holds({
    words,
    exclusive,
    init: (mem) => {
      held(mem);
      queueNow(new Group(mem, 0, { ms: MS }), FIRST);
    },
    threads: [
      (mem) => {
        const s = new Group(mem, 1, { ms: MS });
        s.p = 0;
        new Queues(s).put(SECOND);
      },
      sysmon,
    ],
    check: ({ mem }) => {
      ends.add(mem[w.mSlot(1) + w.M_RETAKEN] as number);
      expect(queued(mem)).toEqual([FIRST, SECOND]);
    },
  });
  expect(ends).toEqual(new Set([0, 1]));
});

test("an M whose P was taken notices, and gets one again", () => {
  holds({
    words,
    exclusive,
    init: (mem) => {
      held(mem);
      queueNow(new Group(mem, 0, { ms: MS }), FIRST);
    },
    threads: [
      (mem) => {
        const { s, world } = modelM(mem, 1, { pinned: () => true });
        s.p = 0;
        ops.poke(mem, s.slot + w.M_TICK, 1);
        if (!s.holds()) {
          s.p = -1;
          obtain(s, world);
        }
        return s.holds();
      },
      sysmon,
    ],
    check: ({ mem, results }) => {
      const s = new Group(mem, 0, { ms: MS });
      // Taken after it had looked: it will notice at its next look.
      const owner = ops.load(mem, s.pSlot(0) + w.P_OWNER);
      if (ops.load(mem, w.mSlot(1) + w.M_RETAKEN) === 0) expect(results[0]).toBe(true);
      expect(ops.load(mem, w.NPIDLE) + (owner === 0 ? 0 : 1)).toBe(1);
      expect(queued(mem)).toEqual([FIRST]);
    },
  });
});

// An M that ends while it counts as spinning: nobody would wake an M for a record any more if the count stayed.

import { dequeWords, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { bringOut } from "../src/deaths.ts";
import { Group } from "../src/group.ts";
import { handed } from "../src/handed.ts";
import { obtain } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as Life from "../src/life.ts";
import type { MPeers } from "../src/m-peers.ts";
import * as MState from "../src/m-state.ts";
import { Queues } from "../src/queues.ts";
import { trySpin } from "../src/take.ts";
import { modelM, queue, RECORD } from "./model.ts";

const LOCK_OF_ARENA = 8;
const FULL = 1 << 16;

/** Two Ps; main, M 1, which is awake and about to die, and M 2, which sleeps. */
function group() {
  const mem = new Int32Array(new SharedArrayBuffer(FULL * 4));
  const s = new Group(mem, 0);
  ops.store(mem, w.NPROCS, 2);
  for (const p of [1, 0]) {
    ops.store(mem, s.pSlot(p) + w.P_DEQUE, FULL - (p + 1) * dequeWords());
    s.pushIdleP(p);
  }
  const dying = new Group(mem, 1);
  ops.store(mem, dying.slot + w.M_LIFE, Life.Given);
  ops.store(mem, dying.slot + w.M_STATE, MState.Awake);
  ops.store(mem, w.NMS, 3);
  ops.store(mem, w.NWORKERS, 2);
  new Group(mem, 2).sleepM(true);
  const { world } = modelM(mem, 0);
  const peers = { ...world, mem, group: s, queues: new Queues(s), arena: { lockWord: LOCK_OF_ARENA, reclaim() {} } };
  const dies = (): void => {
    const h = { ...handed, markDead: () => 0, sendOrder() {} };
    bringOut(h, peers as unknown as MPeers, 1, undefined, MState.None);
  };
  return { mem, s, dying, world: { ...world, rest: () => dying.sleepM(true) }, dies };
}

const woken = (mem: Int32Array): number => mem[w.mSlot(2) + w.M_NEXTP] as number;

test.each([
  [
    "began to look into other queues",
    ({ dying }) => {
      dying.lock();
      dying.takeP(dying.popIdleP());
      dying.unlock();
      expect(trySpin(handed, dying)).toBe(true);
    },
  ],
  [
    "took a P when it looked again before it slept",
    ({ mem, s, dying, world }) => {
      queue(s, RECORD);
      expect([obtain(dying, world), dying.spinning]).toEqual([true, true]);
      ops.store(mem, w.NGLOBAL, 0);
      ops.store(mem, w.GHEAD, 0);
      ops.store(mem, w.GTAIL, 0);
    },
  ],
  [
    "was woken with a P for a record and has looked",
    ({ s, dying, world }) => {
      s.lock();
      s.hand(1, s.popIdleP(), true);
      ops.add(s.mem, w.NSPINNING, 1);
      s.unlock();
      expect([obtain(dying, world), dying.spinning]).toEqual([true, true]);
    },
  ],
  [
    "was woken with a P for a record and has not looked",
    ({ s }) => {
      s.lock();
      s.hand(1, s.popIdleP(), true);
      ops.add(s.mem, w.NSPINNING, 1);
      s.unlock();
    },
  ],
  ["did not spin", () => {}],
] as readonly (readonly [string, (g: ReturnType<typeof group>) => void])[])("one that %s", (_, begin) => {
  const g = group();
  begin(g);
  g.dies();
  // M 2 has been woken in its place, and is the only one that counts.
  expect(woken(g.mem)).not.toBe(0);
  expect([g.mem[w.NSPINNING], g.mem[w.NPIDLE], g.mem[w.LOCK]]).toEqual([1, 1, 0]);
});

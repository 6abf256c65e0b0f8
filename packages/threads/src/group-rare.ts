// What only some Ms ever do to the group's lists: sysmon, and those that call or end.
//
// As functions, not as methods of Group: a bundle carries those that it calls.

import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import { giveNumber } from "./slots.ts";

/**
 * Caller holds the lock. Takes P p from M m, which is stuck; its queue is the caller's to move. False if m is changing
 * the queue just now, or does not hold it.
 */
export function retakeP(s: Group, p: number, m: number): boolean {
  const { mem } = s;
  const slot = w.mSlot(m);
  if (ops.compareExchange(mem, s.pSlot(p) + w.P_OWNER, m + 1, 0) !== m + 1) return false;
  s.countTicks(p, m);
  ops.store(mem, slot + w.M_HELD, 0);
  if (ops.load(mem, slot + w.M_NEXTP) === p + 1) {
    // It was handed the P and has not looked.
    ops.store(mem, slot + w.M_NEXTP, 0);
    if (ops.load(mem, slot + w.M_SPIN) === 1) ops.sub(mem, w.NSPINNING, 1);
    ops.store(mem, slot + w.M_SPIN, 0);
  }
  // There are as many workers as Ps, so a stuck main leaves enough of them.
  if (m > 0) stick(s, m);
  return true;
}

// M m counts in NSTUCK, once. A P may be handed to it and taken again while it goes to sleep, so it may do so already.
function stick({ mem }: Group, m: number): void {
  const at = w.mSlot(m) + w.M_STUCK;
  if (ops.load(mem, at) !== 0) return;
  ops.store(mem, at, 1);
  ops.add(mem, w.NSTUCK, 1);
}

/** Caller holds the lock. Takes an M without live portables that is idle, or the spare, for a blocking call; -1 if none. */
export function popFreeM(s: Group): number {
  const { mem } = s;
  let m = ops.load(mem, w.MIDLE) - 1;
  while (m >= 0 && (m === 0 || ops.peek(mem, w.mSlot(m) + w.M_LIVE) > 0)) m = ops.load(mem, w.mSlot(m) + w.M_LINK) - 1;
  if (m >= 0) s.unlinkIdle(m);
  else m = popSpare(s);
  if (m >= 0) {
    ops.store(mem, w.mSlot(m) + w.M_STATE, MState.Awake);
    ops.store(mem, w.mSlot(m) + w.M_HELPS, 1);
  }
  return m;
}

/** Caller holds the lock. The spare takes part from now on; -1 if there is none. */
export function popSpare(s: Group): number {
  const m = ops.load(s.mem, w.SPARE) - 1;
  if (m < 0) return -1;
  s.unstick(m);
  return m;
}

/**
 * Caller holds the lock. This M, which has nothing to do and no live portables, goes to sleep as the spare, if sysmon is
 * there, there is none, and this one is not among as many Ms as there are Ps. It counts as stuck, so that the others are
 * as many as without it.
 */
export function restAsSpare(s: Group): boolean {
  const { mem } = s;
  if (ops.load(mem, w.SPARE) !== 0 || ops.load(mem, w.SYS_UP) === 0) return false;
  if (ops.peek(mem, s.slot + w.M_LIVE) > 0) return false;
  // Who starts only now may be needed before it is there.
  const there = ops.load(mem, w.NWORKERS) - ops.load(mem, w.STARTING) - ops.load(mem, w.NSTUCK);
  if (there <= ops.load(mem, w.MAX_WORKERS)) return false;
  stick(s, s.m);
  ops.store(mem, s.slot + w.M_STATE, MState.Spare);
  ops.store(mem, w.SPARE, s.m + 1);
  return true;
}

/** Caller holds the lock. M m, which is on no list, holds no P and needs none. */
export function block(s: Group, m: number): void {
  stick(s, m);
  ops.store(s.mem, w.mSlot(m) + w.M_STATE, MState.Blocked);
}

/**
 * Any thread. Reserves the number of an M that runs one goroutine alone and holds no P: it counts as stuck from the
 * start, so the others are as many as without it. -1: there are as many threads as may be.
 */
export function reserveSolo(s: Group): number {
  const { mem } = s;
  s.lock();
  let m = -1;
  if (ops.load(mem, w.NWORKERS) < ops.load(mem, w.WORKER_LIMIT)) m = giveNumber(mem);
  if (m >= 0) {
    ops.add(mem, w.NWORKERS, 1);
    block(s, m);
  }
  s.unlock();
  return m;
}

/** Caller holds the lock. This M, which is idle, takes part no more. */
export function retireSelf(s: Group): void {
  s.unlinkIdle(s.m);
  block(s, s.m);
}

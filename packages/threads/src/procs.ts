// The Ps: made, added and taken away.

import { type Arena, dequeWords, ops, unpark } from "@gr/shm";
import type { Group } from "./group.ts";
import { type Sleeper, wakeP } from "./idle.ts";
import * as w from "./layout.ts";

/**
 * Any point of the owner thread. Sets the number of Ps. New ones are idle or given to Ms that want one; of those taken
 * away, idle ones go at once, the others when their holders next look. Returns the Ms to unpark.
 */
export function resize(s: Group, arena: Arena, wanted: number): { readonly woken: readonly number[] } {
  const { mem } = s;
  const n = Math.min(Math.max(1, wanted), w.MAX_PS);
  const woken: number[] = [];
  const fresh = cellsFor(s, arena, n);
  s.lock();
  const old = s.procs;
  ops.store(mem, w.NPROCS, n);
  ops.store(mem, w.MAX_WORKERS, Math.min(n, ops.load(mem, w.WORKER_LIMIT)));
  for (let p = old; p < n; p++) {
    const at = s.pSlot(p);
    if (ops.load(mem, at + w.P_DEQUE) === 0) ops.store(mem, at + w.P_DEQUE, fresh.pop() as number);
    // A holder that has not noticed that its P was to go keeps it.
    if (ops.load(mem, at + w.P_OWNER) !== 0) continue;
    const m = s.giveP(p);
    if (m >= 0) woken.push(m);
  }
  if (n < old) dropIdle(s, n);
  s.unlock();
  for (const cell of fresh) arena.free(cell);
  return { woken };
}

/** Any point of the owner thread. The same, and wakes who can use the new Ps. */
export function setProcs(s: Group, arena: Arena, world: Sleeper, wanted: number): void {
  for (const m of resize(s, arena, wanted).woken) unpark(s.mem, w.mSlot(m) + w.M_PARK, () => world.ping(m));
  wakeP(s, world);
}

// Caller holds the lock. Idle Ps beyond n leave the list; their queues are empty.
function dropIdle(s: Group, n: number): void {
  const kept: number[] = [];
  for (let p = s.popIdleP(); p >= 0; p = s.popIdleP()) if (p < n) kept.push(p);
  for (const p of kept.reverse()) s.pushIdleP(p);
}

// Allocation happens outside the lock.
function cellsFor(s: Group, arena: Arena, n: number): number[] {
  const cells: number[] = [];
  for (let p = 0; p < n; p++) {
    if (ops.load(s.mem, s.pSlot(p) + w.P_DEQUE) !== 0) continue;
    const cell = arena.allocate(dequeWords() * 4);
    arena.memory.i32.fill(0, cell, cell + dequeWords());
    cells.push(cell);
  }
  return cells;
}

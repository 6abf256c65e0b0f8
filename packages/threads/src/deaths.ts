// Deaths of Ms: what the living do when a thread is gone, wherever it was.
//
// Main hears of it (or sysmon, which tells main), puts the group's words right, and mails every other M. Each then
// ends what only the dead could have ended: its goroutines there fail with ThreadLostError, records the dead had taken
// and not started are queued again, and the owners of channels and locks repair theirs (shm's bury).

import { type Arena, breakLock, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import { forgetM, rebuild } from "./group-rare.ts";
import * as w from "./layout.ts";
import type { Queues } from "./steal.ts";

/**
 * Main only, once M `dead` runs no more. Takes it out of every list, gives its P away with what is queued on it, and
 * breaks the locks it held. Returns an M to unpark, or -1.
 */
export function takeOut(s: Group, arena: Arena, queues: Queues, dead: number): number {
  const { mem } = s;
  const slot = w.mSlot(dead);
  breakLock(mem, arena.lockWord, dead);
  const broken = breakLock(mem, w.LOCK, dead);
  let woken = -1;
  s.lock();
  if (broken) rebuild(s, w.MAX_PS);
  const booted = ops.load(mem, slot + w.M_STATE) !== w.MState.None;
  if (!booted) ops.sub(mem, w.STARTING, 1);
  ops.sub(mem, w.NWORKERS, 1);
  s.unstick(dead);
  forgetM(s, dead);
  for (let p = 0; p < w.MAX_PS; p++) {
    const at = s.pSlot(p);
    if ((ops.load(mem, at + w.P_OWNER) & ~w.BUSY) !== dead + 1) continue;
    if (ops.load(mem, slot + w.M_SPIN) === 1) ops.sub(mem, w.NSPINNING, 1);
    const own = queues.of(p);
    for (let r = own.get(); r !== 0; r = own.get()) s.pushGlobal(r, r, 1);
    woken = s.giveP(p);
  }
  ops.store(mem, slot + w.M_HELD, 0);
  ops.store(mem, slot + w.M_NEXTP, 0);
  ops.store(mem, slot + w.M_LIVE, 0);
  s.unlock();
  arena.reclaim(dead);
  return woken;
}

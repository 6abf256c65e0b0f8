// Blocking calls: each takes an M for itself and needs no P, as a system call in Go.
//
// They have a list of their own. Who queues one wakes an idle M that has no live goroutines, or starts a worker: it is
// one more than there are Ps, because an M in such a call counts in NSTUCK. An M without goroutines looks at the list
// before it sleeps, after it has listed itself, under the same lock: one of the two sees the other. One that was woken
// for a call (M_HELPS) and has goroutines by now, which a blocking call would hold up, wakes or starts another.
//
// An M lists itself before it sends the result home: else whoever waits for that and calls again at once would find no
// idle M, and start a worker per call.

import { ops, unpark } from "@gr/shm";
import type { Group } from "./group.ts";
import { block, popFreeM } from "./group-rare.ts";
import type { Sleeper } from "./idle.ts";
import * as w from "./layout.ts";

/** Any point of the owner thread. Queues the record of a blocking call, and sees to it that an M takes it. */
export function queueBlocking(s: Group, world: Sleeper, record: number): void {
  const { mem } = s;
  s.lock();
  ops.store(mem, record, 0);
  const tail = ops.load(mem, w.BTAIL);
  ops.store(mem, tail === 0 ? w.BHEAD : tail, record);
  ops.store(mem, w.BTAIL, record);
  ops.add(mem, w.NBLOCKING, 1);
  findHelp(s, world);
}

/** Scheduler side. This M was woken for a blocking call and cannot take it: another is to. */
export function passOnBlocking(s: Group, world: Sleeper): void {
  s.lock();
  ops.store(s.mem, s.slot + w.M_HELPS, 0);
  if (ops.load(s.mem, w.NBLOCKING) > 0) findHelp(s, world);
  else s.unlock();
}

// Caller holds the lock, which is free afterwards. Wakes or starts an M for one blocking call.
function findHelp(s: Group, world: Sleeper): void {
  const { mem } = s;
  let start = false;
  const m = popFreeM(s);
  if (m < 0 && ops.load(mem, w.NWORKERS) < ops.load(mem, w.WORKER_LIMIT)) {
    start = true;
    ops.add(mem, w.NWORKERS, 1);
    ops.add(mem, w.STARTING, 1);
  }
  s.unlock();
  if (m >= 0) unpark(mem, w.mSlot(m) + w.M_PARK, () => world.ping(m));
  else if (start) world.startWorker();
}

/** Scheduler side, on an M without goroutines and without a P. Runs one blocking call; false if there was none to run. */
export function helpBlocking(s: Group, world: Sleeper, call: (record: number) => () => void): boolean {
  const { mem } = s;
  s.lock();
  // A P was handed to this M meanwhile: that comes first.
  const handed = ops.load(mem, s.slot + w.M_NEXTP) !== 0;
  const record = handed ? 0 : ops.load(mem, w.BHEAD);
  if (record !== 0) {
    ops.store(mem, s.slot + w.M_HELPS, 0);
    const next = ops.load(mem, record);
    ops.store(mem, w.BHEAD, next);
    if (next === 0) ops.store(mem, w.BTAIL, 0);
    ops.sub(mem, w.NBLOCKING, 1);
    s.wakeSelf();
    block(s, s.m);
  }
  s.unlock();
  if (handed && ops.load(mem, s.slot + w.M_HELPS) !== 0) passOnBlocking(s, world);
  if (record === 0) return false;
  const tell = call(record);
  s.lock();
  s.unstick(s.m);
  world.rest();
  s.unlock();
  tell();
  return true;
}

// Placement: may this M start a queued record, or should another?
//
// A goroutine stays where it was started, so an M that is quick must not take everything while others wake or start. The
// main M serves the event loop, so it starts portables last: when every worker there can be holds a P.

import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import { May, roomForWorker } from "./idle.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import type { Queues } from "./steal.ts";

/** An M may start portables: always, only while every worker is busy, never. */
export type Starts = "yes" | "last" | "never";

/** Scheduler side. One of May. */
export function mayStart(s: Group, queues: Queues, starts: Starts): number {
  const { mem } = s;
  if (starts === "never") return May.WakeOther;
  if (starts === "last") return allBusy(s) ? May.Yes : May.WakeOther;
  const others = ops.load(mem, w.NSPINNING) - (s.spinning ? 1 : 0);
  if (others <= 0 && ops.load(mem, w.NMIDLE) === 0 && ops.load(mem, w.STARTING) === 0) return May.Yes;
  const live = ops.peek(mem, s.slot + w.M_LIVE);
  return live === 0 ? May.Yes : share(s, queues, live, others > 0);
}

function allBusy(s: Group): boolean {
  const { mem } = s;
  if (roomForWorker(mem) || ops.load(mem, w.STARTING) > 0) return false;
  const busy = s.procs - ops.load(mem, w.NPIDLE) - (s.p < 0 ? 0 : 1);
  // Those that are stuck, or block, or are threads of their own, hold none.
  return busy >= ops.load(mem, w.NWORKERS) - ops.load(mem, w.NSTUCK);
}

// While somebody else is idle, looks for work or starts, no M takes more than its share of the live portables.
function share(s: Group, queues: Queues, live: number, spinners: boolean): number {
  const { mem } = s;
  const starting = ops.load(mem, w.STARTING);
  let all = queues.queued();
  let workers = starting;
  let idleHasFewer = false;
  const ms = ops.load(mem, w.NMS);
  for (let m = 1; m < ms; m++) {
    const state = ops.load(mem, w.mSlot(m) + w.M_STATE);
    if (state === MState.None || state === MState.Blocked) continue;
    const lives = ops.peek(mem, w.mSlot(m) + w.M_LIVE);
    all += lives;
    workers++;
    if (state === MState.Idle && m !== s.m && lives < live) idleHasFewer = true;
  }
  if (live < Math.ceil(all / workers)) return May.Yes;
  if (idleHasFewer) return May.WakeOther;
  return starting > 0 || spinners ? May.Wait : May.Yes;
}

// The share of each M: which of those that may start portables starts the next.
//
// A goroutine stays where it was started, so an M that is quick must not take everything while others wake or start.

import type { Group } from "./group.ts";
import type { Handed } from "./handed.ts";
import * as w from "./layout-words.ts";
import * as MState from "./m-state.ts";
import * as May from "./may.ts";
import type { Queues } from "./queues.ts";

/** Scheduler side. One of May. */
export function mayTake(h: Handed, s: Group, queues: Queues): number {
  const { ops } = h;
  const { mem } = s;
  const others = ops.load(mem, w.NSPINNING) - (s.spinning ? 1 : 0);
  if (others <= 0 && ops.load(mem, w.NMIDLE) === 0 && ops.load(mem, w.STARTING) === 0) return May.Yes;
  const live = ops.peek(mem, s.slot + w.M_LIVE);
  return live === 0 ? May.Yes : shareOf(h, s, queues, live, others > 0);
}

// While somebody else is idle, looks for work or starts, no M takes more than its share of the live portables.
function shareOf({ ops, mSlot }: Handed, s: Group, queues: Queues, live: number, spinners: boolean): number {
  const { mem } = s;
  const starting = ops.load(mem, w.STARTING);
  let all = queues.queued();
  let workers = starting;
  let idleHasFewer = false;
  const ms = ops.load(mem, w.NMS);
  for (let m = 1; m < ms; m++) {
    const state = ops.load(mem, mSlot(m) + w.M_STATE);
    if (state === MState.None || state === MState.Blocked || state === MState.Spare) continue;
    const lives = ops.peek(mem, mSlot(m) + w.M_LIVE);
    all += lives;
    workers++;
    if (state === MState.Idle && m !== s.m && lives < live) idleHasFewer = true;
  }
  if (live < Math.ceil(all / workers)) return May.Yes;
  if (idleHasFewer) return May.WakeOther;
  return starting > 0 || spinners ? May.Wait : May.Yes;
}

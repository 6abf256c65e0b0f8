// Placement: may this M start a queued record, or should another? The share of each is in share.ts.
//
// The main M serves the event loop, so it starts portables last: when every worker there can be holds a P.

import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import { roomForWorker } from "./idle.ts";
import * as w from "./layout.ts";
import * as May from "./may.ts";

/** An M may start portables: always (within its share), only while every worker is busy, never. */
export type Starts = "yes" | "last" | "never";

/** Scheduler side. One of May. */
export function mayStart(s: Group, starts: Starts): number {
  return starts === "yes" || (starts === "last" && allBusy(s)) ? May.Yes : May.WakeOther;
}

function allBusy(s: Group): boolean {
  const { mem } = s;
  if (roomForWorker(mem) || ops.load(mem, w.STARTING) > 0) return false;
  const busy = s.procs - ops.load(mem, w.NPIDLE) - (s.p < 0 ? 0 : 1);
  // Those that are stuck, or block, or are threads of their own, hold none.
  return busy >= ops.load(mem, w.NWORKERS) - ops.load(mem, w.NSTUCK);
}

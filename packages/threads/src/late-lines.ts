// Lines of schedtrace while main is blocked: sysmon prints them instead, a period late at first, without goroutines.

import type { Look } from "@gr/core/internal";
import { type Memory, ops } from "@gr/shm";
import { Group } from "./group.ts";
import * as w from "./layout.ts";
import { Queues } from "./queues.ts";
import { statsOf } from "./stats.ts";

/** Sysmon only. What it is asked for each period: null as long as main prints. */
export function lateLines({ i32: mem }: Memory, now: () => number): (ms: number) => Look | null {
  const group = new Group(mem, w.SYSMON);
  const queues = new Queues(group);
  let line = -1;
  let since = 0;
  /** Periods without a line of main's. */
  let missed = 0;
  return () => {
    const last = ops.load(mem, w.LINE_MS);
    if (last !== line) {
      line = last;
      since = now();
      missed = 0;
      return null;
    }
    // Once is not late: the two clocks tick beside each other.
    if (++missed < 2) return null;
    const at = now();
    line += Math.round(at - since);
    since = at;
    ops.store(mem, w.LINE_MS, line);
    return { ms: line, stats: statsOf(group, queues), runner: () => -1 };
  };
}

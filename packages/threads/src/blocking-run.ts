// How a worker runs a blocking call: here and now, on its whole thread.

import { kick } from "@gr/core/internal";
import { ops } from "@gr/shm";
import * as w from "./layout.ts";
import { noGoroutine } from "./no-goroutine.ts";
import * as n from "./numbers.ts";
import * as rec from "./record-words.ts";
import type { Starts } from "./starts.ts";
import type { AnyPortable } from "./task-table.ts";

/** Scheduler side. Runs the blocking call of a record, here and now. Returns what sends the result home. */
export function callRecord(starts: Starts, r: number): () => void {
  const args = starts.claim(r);
  if (args === null) return () => {};
  starts.group.count(w.M_STARTED, 1);
  const portable = starts.tasks.find(ops.peek(starts.mem, r + rec.NAME)) as AnyPortable;
  try {
    const value = portable.body(...(args as readonly never[]));
    const wrong = noGoroutine(value, portable.name);
    if (wrong !== null) throw wrong;
    if (typeof (value as { then?: unknown } | null)?.then === "function") {
      starts.calls++;
      (value as PromiseLike<unknown>).then(
        (v) => settled(starts, r, n.Return, v),
        (err) => settled(starts, r, n.Panic, err),
      );
    } else return () => starts.sendHome(r, n.Return, value);
  } catch (err) {
    return () => starts.sendHome(r, n.Panic, err);
  }
  return () => {};
}

function settled(starts: Starts, r: number, how: number, value: unknown): void {
  starts.calls--;
  starts.sendHome(r, how, value);
  // An M that waited for this alone looks again whether it is needed.
  kick();
}

// Loads rare.ts. It is there at once where something on the thread cannot wait: runSync, virtual time.

import { kick } from "./kick.ts";
import type { Program } from "./program.ts";
import type { Rare } from "./rare.ts";
import type { GoroutineRecord } from "./records.ts";
import { sched } from "./sched.ts";

let loading: Promise<Rare | null> | null = null;

/** Any point of the owner thread. Loads the rare parts; null, and a warning, if they cannot be. */
export function loadRare(): Promise<Rare | null> {
  loading ??= import("./rare.ts").then(
    ({ rare }) => {
      sched.rare ??= rare;
      // A pass, because its end is where deadlocks are judged.
      kick();
      return sched.rare;
    },
    (err) => {
      sched.host.warn(`@gr/core: a report is lost, because a part cannot be loaded: ${err}`);
      return null;
    },
  );
  return loading;
}

/** What the goroutines of p on this thread wait for, once the rare parts are here. With threads they are. */
export function recordsOf(p: Program): GoroutineRecord[] {
  return sched.rare === null ? [] : sched.rare.recordsOf(p);
}

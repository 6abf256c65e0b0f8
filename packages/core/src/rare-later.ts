// Loads rare.ts. It is there at once where something on the thread cannot wait: runSync, virtual time.

import type { G } from "./g.ts";
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

/** Any point of the owner thread. Calls f as soon as no error waits for its words any more. */
export function worded(f: () => void): void {
  if (loading === null || sched.rare !== null) f();
  else void loading.then(f);
}

/** Any point of the owner thread. Warns of what g does, when the words are here. */
export function warn(why: "abandoned" | "cleanupCut", g: G): void {
  const say = (rare: Rare | null): void => {
    if (rare !== null) sched.host.warn(rare[why](g));
  };
  if (sched.rare !== null) say(sched.rare);
  else void loadRare().then(say);
}

/** What the goroutines of p on this thread wait for, once the rare parts are here. With threads they are. */
export function recordsOf(p: Program): GoroutineRecord[] {
  return sched.rare === null ? [] : sched.rare.recordsOf(p);
}

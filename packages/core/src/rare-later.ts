// Loads rare.ts. It is there at once where something on the thread cannot wait: runSync, virtual time.

import { kick } from "./kick.ts";
import type { Program } from "./program.ts";
import type { Rare } from "./rare.ts";
import type { GoroutineRecord } from "./records.ts";
import { sched } from "./sched.ts";

let loading: Promise<void> | null = null;

/** A part of the package is missing: nothing hangs on it, but what it would have done or said is not. */
export function notLoaded(err: unknown): void {
  sched.host.warn(`@gr/core: a part cannot be loaded: ${err}`);
}

/** Any point of the owner thread. Loads the rare parts; a warning if they cannot be. */
export function loadRare(): Promise<void> {
  loading ??= import("./rare.ts").then(({ rare }) => {
    sched.rare ??= rare;
    // A pass, because its end is where deadlocks are judged.
    kick();
  }, notLoaded);
  return loading;
}

/** Any point of the owner thread. Calls f as soon as no error waits for its words any more. */
export function worded(f: () => void): void {
  if (loading === null || sched.rare !== null) f();
  else void loading.then(f);
}

/** Any point of the owner thread. f does something rare: at once, or when the rare parts are here. */
export function rarely(f: (rare: Rare) => void): void {
  if (sched.rare !== null) f(sched.rare);
  else void loadRare().then(() => sched.rare !== null && f(sched.rare));
}

/** What the goroutines of p on this thread wait for, once the rare parts are here. With threads they are. */
export function recordsOf(p: Program): GoroutineRecord[] {
  return sched.rare === null ? [] : sched.rare.recordsOf(p);
}

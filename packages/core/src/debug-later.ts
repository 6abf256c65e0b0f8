// GRDEBUG is asked for rarely, so what it does (debug.ts) is loaded only then.
//
// Until it is there no goroutine runs: what they do is watched from the first step. Where the first ones were started
// is kept for it. runSync cannot wait, and operations that were made outside before that are not watched.

import type { Early } from "./debug.ts";
import { handed } from "./handed.ts";
import { kick } from "./kick.ts";
import { notLoaded } from "./rare-later.ts";
import type { Sched } from "./sched.ts";

/** Owner thread only, at start-up. Does nothing unless GRDEBUG is set. */
export function debugLater(s: Sched): void {
  const text = s.host.env("GRDEBUG");
  if (!text) return;
  const early: Early = [];
  s.made = (g) => void early.push([g, new Error()]);
  // Channels that are made meanwhile see that somebody watches.
  s.opMade = () => "";
  // As if a pass were under way: nobody asks for another.
  s.m.posted = true;
  const loading = import("./debug.ts")
    .then(({ debug }) => debug(handed, text, early), notLoaded)
    .then(() => {
      s.m.posted = false;
      kick();
    });
  // A worker runs nothing before this either.
  s.loads.add(() => loading);
}

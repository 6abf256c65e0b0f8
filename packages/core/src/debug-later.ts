// GRDEBUG is asked for rarely, so what it does (debug.ts) is loaded only then.
//
// Until it is there no goroutine runs: what they do is watched from the first step. Where the first ones were started
// is kept for it. runSync cannot wait, and operations that were made outside before that are not watched.

import type { DebugParts, Early } from "./debug.ts";
import { JoinOp } from "./join.ts";
import { kick } from "./kick.ts";
import { OpBase } from "./op-base.ts";
import type { Sched } from "./sched.ts";
import { sideOf } from "./side.ts";

/** What debug.ts is handed. */
export function debugParts(s: Sched): DebugParts {
  return { sched: s, OpBase, JoinOp, sideOf };
}

/** Owner thread only, at start-up. Does nothing unless GRDEBUG is set. */
export function debugLater(s: Sched): void {
  const text = s.host.env("GRDEBUG");
  if (text === undefined || text === "") return;
  const early: Early = [];
  s.made = (g) => void early.push([g, new Error()]);
  // Channels that are made meanwhile see that somebody watches.
  s.opMade = () => "";
  const loading = load(s, text, early);
  // A worker runs nothing before this either.
  s.loads.add(() => loading);
}

async function load(s: Sched, text: string, early: Early): Promise<void> {
  // As if a pass were under way: nobody asks for another.
  s.m.posted = true;
  try {
    const { debug } = await import("./debug.ts");
    s.made = null;
    s.opMade = null;
    debug(debugParts(s), text, early);
  } catch (err) {
    s.host.warn(`GRDEBUG: its module cannot be loaded: ${err}`);
  }
  s.m.posted = false;
  kick();
}

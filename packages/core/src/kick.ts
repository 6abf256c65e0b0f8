// kick: asks the host for a pass, once, when work appears outside of one.

import { sched } from "./sched.ts";

/**
 * Any point of the owner thread. A pass will come: in a microtask while the running slice lasts, so that an outside
 * caller is not kept waiting; after that by a macrotask, so that a loop of outside awaits cannot starve the host. With
 * threads a pass costs a P, so it always comes by a macrotask: what one turn of the event loop readies shares it.
 */
export function kick(): void {
  const m = sched.m;
  if (m.inPass || m.posted) return;
  m.posted = true;
  const host = sched.host;
  host.unpark();
  if (sched.peers === null && host.now() < sched.sliceEnd) host.post(sched.passSoon, true);
  else host.post(sched.passFresh, false);
}

// What packages leave out until there are threads, so that a program on one thread does not carry it.

import { sched } from "./sched.ts";

/** Any point of the owner thread. `load` is called when threads start, before anything crosses; at once if they have. */
export function loadWithThreads(load: () => Promise<unknown>): void {
  sched.loads.add(load);
  if (sched.peers !== null) void loadLeft();
}

/** Any point of the owner thread. Loads what is left to load; null if nothing is, as usual. */
export function loadLeft(): Promise<void> | null {
  const { loads } = sched;
  if (loads.size === 0) return null;
  return Promise.all([...loads].map((load) => load().then(() => void loads.delete(load)))).then(() => {});
}

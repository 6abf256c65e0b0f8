import type { Threads } from "@gr/threads";

/** How many workers have started that are not the spare. */
export const serving = (threads: Threads): number =>
  threads.stats().ms.filter(({ m, state }) => m > 0 && state !== "spare").length;

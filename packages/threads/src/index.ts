// @gr/threads: goroutines multiplexed over OS threads.

export { blocking } from "./blocking.ts";
export { Thread } from "./os-thread.ts";
export type { PmapOptions } from "./pmap.ts";
export { pmap } from "./pmap.ts";
export { share } from "./shared-objects.ts";
export type { MStats, PStats, ThreadsStats } from "./stats.ts";
export type { Threads, ThreadsOptions } from "./threads.ts";
export { startThreads } from "./threads.ts";
export { transfer } from "./transfer.ts";

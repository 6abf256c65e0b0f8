// @gr/threads: goroutines multiplexed over OS threads.

export type { MStats, PStats, ThreadsStats } from "./stats.ts";
export type { Threads, ThreadsOptions } from "./threads.ts";
export { startThreads } from "./threads.ts";

// @gr/sync: WaitGroup and Mutex, as operations.

import "./for-threads.ts";

export type { Lock, LockOptions, MutexOptions } from "./mutex.ts";
export { Mutex } from "./mutex.ts";
export type { WaitGroupOptions, WaitOptions } from "./wait-group.ts";
export { WaitGroup } from "./wait-group.ts";

// @gr/core: goroutines on one thread.

import "./start-up.ts";

export { call } from "./call.ts";
export { all, timeout } from "./combine.ts";
export {
  CancelledError,
  DeadlockError,
  GoexitError,
  GrError,
  MisuseError,
  NotPortableError,
  PanicError,
  ThreadLostError,
  TimeoutError,
} from "./errors.ts";
export type { Goroutine } from "./g.ts";
export type { GStatus } from "./g-status.ts";
export { go } from "./go.ts";
export { checkpoint, defer, goexit, gosched } from "./gosched.ts";
export type { LeakedGoroutine, LeakReport } from "./leaks.ts";
export type { Body, Coroutine, Crosses, Op, RecvOp, Resumed, Yielded } from "./op.ts";
export type { Crossing, Portable } from "./portable.ts";
export { portable } from "./portable.ts";
export { current, gomaxprocs, numGoroutine } from "./procs.ts";
export type { DeadlockMode, RunOptions } from "./program.ts";
export { run } from "./run.ts";
export { runSync } from "./run-sync.ts";
export type { Scope } from "./scope.ts";
export { scope } from "./scope.ts";
export { sleep } from "./sleep.ts";
export type { GoroutineInfo } from "./stacks.ts";
export { goroutines, stacks } from "./stacks.ts";
export { until } from "./until.ts";

// The behaviour suites, as functions of a maker (or, where they look inside one thread, of nothing).

export { chanSuite } from "./chan-suite.ts";
export { closeSuite } from "./close-suite.ts";
export { dumpSuite } from "./dump-suite.ts";
export { goldenSuite } from "./golden-suite.ts";
export { localMaker } from "./local.ts";
export { localKinds } from "./local-op-kinds.ts";
export type { Maker, Task } from "./maker.ts";
export { scaled } from "./maker.ts";
export { memorySuite } from "./memory-suite.ts";
export type { OpKind, Situation } from "./op-suite.ts";
export { opSuite } from "./op-suite.ts";
export { programSuite } from "./program-suite.ts";
export { checkRandomPrograms } from "./random-programs.ts";
export { schedSuite } from "./sched-suite.ts";
export { schedulesSuite } from "./schedules-suite.ts";
export { selectFormsSuite } from "./select-forms-suite.ts";
export { selectRaceSuite } from "./select-race-suite.ts";
export { selectSuite } from "./select-suite.ts";
export { spawn, tasks } from "./task.ts";
export { timerSuite } from "./timer-suite.ts";
export { unwindSuite } from "./unwind-suite.ts";

export type { AtomicsFailure, AtomicsOptions, AtomicsProgram, AtomicsReport, End } from "./atomics.ts";
export { exploreAtomics, mustHold, replayAtomics } from "./atomics.ts";
export type { AsyncWait, AtomicsDoor, WaitResult } from "./door.ts";
export type { Choose, ScheduleFailure, ScheduleOptions, ScheduleReport } from "./schedules.ts";
export { exploreSchedules, exploreSchedulesAsync, mustPass } from "./schedules.ts";

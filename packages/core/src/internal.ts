// @gr/core/internal: the door for siblings (@gr/*). No promises to anybody else; changes raise PROTOCOL.

import "./start-up.ts";

export { awaitOutside } from "./awaiter.ts";
export { CallOp } from "./call.ts";

export type { Look } from "./debug.ts";
export { endProxy } from "./end.ts";
export { expected, fatal, printValue } from "./errors.ts";
export { setHost } from "./event-loop-host.ts";
export { G } from "./g.ts";
export {
  Fcancel,
  Fcancelled,
  Fdetached,
  Ffailed,
  Fgoexit,
  Fjoined,
  Fsystem,
  Funwinding,
  Gdead,
  Grunnable,
  Grunning,
  Gwaiting,
} from "./g-status.ts";
export { enlist, make, spawn, start } from "./go.ts";
export type { Host } from "./host.ts";
export { JoinOp, outcome } from "./join.ts";
export { kick } from "./kick.ts";
export type { AnyBody } from "./op.ts";
export { OpBase, park, toOp } from "./op-base.ts";
export { ready, runqput } from "./park.ts";
export type { SharedClaim } from "./party.ts";
export { Party } from "./party.ts";
export type { Peers } from "./peers.ts";
export { Drained } from "./peers.ts";
export type { PortableInfo } from "./portable.ts";
export { findPortable, portableNames, portableOf } from "./portable.ts";
export { interrupt } from "./preempt.ts";
export { Program } from "./program.ts";
export { random } from "./random.ts";
export { recordsOf } from "./rare-later.ts";
export type { GoroutineRecord } from "./records.ts";
export { Done, ID_BATCH, PROTOCOL, sched } from "./sched.ts";
export { pass, passFresh } from "./schedule.ts";
export type { Side } from "./side.ts";
export { sideOf } from "./side.ts";
export { SignalOp } from "./signal-op.ts";
export { stacksOf, waitReasonText } from "./stacks.ts";
export { Timer } from "./timers.ts";
export type { Told } from "./told.ts";
export { goTold, tellEnd } from "./told.ts";
export type { TraceSink } from "./trace.ts";
export { Ev, GoEndWhy, GoStopWhy, Metric, ProcStopWhy } from "./trace.ts";
export type { ReadTrace, SourceStream, TraceSource, TraceStart, TraceWords } from "./trace-sources.ts";
export { setTraceSink, traceSources } from "./trace-sources.ts";
export { UNWIND } from "./unwind.ts";
export { VirtualHost, withVirtualHost } from "./virtual-host.ts";
export { CaseWaiter, caseOf, Waiter, WaitQueue } from "./wait-queue.ts";
export type { WaitReason, WaitWords } from "./wait-reason.ts";
export { Wait } from "./wait-reason.ts";
export { loadLeft, loadWithThreads } from "./with-threads.ts";

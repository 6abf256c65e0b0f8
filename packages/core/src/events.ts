// The numbers of the trace events that core itself tells, and their hows, each under a name of its own: the table of all (trace.ts) would
// be in every bundle. Their types keep the two from differing.

import type { Ev, GoEndWhy, GoStopWhy } from "./trace.ts";

export const RunqOverflow: typeof Ev.RunqOverflow = 15;
export const LoopLeave: typeof Ev.LoopLeave = 26;
export const LoopEnter: typeof Ev.LoopEnter = 27;
export const GoCreate: typeof Ev.GoCreate = 30;
export const GoStart: typeof Ev.GoStart = 31;
export const GoStop: typeof Ev.GoStop = 32;
export const GoBlock: typeof Ev.GoBlock = 33;
export const GoUnblock: typeof Ev.GoUnblock = 34;
export const GoEnd: typeof Ev.GoEnd = 35;
export const GoLabel: typeof Ev.GoLabel = 36;

export const EndReturn: typeof GoEndWhy.Return = 0;
export const EndPanic: typeof GoEndWhy.Panic = 1;
export const EndGoexit: typeof GoEndWhy.Goexit = 2;
export const EndCancelled: typeof GoEndWhy.Cancelled = 3;
export const StopGosched: typeof GoStopWhy.Gosched = 0;
export const StopPreempted: typeof GoStopWhy.Preempted = 1;

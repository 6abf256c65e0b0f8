// Numbers of core and shm, each under a name of its own: their tables would be in every bundle, and a part that is loaded
// later may not import them. Their types keep the two from differing.

import type * as core from "@gr/core/internal";
import type * as shm from "@gr/shm";

type Why = typeof core.GoEndWhy;
export const Return: Why["Return"] = 0;
export const Panic: Why["Panic"] = 1;
export const Goexit: Why["Goexit"] = 2;
export const Cancelled: Why["Cancelled"] = 3;

export const Gdead: typeof core.Gdead = 4;

export const Fcancel: typeof core.Fcancel = 1;
export const Fgoexit: typeof core.Fgoexit = 4;
export const Fjoined: typeof core.Fjoined = 8;
export const Ffailed: typeof core.Ffailed = 16;
export const Fcancelled: typeof core.Fcancelled = 64;

export const MAIL_KIND: typeof shm.MAIL_KIND = 1;
export const MAIL_BODY: typeof shm.MAIL_BODY = 2;

type Mail = typeof shm.Mail;
export const Completed: Mail["Completed"] = 1;
export const Cancel: Mail["Cancel"] = 2;
export const ProgramEnded: Mail["ProgramEnded"] = 3;
export const ProgramFailed: Mail["ProgramFailed"] = 4;
export const Control: Mail["Control"] = 7;
export const Signal: Mail["Signal"] = 8;
export const ProgramSpread: Mail["ProgramSpread"] = 9;
export const Handle: Mail["Handle"] = 11;

type Stop = typeof core.ProcStopWhy;
export const StopIdle: Stop["Idle"] = 0;
export const StopRetaken: Stop["Retaken"] = 3;
export const StopHandoff: Stop["Handoff"] = 1;

type Sampled = typeof core.Metric;
export const Runq: Sampled["Runq"] = 0;
export const Spawnq: Sampled["Spawnq"] = 1;
export const GlobalRunq: Sampled["GlobalRunq"] = 2;

type Reasons = typeof core.Wait;
export const WaitIO: Reasons["IOWait"] = 14;
export const WaitJoin: Reasons["Join"] = 15;

type Loops = typeof core.Drained;
export const Here: Loops["Here"] = 0;
export const ButSignals: Loops["ButSignals"] = 1;
export const Wholly: Loops["Wholly"] = 2;

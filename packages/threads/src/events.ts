// The numbers of the trace events that are told here, as in core's events.ts.

import type { Ev } from "@gr/core/internal";

export const ProcsChange: typeof Ev.ProcsChange = 10;
export const ProcStart: typeof Ev.ProcStart = 11;
export const ProcStop: typeof Ev.ProcStop = 12;
export const RunqSteal: typeof Ev.RunqSteal = 14;
export const RunqOverflow: typeof Ev.RunqOverflow = 15;
export const GlobGet: typeof Ev.GlobGet = 16;
export const MSpinBegin: typeof Ev.MSpinBegin = 21;
export const MSpinEnd: typeof Ev.MSpinEnd = 22;
export const MPark: typeof Ev.MPark = 23;
export const MUnpark: typeof Ev.MUnpark = 24;
export const GoCreate: typeof Ev.GoCreate = 30;
export const MailSend: typeof Ev.MailSend = 40;
export const MailRecv: typeof Ev.MailRecv = 41;
export const Metric: typeof Ev.Metric = 50;

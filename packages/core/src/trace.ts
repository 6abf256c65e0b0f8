// The trace hook: one slot, null when off, through which every state transition is told.
//
// Core calls the sink and knows nothing of records, clocks or files; @gr/viz puts a recorder in the slot.
// Kinds are numbers that end up in stored traces: never re-use or renumber one, add a new one.
// Argument columns: g = the goroutine the event is about (0: scheduler or host), b = the other id,
// x = 16 bits, how = 8 bits.

/** Any point of the owner thread. Tells of what happens now. */
export function tell(trace: TraceSink, ev: number, how: number, g: number, b: number): void {
  trace.stamp();
  trace.event(ev, how, 0, g, b);
}

/** Numbers of the trace events. Names follow Go's tracer where Go has one. */
export const Ev = {
  // structure (written by the recorder itself)
  Lost: 1, //        b: records lost before this one
  Gen: 2, //         b: generation number
  ClockSync: 3, //   b: offset in 100 ns ticks
  GoStatus: 4, //    g, how: GStatus number, x: wait reason
  ProcStatus: 5, //  b: p, how: 0 idle, 1 running
  // P
  ProcsChange: 10, // b: GOMAXPROCS
  ProcStart: 11, //   b: p; this M now holds it
  ProcStop: 12, //    b: p, how: see ProcStopWhy
  ProcSteal: 13, //   b: p, x: m it was taken from
  RunqSteal: 14, //   b: number of start records, x: p stolen from
  RunqOverflow: 15, // b: number moved to the global queue
  GlobGet: 16, //     b: number taken from the global queue
  // M
  MStart: 20, //      how: 0 main, 1 worker, 2 helper, 3 sysmon
  MSpinBegin: 21,
  MSpinEnd: 22, //    how: 1 if work was found
  MPark: 23, //       how: 0 no work, 1 no P
  MUnpark: 24, //     b: m that was woken
  MExit: 25,
  LoopLeave: 26, //   the M returns to the host's event loop
  LoopEnter: 27, //   the M is back in the scheduler
  // G
  GoCreate: 30, //    g: creator, b: new goroutine, x: string id of its name
  GoStart: 31, //     g
  GoStop: 32, //      g, how: see GoStopWhy
  GoBlock: 33, //     g, how: wait reason, b: object id or 0
  GoUnblock: 34, //   g: the one made runnable, b: the goroutine that did it or 0
  GoEnd: 35, //       g, how: see GoEndWhy
  GoLabel: 36, //     g, x: string id of its new name
  // between Ms
  MailSend: 40, //    b: m, g: goroutine it concerns
  MailRecv: 41, //    b: m it came from, g
  // metrics, sampled
  Metric: 50, //      how: see Metric, b: value
} as const;

/** Why an M gave up its P (ProcStop's `how`). */
export const ProcStopWhy = { Idle: 0, Handoff: 1, Shrink: 2, Retaken: 3 } as const;

/** Why a running goroutine went back to a run queue (GoStop's `how`). */
export const GoStopWhy = { Gosched: 0, Preempted: 1 } as const;

/** How a goroutine ended (GoEnd's `how`). */
export const GoEndWhy = { Return: 0, Panic: 1, Goexit: 2, Cancelled: 3 } as const;

/** What a Metric event measures (its `how`). */
export const Metric = { Runq: 0, Spawnq: 1, GlobalRunq: 2, HeapUsed: 3, Goroutines: 4 } as const;

/** Receives every event of this M while tracing is on. */
export interface TraceSink {
  /** Scheduler side. Takes the time stamp that this and the following events share, until the next call. */
  stamp(): void;
  /** Any point of the owner thread. Records one event at the last stamp. */
  event(kind: number, how: number, x: number, g: number, b: number): void;
  /** Owner thread only. The id under which `text` stands in the trace's string table; never 0. */
  string(text: string): number;
}

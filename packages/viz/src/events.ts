// The trace events: their numbers, names and columns, as they stand in rings and files.
//
// What.  One table that every other file here reads: recorder, file format, merge, exporters, text.
// Words. record: 16 bytes, four u32. tick: 100 ns. ring: the records of one M. reason: why a G waits.
// How.   w0 = ticks since the ring's base
//        w1 = kind:8 | how:8 | x:16      (kind in the low byte)
//        w2 = g, the goroutine the event is about (0: the scheduler or the host)
//        w3 = b, the other id: goroutine, P, M, channel, count, value
//        The M is the ring's owner. The P is the one of the last ProcStart in the same ring.
// Invariants.
//   I1  A number is never re-used or changed: files outlive programs. A new event gets a new number.
//   I2  The numbers equal core's (`Ev` in its trace hook); a test compares the two tables.
//   I3  A reader skips kinds it does not know.
// The hard part. Records of different Ms carry different clocks and equal stamps, so time alone gives no order;
//   merge.ts adds what causes what. That is why GoCreate and GoUnblock name the goroutine they make runnable.
// Rejected. Importing core's table: a viewer that opens a file would load a scheduler, and a file written by an
//   older core would be read with the numbers of a newer one. Names in the records: 16 bytes would not do.
// Sources. Go's internal/trace event list for names and meaning.

/** u32 words of one record. */
export const RECORD_WORDS = 4;
/** Nanoseconds of one tick of w0. */
export const TICK_NS = 100;

/** Numbers of the trace events (I1, I2). */
export const Ev = {
  Lost: 1,
  Gen: 2,
  ClockSync: 3,
  GoStatus: 4,
  ProcStatus: 5,
  ProcsChange: 10,
  ProcStart: 11,
  ProcStop: 12,
  ProcSteal: 13,
  RunqSteal: 14,
  RunqOverflow: 15,
  GlobGet: 16,
  MStart: 20,
  MSpinBegin: 21,
  MSpinEnd: 22,
  MPark: 23,
  MUnpark: 24,
  MExit: 25,
  LoopLeave: 26,
  LoopEnter: 27,
  GoCreate: 30,
  GoStart: 31,
  GoStop: 32,
  GoBlock: 33,
  GoUnblock: 34,
  GoEnd: 35,
  GoLabel: 36,
  MailSend: 40,
  MailRecv: 41,
  Metric: 50,
} as const;

/** What a Metric record measures (its `how`). */
export const Metric = { Runq: 0, Spawnq: 1, GlobalRunq: 2, HeapUsed: 3, Goroutines: 4 } as const;

/** Status numbers of a goroutine, as GoStatus carries them. */
export const GStatus = { Idle: 0, Runnable: 1, Running: 2, Waiting: 3, Dead: 4 } as const;

/** What the columns of one kind hold; a missing column is unused. */
export interface EventShape {
  readonly name: string;
  readonly g?: string;
  readonly b?: string;
  readonly x?: string;
  readonly how?: string;
}

const procStop = "idle,handoff,shrink,retaken";
const mKinds = "main,worker,helper,sysmon";

/** Name and columns by kind. `a,b,c` in `how` are the texts of its values; `reason` and `string` are looked up. */
export const SHAPES: ReadonlyMap<number, EventShape> = new Map<number, EventShape>([
  [Ev.Lost, { name: "Lost", b: "n" }],
  [Ev.Gen, { name: "Gen", b: "n" }],
  [Ev.ClockSync, { name: "ClockSync", b: "offset" }],
  [Ev.GoStatus, { name: "GoStatus", g: "g", how: "idle,runnable,running,waiting,dead", x: "reason" }],
  [Ev.ProcStatus, { name: "ProcStatus", b: "p", how: "idle,running" }],
  [Ev.ProcsChange, { name: "ProcsChange", b: "n" }],
  [Ev.ProcStart, { name: "ProcStart", b: "p" }],
  [Ev.ProcStop, { name: "ProcStop", b: "p", how: procStop }],
  [Ev.ProcSteal, { name: "ProcSteal", b: "p", x: "m" }],
  [Ev.RunqSteal, { name: "RunqSteal", b: "n", x: "p" }],
  [Ev.RunqOverflow, { name: "RunqOverflow", b: "n" }],
  [Ev.GlobGet, { name: "GlobGet", b: "n" }],
  [Ev.MStart, { name: "MStart", how: mKinds }],
  [Ev.MSpinBegin, { name: "MSpinBegin" }],
  [Ev.MSpinEnd, { name: "MSpinEnd", how: "nothing,found" }],
  [Ev.MPark, { name: "MPark", how: "no work,no P" }],
  [Ev.MUnpark, { name: "MUnpark", b: "m" }],
  [Ev.MExit, { name: "MExit" }],
  [Ev.LoopLeave, { name: "LoopLeave" }],
  [Ev.LoopEnter, { name: "LoopEnter" }],
  [Ev.GoCreate, { name: "GoCreate", g: "by", b: "g", x: "string" }],
  [Ev.GoStart, { name: "GoStart", g: "g" }],
  [Ev.GoStop, { name: "GoStop", g: "g", how: "gosched,preempted" }],
  [Ev.GoBlock, { name: "GoBlock", g: "g", how: "reason", b: "obj" }],
  [Ev.GoUnblock, { name: "GoUnblock", g: "g", b: "by" }],
  [Ev.GoEnd, { name: "GoEnd", g: "g", how: "return,panic,goexit,cancelled" }],
  [Ev.GoLabel, { name: "GoLabel", g: "g", x: "string" }],
  [Ev.MailSend, { name: "MailSend", g: "g", b: "m" }],
  [Ev.MailRecv, { name: "MailRecv", g: "g", b: "m" }],
  [Ev.Metric, { name: "Metric", b: "value", how: "runq,spawnq,global,heap,goroutines" }],
]);

/** Texts of the kinds of M (MStart's `how`). */
export const M_KINDS: readonly string[] = mKinds.split(",");

/** Texts of the wait reasons by number, with Go's words where Go has them. Files carry their own copy. */
export const WAIT_REASONS: readonly string[] = [
  "",
  "chan receive",
  "chan send",
  "chan receive (nil chan)",
  "chan send (nil chan)",
  "select",
  "select (no cases)",
  "sleep",
  "sync.Mutex.Lock",
  "sync.RWMutex.RLock",
  "sync.RWMutex.Lock",
  "sync.WaitGroup.Wait",
  "sync.Cond.Wait",
  "semacquire",
  "IO wait",
  "join",
  "scope",
  "syscall",
  "timer",
  "system goroutine wait",
];

/** Packs kind, how and x into w1. */
export function packHead(kind: number, how: number, x: number): number {
  return ((kind & 0xff) | ((how & 0xff) << 8) | ((x & 0xffff) << 16)) >>> 0;
}

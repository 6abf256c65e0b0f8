// Shared words of Sched, M and P. Index = word; all are 0 at first. A module of constants, so that a bundle carries numbers.
//
// | word         | unit    | written by                                  | read by            |
// |--------------|---------|---------------------------------------------|--------------------|
// | LOCK         | state   | futex-mutex.ts                              | any thread         |
// | PIDLE        | p + 1   | holder of LOCK                              | holder of LOCK     |
// | MIDLE        | m + 1   | holder of LOCK                              | holder of LOCK     |
// | WANT_HEAD    | m + 1   | holder of LOCK                              | holder of LOCK     |
// | WANT_TAIL    | m + 1   | holder of LOCK                              | holder of LOCK     |
// | GHEAD        | record  | holder of LOCK                              | any thread         |
// | GTAIL        | record  | holder of LOCK                              | holder of LOCK     |
// | GTAKEN       | count   | holder of LOCK, after GHEAD has moved on    | any thread         |
// | NPROCS       | Ps      | holder of LOCK                              | any thread         |
// | NPIDLE       | Ps      | holder of LOCK                              | any thread         |
// | NMIDLE       | Ms      | holder of LOCK                              | any thread         |
// | NSPINNING    | Ms      | any thread (CAS, add, sub)                  | any thread         |
// | NGLOBAL      | records | holder of LOCK                              | any thread         |
// | NWANT        | Ms      | holder of LOCK                              | any thread         |
// | STARTING     | Ms      | holder of LOCK                              | any thread         |
// | NWORKERS     | Ms      | holder of LOCK                              | any thread         |
// | MAX_WORKERS  | Ms      | holder of LOCK                              | any thread         |
// | WORKER_LIMIT | Ms      | main, once                                  | holder of LOCK     |
// | NMS          | slots   | holder of LOCK                              | any thread         |
// | STOP         | 0 or 1  | main                                        | any thread         |
// | NEED         | Ms      | any thread (add; CAS down by who starts it) | any thread         |
// | SYS_PARK     | state   | parker.ts                                   | sysmon             |
// | SYS_ASLEEP   | 0 or 1  | sysmon; who wakes it                        | any thread         |
// | BHEAD, BTAIL | record  | holder of LOCK                              | holder of LOCK     |
// | NBLOCKING    | records | holder of LOCK                              | any thread         |
// | SYS_UP       | 0 or 1  | sysmon                                      | any thread         |
// | NSTUCK       | Ms      | holder of LOCK                              | holder of LOCK     |
// | SPARE        | m + 1   | holder of LOCK                              | any thread         |
// | TRACE        | records | main                                        | any thread         |
// | TRACE_GEN    | count   | main (add)                                  | any thread         |
// | NEXT_ID      | id      | any thread (add)                            | any thread         |
// | NEXT_OBJECT  | count   | any thread (add)                            | any thread         |
// | NEXT_SIGNAL  | count   | any thread (add)                            | any thread         |
// | OBJECTS      | cell    | holder of LOCK                              | holder of LOCK     |
// | LINE_MS      | ms      | main, then sysmon; see late-lines.ts       | sysmon             |
//
// M slot (m0 + m * M_WORDS). Lists, counts and the words of Ps name Ms by slot; what may outlive an M (records, claims,
// mail about it) by number, which is the slot of one M only (slots.ts).
//
// | word         | unit    | written by                                  | read by            |
// |--------------|---------|---------------------------------------------|--------------------|
// | M_STATE      | MState  | holder of LOCK                              | any thread         |
// | M_PARK       | state   | parker.ts                                   | the M              |
// | M_INBOX      | address | inbox.ts                                    | the M              |
// | M_NEXTP      | p + 1   | holder of LOCK                              | holder of LOCK     |
// | M_LINK       | m + 1   | holder of LOCK                              | holder of LOCK     |
// | M_SPIN       | 0 or 1  | holder of LOCK                              | holder of LOCK     |
// | M_SPINNING   | 0 or 1  | the M                                       | who takes it out   |
// | M_HELD       | p + 1   | holder of LOCK                              | any thread         |
// | M_HELPS      | 0 or 1  | holder of LOCK                              | the M              |
// | M_LIVE       | Gs      | the M                                       | any thread, hint   |
// | M_STUCK      | 0 or 1  | holder of LOCK                              | holder of LOCK     |
// | M_LIFE       | Life    | slots.ts; the M, when it ends             | any thread         |
// | M_OPEN       | 0 or 1  | the M, once                                 | who started it     |
// | M_THREAD     | thread  | the M, once; the host's number of it        | sysmon             |
// | M_TICK       | count   | the M                                       | any thread, hint   |
// | M_COUNTED    | count   | holder of LOCK, when the M's P is given up  | any thread, hint   |
// | M_RUNQ       | Gs      | the M, at the start of a pass               | any thread, hint   |
// | M_REST       | state   | the M; see rest.ts                          | any thread         |
// | M_ABLE       | bits    | the M, before it rests                      | any thread         |
// | M_CLOSED     | bits    | the M, before it rests                      | any thread         |
// | M_PROGRAMS   | id      | the M; the next in its slot                 | the next           |
// | M_STARTED .. | count   | the M                                       | any thread, hint   |
//
// P slot (p0 + p * P_WORDS).
//
// | word         | unit    | written by                                  | read by            |
// |--------------|---------|---------------------------------------------|--------------------|
// | P_OWNER      | m + 1   | holder of LOCK; BUSY by the owner (CAS)     | any thread         |
// | P_LINK       | p + 1   | holder of LOCK                              | holder of LOCK     |
// | P_DEQUE      | address | holder of LOCK, once                        | any thread         |
// | P_TICK       | count   | holder of LOCK, when the P is given up      | any thread, hint   |
// | P_WAKES ..   | count   | the owner, or who makes an M that           | any thread, hint   |

export const LOCK = 16;
export const PIDLE = 17;
export const MIDLE = 18;
export const WANT_HEAD = 19;
export const WANT_TAIL = 20;
export const GHEAD = 21;
export const GTAIL = 22;
/** Blocking calls that no M has taken. */
export const BHEAD = 23;
export const BTAIL = 24;
export const GTAKEN = 25;
export const NPROCS = 32;
export const NPIDLE = 33;
export const NMIDLE = 34;
export const NSPINNING = 35;
export const NGLOBAL = 36;
export const NWANT = 37;
export const STARTING = 38;
export const NWORKERS = 39;
export const MAX_WORKERS = 40;
export const NMS = 41;
export const WORKER_LIMIT = 42;
export const NBLOCKING = 43;
/** The M that is kept for sysmon; -1: one has ended as such, and no other is kept. */
export const SPARE = 44;
export const STOP = 48;
export const TRACE = 49;
export const NEXT_ID = 50;
export const TRACE_GEN = 51;
export const SYS_PARK = 52;
export const SYS_ASLEEP = 53;
export const NSTUCK = 54;
export const SYS_UP = 56;
/** Workers that were reserved and that nobody has started. */
export const NEED = 55;
/** Objects shared by number: the last number, and the list of their cells (object-table.ts). */
export const NEXT_OBJECT = 57;
export const OBJECTS = 58;
/** The last number of an AbortSignal that crossed. */
export const NEXT_SIGNAL = 60;

/** When schedtrace's last line was printed, in its own milliseconds. */
export const LINE_MS = 61;

/** First M slot. */
export const M0 = 64;
export const M_WORDS = 32;
export const M_STATE = 0;
export const M_PARK = 1;
export const M_INBOX = 2;
export const M_NEXTP = 3;
export const M_LINK = 4;
export const M_SPIN = 5;
export const M_HELD = 6;
/** Its P was taken from it, and it has not noticed. */
export const M_STUCK = 7;
/** Ps taken from it. */
export const M_RETAKEN = 8;
/** It gets what is posted to all (object-table.ts). */
export const M_OPEN = 9;
export const M_THREAD = 10;
/** It was woken for a blocking call. */
export const M_HELPS = 11;
export const M_LIFE = 12;
/** It counts in NSPINNING, and has looked; before that M_SPIN says so. */
export const M_SPINNING = 14;
export const M_LIVE = 16;
export const M_TICK = 17;
/** Portable goroutines started here. */
export const M_STARTED = 18;
/** Successful steals, and records that came by them. */
export const M_STEALS = 19;
export const M_STOLEN = 20;
export const M_PARKS = 21;
/** Ms that this one woke. */
export const M_WAKES = 22;
export const M_SPINS = 23;
/** Ps given to an M that wanted one. */
export const M_HANDOFFS = 24;
/** Mail delivered here. */
export const M_MAIL = 25;
/** Batches and records taken from the global queue. */
export const M_GLOBGETS = 26;
/** Address of the header of the M's trace; see trace-sink.ts. */
export const M_RING = 27;
/** The highest id of a program that the Ms of this slot have had (far-programs.ts). */
export const M_PROGRAMS = 28;
/** How much of M_TICK some P has got (P_TICK). */
export const M_COUNTED = 13;
/** Bits of the programs in closed mode that were begun there. */
export const M_CLOSED = 15;
/** Goroutines that waited there to run when its last pass began. */
export const M_RUNQ = 29;
/** See rest.ts. */
export const M_REST = 30;
/** Bits of the closed programs that have a goroutine here which the host can wake. */
export const M_ABLE = 31;

export const P_WORDS = 16;
export const P_OWNER = 0;
export const P_LINK = 1;
export const P_DEQUE = 2;
/** Looks for a goroutine under this P, but for its holder's (M_COUNTED). */
export const P_TICK = 3;
/** Times it was given to an M that was woken for work, and to one that wanted it. */
export const P_WAKES = 4;
export const P_HANDOFFS = 5;
/** What its holders did while they held it; see M_STEALS. */
export const P_STEALS = 6;
export const P_STOLEN = 7;
export const P_SPINS = 8;

/** In P_OWNER: the owner is changing the P's queue, and the P may not be taken from it. */
export const BUSY = 0x10000;

/** Living threads: more is the wrong program, and some 1,500 abort the process. */
export const MAX_THREADS = 64;
/** M slots. Many more than threads, since a slot is free again only when main has seen its thread end. */
export const MAX_MS = 256;
/** The number of sysmon, which is no M but takes the lock: the last of MAX_MS. */
export const SYSMON = 255;
/** Ps beyond the number of Ms would never be held. */
export const MAX_PS = 128;

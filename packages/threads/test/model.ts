// Explores programs of small groups: a few Ms and Ps over the real protocol code.

import { type AtomicsOptions, type AtomicsProgram, type AtomicsReport, exploreAtomics, mustHold } from "@gr/explore";
import { ops, Parker, setAtomics, setDeathWords, setMutexSpins } from "@gr/shm";
import { cut } from "../src/global-batch.ts";
import { Group } from "../src/group.ts";
import type { Sleeper } from "../src/idle.ts";
import * as w from "../src/layout.ts";
import * as May from "../src/may.ts";

export const MS = 3;
/** Words behind the slots: lives and places (shm's deaths.ts), what a program counts, and cells for records. */
const LIVES = w.pBase(MS) + 2 * w.P_WORDS;
export const DONE: number = LIVES + 2 * MS + 4;
export const STARTED: number = DONE + 1;
export const RECORD: number = DONE + 2;
/** Where a queue can be put. */
export const DEQUE: number = (RECORD + 6 + 15) & ~15;
const WORDS = RECORD + 6;

const names: Record<number, string> = { [DONE]: "DONE", [STARTED]: "STARTED" };
for (const [name, at] of Object.entries(w))
  if (/^(LOCK|N[A-Z]+|[PM]IDLE|STARTING)$/.test(name)) names[at as number] = name;
for (let m = 0; m < MS; m++) names[w.mSlot(m) + w.M_PARK] = `M${m}.PARK`;

export type Program = Omit<AtomicsProgram, "install" | "words"> & { readonly words?: number };

/** Puts P tokens 0 to procs - 1 on the idle list. */
export function idlePs(mem: Int32Array, procs: number): Group {
  const s = new Group(mem, 0, { ms: MS });
  ops.store(mem, w.NPROCS, procs);
  for (let p = procs - 1; p >= 0; p--) s.pushIdleP(p);
  return s;
}

export function holds(program: Program, options?: AtomicsOptions): AtomicsReport {
  return mustHold(explore(program, options));
}

// Words that only the lock's holder touches, and words of one M alone. Not here: what is read without the lock.
const exclusive = (at: number): boolean => {
  if (at === w.LOCK || at === w.NPIDLE || at === w.NMIDLE || at === w.NSPINNING) return false;
  if (at === w.NGLOBAL || at === w.NWANT || at === w.STARTING) return false;
  if (at >= DONE && at < RECORD) return false;
  if (at < w.M0 || at >= w.pBase(MS)) return true;
  return (at - w.M0) % w.M_WORDS !== w.M_PARK;
};

export function explore(program: Program, options?: AtomicsOptions): AtomicsReport {
  const spins = setMutexSpins(0);
  const restore = setDeathWords(LIVES, MS);
  try {
    return exploreAtomics(
      { names, exclusive, isLock: (at) => at === w.LOCK, words: WORDS, ...program, install: setAtomics },
      options,
    );
  } finally {
    restore();
    setMutexSpins(spins);
  }
}

/** An M of a model: sleeps by blocking, which the explorer can see. */
export function modelM(mem: Int32Array, m: number, change: Partial<Sleeper> = {}): { s: Group; world: Sleeper } {
  const s = new Group(mem, m, { ms: MS });
  const parker = new Parker(mem, s.slot + w.M_PARK);
  const world: Sleeper = {
    pinned: () => false,
    queued: () => ops.load(mem, w.NGLOBAL),
    mayStart: () => May.Yes,
    rest: () => s.sleepM(true),
    flush() {},
    receive() {},
    help: () => false,
    arm() {
      parker.park();
      return false;
    },
    woke() {},
    ping() {},
    startWorker() {
      ops.add(mem, STARTED, 1);
    },
    ...change,
  };
  return { s, world };
}

/** Queues record `at` on the global queue. */
export function queue(s: Group, at: number): void {
  s.lock();
  s.pushGlobal(at, at, 1);
  s.unlock();
}

/** The same before the program begins. */
export function queueNow(s: Group, at: number): void {
  s.pushGlobal(at, at, 1);
}

/** Caller holds the lock. Takes the oldest record of the global queue; 0 if there is none. */
export function popGlobal(s: Group): number {
  const record = ops.load(s.mem, w.GHEAD);
  if (record !== 0) cut(ops, s, record, 1);
  return record;
}

/** Takes a record off the global queue; 0 if there is none. */
export function take(s: Group): number {
  if (ops.load(s.mem, w.NGLOBAL) === 0) return 0;
  s.lock();
  const record = popGlobal(s);
  s.unlock();
  return record;
}

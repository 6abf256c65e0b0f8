// Deaths: what the living must know of a thread that ended in the middle of something.
//
// Words. dead mark: thread m runs no more. place: the address of the thing whose lock thread m holds or waits for.
// How.   A thread notes its place before it asks for the lock of a shared thing (a channel, say) and clears it when it
//        has let go; it is inside one such thing at a time. Whoever learns of its death calls bury: that marks the
//        thread, and the kind of thing it was inside breaks the lock and repairs the thing, or marks it as broken.
//        A number that died is never given to another thread: cells name threads by number.
//
// | word     | unit    | written by                    | read by                          |
// |----------|---------|-------------------------------|----------------------------------|
// | mark[m]  | 0 or 1  | whoever buries m              | any thread                       |
// | place[m] | address | thread m; 0: inside nothing   | whoever buries m                 |
// | estate   | address | thread m                      | whoever buries m                 |
//
// Addresses are even; the lowest bit of a place tells the kind: 0 for a channel, 1 for a lock of @gr/sync.

import { MAX_OWNERS } from "./arena-layout.ts";
import { ops } from "./atomics.ts";
import { SCHED_BASE, SCHED_WORDS } from "./memory.ts";

/** A line of the cache per place: each thread writes its own all the time. */
const PLACE_WORDS = 16;
const WORDS = MAX_OWNERS + MAX_OWNERS * PLACE_WORDS;

/** The end of the scheduler's area. */
let marks: number = SCHED_BASE + SCHED_WORDS - WORDS;
let places: number = marks + MAX_OWNERS;
let placeWords: number = PLACE_WORDS;

/** Model tests only: marks at `base`, and places behind those of `n` threads. Returns how to put it back. */
export function setDeathWords(base: number, n: number): () => void {
  const before = [marks, places, placeWords] as const;
  marks = base;
  places = base + n;
  placeWords = 1;
  return () => {
    [marks, places, placeWords] = before;
  };
}

/** Words of a thread that outlive it, beside its place. */
export const Estate = {
  /** The channels it is making shared, with their locks in its hands: a list (@gr/chan). */
  Promoting: 1,
  /** The channels that its program can reach: a list of tables (@gr/chan). */
  Channels: 2,
  /** 1 once somebody has dropped those (@gr/chan). */
  Inherited: 3,
} as const;

/** Any thread. The address of one of thread m's words. */
export function estateOf(m: number, word: number): number {
  return places + m * placeWords + word;
}

/** Thread m only. It is about to take the lock of the thing at `at`; 0: it has let go. */
export function inside(mem: Int32Array, m: number, place: number): void {
  ops.poke(mem, places + m * placeWords, place);
}

/** Any thread. Has thread m been buried? */
export function isDead(mem: Int32Array, m: number): boolean {
  return ops.load(mem, marks + m) !== 0;
}

/** Puts right what dead thread `dead` left to this isolate; `place` is where it was. */
export type Repair = (dead: number, place: number) => void;
const repairs: Repair[] = [];

/** Owner thread only. Registers the repair of one kind of shared thing in this isolate. */
export function onDeath(repair: Repair): void {
  repairs.push(repair);
}

/** Any thread, once thread m runs no more. Marks it dead; its place, or 0. */
export function markDead(mem: Int32Array, m: number): number {
  ops.store(mem, marks + m, 1);
  return ops.load(mem, places + m * placeWords);
}

/**
 * Owner thread only, in every isolate that lives, once thread m runs no more, and after all mail that m had sent here
 * has been delivered. The repairs may run in several isolates, and twice.
 */
export function bury(mem: Int32Array, m: number): void {
  const place = markDead(mem, m);
  for (const repair of repairs) repair(m, place);
}

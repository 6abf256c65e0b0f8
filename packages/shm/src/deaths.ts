// Deaths: what the living must know of a thread that ended in the middle of something.
//
// Words. slot: the place of a thread's words, 0 to 255, which a later thread gets too. lives: how many threads of a slot
//        have died. number: m = life * 256 + slot, where life is what lives was when the thread got the slot; so a number
//        means one thread for ever, and cells, claims and locks name threads by it. place: the address of the thing
//        whose lock thread m holds or waits for.
// How.   A thread notes its place before it asks for the lock of a shared thing (a channel, say) and clears it when it
//        has let go; it is inside one such thing at a time. Who knows first that it runs no more marks it (markDead) and
//        tells all isolates its place. Each calls bury: the kind of thing that it was inside breaks the lock and repairs
//        the thing, or marks it as broken. By then another thread may have the slot: nothing of that is looked at.
//        One that is ended on purpose is kept out first (keepOut): it is inside nothing when it ends, so nothing breaks,
//        and nobody waits for a lock whose holder is gone before its death is told.
// The hard part. keepOut writes doomed and reads place; the thread writes place and reads doomed. One must see the other.
//        A fence between write and read would cost every operation of a shared channel a tenth; instead keepOut, which is
//        rare, waits a millisecond between its two steps, and by then the thread's write has left its core.
//
// | word        | unit    | written by                    | read by                          |
// |-------------|---------|-------------------------------|----------------------------------|
// | lives[slot] | threads | whoever marks m               | any thread                       |
// | place[slot] | address | thread m; 0: inside nothing   | whoever marks m                  |
// | estate      | address | thread m                      | whoever buries m                 |
// | doomed      | see it  | whoever is about to end m; m  | both                             |
//
// Addresses are even; the lowest bit of a place tells the kind: 0 for a channel, 1 for a lock of @gr/sync.

import { MAX_OWNERS } from "./arena-layout.ts";
import { ops } from "./atomics.ts";
import { SCHED_BASE, SCHED_WORDS } from "./memory.ts";

/** A line of the cache per place: each thread writes its own all the time. */
const PLACE_WORDS = 16;
const WORDS = MAX_OWNERS + MAX_OWNERS * PLACE_WORDS;

/** The end of the scheduler's area. */
let lives: number = SCHED_BASE + SCHED_WORDS - WORDS;
let places: number = lives + MAX_OWNERS;
let placeWords: number = PLACE_WORDS;
/** In the line of the place. */
let dooms: number = places + 4;

/**
 * Model tests only: lives at `base`, and places behind those of `n` threads; that a thread is doomed stands where that it
 * died does. Returns how to put it back.
 */
export function setDeathWords(base: number, n: number): () => void {
  const before = [lives, places, placeWords, dooms] as const;
  lives = base;
  dooms = base;
  places = base + n;
  placeWords = 1;
  return () => {
    [lives, places, placeWords, dooms] = before;
  };
}

const LIFE_SHIFT = 8;
/** What a thread's doom is: it is to enter nothing any more; it has been stopped before it did. */
const DOOMED = 1;
const OUT = 2;
/** About a millisecond of looking, where a thread must not block. */
const SPINS_PER_MS = 100_000;

/** Words of a thread that outlive it, beside its place. */
export const Estate = {
  /** The channels it is making shared, with their locks in its hands: a list (@gr/chan). */
  Promoting: 1,
  /** The channels that its program can reach: a list of tables (@gr/chan). */
  Channels: 2,
  /** How many threads of the slot have died and had those dropped, each once. */
  Inherited: 3,
  /** The same two for the mutexes and wait groups of @gr/sync. Word 4 is its doom. */
  Syncs: 5,
  SyncsInherited: 6,
} as const;

/** Any thread. The address of one of thread m's words. */
export function estateOf(m: number, word: number): number {
  return places + slotOf(m) * placeWords + word;
}

/**
 * Any thread, once thread `dead` is marked. True for one: what the estate names is the caller's to drop. `word` counts those
 * who had theirs dropped.
 */
export function inherits(mem: Int32Array, dead: number, word: number = Estate.Inherited): boolean {
  const life = dead >>> LIFE_SHIFT;
  return ops.compareExchange(mem, estateOf(dead, word), life, life + 1) === life;
}

/** Any thread. Is nothing left to drop of the last thread of the slot? */
export function isInherited(mem: Int32Array, slot: number): boolean {
  const estate = (word: number): number => ops.load(mem, estateOf(slot, word));
  const died = ops.load(mem, lives + slot);
  const channels = estate(Estate.Promoting) !== 0 || estate(Estate.Channels) !== 0;
  if (channels && estate(Estate.Inherited) !== died) return false;
  return estate(Estate.Syncs) === 0 || estate(Estate.SyncsInherited) === died;
}

/** Who gives the slot to a thread. */
export function freshEstate(mem: Int32Array, slot: number): void {
  ops.store(mem, estateOf(slot, Estate.Promoting), 0);
  ops.store(mem, estateOf(slot, Estate.Channels), 0);
  ops.store(mem, estateOf(slot, Estate.Syncs), 0);
  ops.store(mem, doomOf(slot), 0);
  for (const word of [Estate.Inherited, Estate.SyncsInherited])
    ops.store(mem, estateOf(slot, word), ops.load(mem, lives + slot));
}

const doomOf = (m: number): number => dooms + slotOf(m) * placeWords;

/** The slot of thread m. */
export const slotOf = (m: number): number => m & (MAX_OWNERS - 1);

/** Any thread. The number of the thread that has `slot` now, or gets it next. */
export function numberOf(mem: Int32Array, slot: number): number {
  return (ops.load(mem, lives + slot) << LIFE_SHIFT) | slot;
}

/** Thread m only. It is about to take the lock of the thing at `at`; 0: it has let go. */
export function inside(mem: Int32Array, m: number, place: number): void {
  ops.poke(mem, places + slotOf(m) * placeWords, place);
  if (place !== 0 && ops.load(mem, doomOf(m)) !== 0) stayOut(mem, m, place);
}

// Until it is ended.
function stayOut(mem: Int32Array, m: number, place: number): void {
  const at = places + slotOf(m) * placeWords;
  do {
    ops.store(mem, at, 0);
    ops.compareExchange(mem, doomOf(m), DOOMED, OUT);
    ops.wait(mem, doomOf(m), OUT);
    ops.store(mem, at, place);
  } while (ops.load(mem, doomOf(m)) !== 0);
}

/**
 * Any other thread, which is about to end thread m. From then on m enters no shared thing. Blocks until m has been stopped
 * at one, or for `most` milliseconds: m may be busy with other things, or have none to do. If it is inside a thing then, or
 * `holds` says that it holds another lock, for `more` of them. False if it still is.
 */
export function keepOut(
  mem: Int32Array,
  m: number,
  canBlock: boolean,
  holds: () => boolean,
  most = 4,
  more = 100,
): boolean {
  ops.compareExchange(mem, doomOf(m), 0, DOOMED);
  for (let ms = 0; ms < most + more; ms++) {
    // Nobody wakes it: see "The hard part".
    if (canBlock) ops.wait(mem, doomOf(m), DOOMED, 1);
    else for (let i = 0; i < SPINS_PER_MS; i++) ops.pause();
    if (ops.load(mem, doomOf(m)) === OUT) return true;
    if (ms + 1 >= most && ops.load(mem, places + slotOf(m) * placeWords) === 0 && !holds()) return true;
  }
  return false;
}

/** Any thread. Has thread m died? */
export function isDead(mem: Int32Array, m: number): boolean {
  return ops.load(mem, lives + slotOf(m)) > m >>> LIFE_SHIFT;
}

/** Puts right what dead thread `dead` left to this isolate; `place` is where it was. */
export type Repair = (dead: number, place: number) => void;
const repairs: Repair[] = [];

/** Owner thread only. Registers the repair of one kind of shared thing in this isolate. */
export function onDeath(repair: Repair): void {
  repairs.push(repair);
}

/** Any thread, once thread m runs no more and before another gets its slot. Marks it dead; its place, or 0. */
export function markDead(mem: Int32Array, m: number): number {
  ops.compareExchange(mem, lives + slotOf(m), m >>> LIFE_SHIFT, (m >>> LIFE_SHIFT) + 1);
  return ops.load(mem, places + slotOf(m) * placeWords);
}

/**
 * Owner thread only, in every isolate that lives, once thread m, which was at `place`, is marked, and after all mail that
 * m had sent here has been delivered. The repairs may run in several isolates, and twice.
 */
export function bury(m: number, place: number): void {
  for (const repair of repairs) repair(m, place);
}

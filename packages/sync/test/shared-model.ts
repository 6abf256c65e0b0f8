// A model of several threads at shared mutexes and wait groups: the protocols' own functions on a few words, and just
// enough around them (a mailbox per thread) to park and to be woken.

import { type AtomicsOptions, type AtomicsProgram, type AtomicsReport, exploreAtomics, mustHold } from "@gr/explore";
import {
  inside,
  isDead,
  kindOf,
  OK_DONE,
  OK_NO,
  OK_NONE,
  OPEN,
  ops,
  ownerOfClaim,
  setAtomics,
  setDeathWords,
  setMutexSpins,
  TAKEN,
  take1,
  W_CLAIM,
  W_M,
  W_NEXT,
  W_OK,
  W_ON,
  W_OWN,
  W_PREV,
  WAITER_WORDS,
} from "@gr/shm";
import { addNow, addUnder, matchWait, STEP } from "../src/shared-count.ts";
import { holdNow, isLost, matchHold, passOn } from "../src/shared-hold.ts";
import { BLOCKED, COMPLETED, claimAll, LOST, lockAt, ON_BROKEN, unlink, unlockAt } from "../src/shared-queue.ts";
import { BROKEN, LOCK, QUEUE, SHARED_WORDS, STATE, VERSION } from "../src/shared-words.ts";

/** Two mutexes and a wait group. */
export const A = 2;
export const B: number = A + SHARED_WORDS;
export const G: number = B + SHARED_WORDS;
const THINGS = [A, B, G];
const CELLS: number = G + SHARED_WORDS;
/** Each thread has two waiter cells and a mailbox. */
const THREAD_WORDS = 2 * WAITER_WORDS + 2;
const THREADS = 4;
const DEATHS = CELLS + THREADS * THREAD_WORDS;
/** What mutex A guards. */
export const GUARDED: number = DEATHS + 2 * THREADS;
const WORDS = GUARDED + 2;

export const cellOf = (m: number, k: number): number => CELLS + m * THREAD_WORDS + k * WAITER_WORDS;
export const mailOf = (m: number): number => CELLS + m * THREAD_WORDS + 2 * WAITER_WORDS;
/** The claim of thread m's party lives in its first cell. */
export const claimOf = (m: number): number => cellOf(m, 0) + W_OWN;

/** In a mailbox, beside the letter: somebody has died. */
export const NOTICE = 1;
const STALE = 99_999;

/** What a wait came to: which thing, and whether it was broken. */
export interface Did {
  readonly at: number;
  readonly ok: boolean;
}
export const did = (at: number, ok = true): Did => ({ at, ok });

/** Places are noted only where somebody dies: every step costs states. */
let deaths = false;

function initThreads(mem: Int32Array, n: number): void {
  for (let m = 0; m < n; m++)
    for (const w of [cellOf(m, 0), cellOf(m, 1)]) {
      mem[w + W_M] = m;
      mem[w + W_CLAIM] = claimOf(m);
      mem[w + W_OK] = OK_NONE;
      // A cell comes from the arena with whatever was in it; only W_ON is set when it becomes a waiter.
      mem[w + W_NEXT] = STALE;
      mem[w + W_PREV] = STALE;
    }
}

function withLock<R>(mem: Int32Array, m: number, x: number, f: () => R): R {
  if (deaths) inside(mem, m, x | 1);
  lockAt(mem, x, m, true);
  const r = f();
  unlockAt(mem, x, m);
  if (deaths) inside(mem, m, 0);
  return r;
}

function post(mem: Int32Array, cell: number): void {
  const to = mailOf(ops.peek(mem, cell + W_M));
  if (ops.or(mem, to, cell) > NOTICE) throw new Error("a party was completed twice");
  ops.notify(mem, to, 1);
}

function postAll(mem: Int32Array, list: number): void {
  for (let w = list; w !== 0; ) {
    const next = ops.peek(mem, w + W_NEXT);
    post(mem, w);
    w = next;
  }
}

/** Queues a waiter per thing; posts to itself what completes on the way, as the package does. */
export function park(mem: Int32Array, m: number, things: readonly number[]): void {
  things.forEach((x, k) => {
    const w = cellOf(m, k);
    const came = withLock(mem, m, x, () => (x === G ? matchWait : matchHold)(mem, x, m, w));
    if (came === BLOCKED || came === LOST) return;
    ops.store(mem, w + W_OK, came === COMPLETED ? OK_DONE : OK_NO);
    post(mem, w);
  });
}

export function waitMail(mem: Int32Array, m: number, things: readonly number[]): number {
  let told = false;
  for (;;) {
    const box = ops.load(mem, mailOf(m));
    const cell = box & ~NOTICE;
    if (cell !== 0) return cell;
    if (box === NOTICE && !told) {
      told = true;
      lookThrough(mem, m, things);
      continue;
    }
    ops.wait(mem, mailOf(m), box);
  }
}

const brokenAt = (mem: Int32Array, x: number): boolean =>
  x === G ? ops.load(mem, x + STATE) === BROKEN : isLost(mem, x);

// What an isolate does for its own waiters when it learns of a death: SharedWaiters.bury.
function lookThrough(mem: Int32Array, m: number, things: readonly number[]): void {
  const claim = ops.load(mem, claimOf(m));
  const cells = things.map((_, k) => cellOf(m, k));
  const broken = cells.find((_, k) => brokenAt(mem, things[k] as number));
  if (kindOf(claim) === TAKEN ? !isDead(mem, ownerOfClaim(claim)) : broken === undefined) return;
  if (claim === OPEN && !take1(mem, claimOf(m), m)) return;
  const done = cells.find((w) => ops.load(mem, w + W_OK) !== OK_NONE);
  const w = done ?? broken ?? cellOf(m, 0);
  if (done === undefined) ops.store(mem, w + W_OK, OK_NO);
  post(mem, w);
}

export function dequeue(mem: Int32Array, m: number, things: readonly number[], won: number): void {
  things.forEach((x, k) => {
    const w = cellOf(m, k);
    if (w !== won) withLock(mem, m, x, () => unlink(mem, x, w));
  });
}

export function finish(mem: Int32Array, m: number, things: readonly number[], cell: number): Did {
  dequeue(mem, m, things, cell);
  const ok = ops.load(mem, cell + W_OK);
  if (ok === OK_NONE) throw new Error("mail before its claimer had finished");
  return did(things[cell === cellOf(m, 0) ? 0 : 1] as number, ok === OK_DONE);
}

/** Waits at one thing, or at two as a select does: first without blocking. */
export function perform(mem: Int32Array, m: number, things: readonly number[]): Did {
  for (const x of things) {
    const came = tryAt(mem, m, x);
    if (came !== BLOCKED) return did(x, came === COMPLETED);
  }
  park(mem, m, things);
  return finish(mem, m, things, waitMail(mem, m, things));
}

/** Without blocking. */
export function tryAt(mem: Int32Array, m: number, x: number): number {
  if (x !== G) return holdNow(mem, x, m);
  const left = ops.load(mem, x + STATE);
  return left === BROKEN ? ON_BROKEN : left === 0 ? COMPLETED : BLOCKED;
}

/** Parks, and then gives up if nobody has claimed it; null if it could. */
export function performCancelled(mem: Int32Array, m: number, things: readonly number[]): Did | null {
  park(mem, m, things);
  if (!take1(mem, claimOf(m), m)) return finish(mem, m, things, waitMail(mem, m, things));
  dequeue(mem, m, things, 0);
  return null;
}

export function release(mem: Int32Array, m: number, x: number): void {
  postAll(
    mem,
    withLock(mem, m, x, () => passOn(mem, x, m)),
  );
}

export function add(mem: Int32Array, m: number, n: number): number {
  const came = addNow(mem, G, n);
  if (came !== STEP) return came;
  let list = 0;
  const under = withLock(mem, m, G, () => {
    const r = addUnder(mem, G, n);
    if (r === STEP) list = claimAll(mem, G, m, OK_DONE);
    return r;
  });
  postAll(mem, list);
  return under;
}

/** Between taking mutex A and giving it back: nobody else may be here. */
export function critical(mem: Int32Array): void {
  ops.poke(mem, GUARDED, ops.peek(mem, GUARDED) + 1);
}

/** Cells on a queue, first to last; checks the links. */
export function queueOf(mem: Int32Array, x: number): number[] {
  const q = x + QUEUE;
  const list: number[] = [];
  let prev = 0;
  for (let w = mem[q] as number; w !== 0; w = mem[w + W_NEXT] as number) {
    if (mem[w + W_ON] !== q) throw new Error(`waiter ${w} on a queue does not know it`);
    list.push(w);
    prev = w;
    if (list.length > 8) throw new Error("a queue that does not end");
  }
  if (mem[q + 1] !== prev) throw new Error("the queue's tail is not its last");
  return list;
}

/** Nobody who could go on is asleep. The dead do not count. */
export function noneForgotten(mem: Int32Array, dead: readonly boolean[] = []): void {
  for (const x of THINGS) {
    const state = mem[x + STATE] as number;
    if (state === BROKEN) continue;
    const open = queueOf(mem, x)
      .filter((w) => dead[mem[w + W_M] as number] !== true)
      .filter((w) => mem[mem[w + W_CLAIM] as number] === OPEN);
    if (open.length > 0 && state === 0)
      throw new Error(x === G ? "it waits for zero at zero" : "it waits for a free mutex");
    if (open.length > 0 && x !== G && dead[state - 1] === true) throw new Error("it waits for a dead holder");
    if (mem[x + LOCK] !== 0) throw new Error("the lock is taken");
  }
  for (let m = 0; m < THREADS; m++)
    if (dead[m] !== true && kindOf(mem[claimOf(m)] as number) > TAKEN)
      throw new Error(`the claim of thread ${m} is busy`);
}

export interface SyncProgram extends Omit<AtomicsProgram, "install" | "words" | "threads"> {
  readonly threads: readonly ((mem: Int32Array, m: number) => unknown)[];
}

export const deathWords: readonly number[] = Array.from({ length: THREADS }, (_, m) => DEATHS + m);
const OPEN_WORDS = new Set([...deathWords, ...THINGS.flatMap((x) => [x + LOCK, x + STATE, x + VERSION])]);
for (let m = 0; m < THREADS; m++) OPEN_WORDS.add(claimOf(m)).add(mailOf(m));

/** Fails the test with the schedule if any interleaving is wrong. */
export function holds(program: SyncProgram, options?: AtomicsOptions): AtomicsReport {
  const spins = setMutexSpins(0);
  const restore = setDeathWords(DEATHS, THREADS);
  deaths = options?.kill === true;
  try {
    return mustHold(
      exploreAtomics(
        {
          ...program,
          init: (mem) => {
            initThreads(mem, program.threads.length);
            program.init?.(mem);
          },
          words: WORDS,
          // The lock is proven in @gr/shm. What it guards, and a thread's own cells, have one user at a time.
          ...(deaths ? {} : { isLock: (at: number) => THINGS.some((x) => at === x + LOCK) }),
          exclusive: (at) => !OPEN_WORDS.has(at) && at !== GUARDED,
          install: setAtomics,
          threads: program.threads.map((body, m) => (mem: Int32Array) => body(mem, m)),
          names: NAMES,
        },
        options,
      ),
    );
  } finally {
    restore();
    setMutexSpins(spins);
  }
}

const NAMES: Record<number, string> = { [GUARDED]: "guarded" };
for (const [x, name] of [
  [A, "A"],
  [B, "B"],
  [G, "G"],
] as const)
  for (const [word, text] of Object.entries({ LOCK, VERSION, STATE, QUEUE })) NAMES[x + text] = `${name}.${word}`;
for (let m = 0; m < THREADS; m++) {
  NAMES[claimOf(m)] = `claim${m}`;
  NAMES[mailOf(m)] = `mail${m}`;
}

const outcomes = new Set<string>();
export const note = (x: unknown): void => void outcomes.add(JSON.stringify(x) ?? "undefined");
/** What notes have said since the last call. */
export const seen = (): string[] => {
  const all = [...outcomes].sort();
  outcomes.clear();
  return all;
};

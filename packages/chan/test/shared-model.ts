// A model of several threads on shared channels: the protocol's own functions on a few words, and just enough around
// them (a mailbox per thread) to park and to be woken.

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
  SLOT_WORDS,
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
  W_SLOT,
  WAITER_WORDS,
} from "@gr/shm";
import {
  closeAll,
  matchRecv,
  matchSend,
  recvNow,
  sendNow,
  spentBuffer,
  unlink,
  type Woken,
} from "../src/shared-protocol.ts";
import { BLOCKED, COMPLETED, countOf, LOST, lockBoth, unlockBoth } from "../src/shared-ring.ts";
import {
  BUF,
  CAP,
  CHAN_WORDS,
  CLOSED,
  CLOSED_BROKEN,
  GOT,
  HEAD,
  LOCK,
  RBUF,
  RCAP,
  RECVQ,
  RLOCK,
  SAW_GOT,
  SAW_SENT,
  SENDQ,
  SENT,
  TAIL,
  VERSION,
} from "../src/shared-words.ts";

/** Two channels; room for a buffer of two values behind each. */
const SPACE = CHAN_WORDS + 2 * SLOT_WORDS;
export const X = 2;
export const Y: number = X + SPACE;
const CELLS: number = Y + SPACE;
/** Each thread has two waiter cells, a scratch slot and a mailbox. */
const THREAD_WORDS = 2 * WAITER_WORDS + SLOT_WORDS + 2;
export const THREADS = 4;
const DEATHS = CELLS + THREADS * THREAD_WORDS;
/** A word for tests that must order two threads, and the count of buffers given back. */
export const GATE: number = DEATHS + 2 * THREADS;
const FREED = GATE + 1;
const WORDS = FREED + 1;

export const cellOf = (m: number, k: number): number => CELLS + m * THREAD_WORDS + k * WAITER_WORDS;
const scratchOf = (m: number): number => CELLS + m * THREAD_WORDS + 2 * WAITER_WORDS;
export const mailOf = (m: number): number => scratchOf(m) + SLOT_WORDS;
/** The claim of thread m's party lives in its first cell. */
export const claimOf = (m: number): number => cellOf(m, 0) + W_OWN;

export const CLOSED_TEXT = "closed";

/** What an operation came to: the case that won, and the value, CLOSED_TEXT, or "sent". */
export interface Did {
  readonly key: number;
  readonly got: number | string;
}
/** One case: the channel, and the value to send or "recv". */
export type ModelCase = readonly [c: number, what: number | "recv"];

export function initChan(mem: Int32Array, c: number, cap: number, values: readonly number[] = []): void {
  mem[c + CAP] = cap;
  mem[c + RCAP] = cap;
  mem[c + BUF] = c + CHAN_WORDS;
  mem[c + RBUF] = c + CHAN_WORDS;
  mem[c + SENT] = values.length;
  mem[c + TAIL] = values.length === cap ? 0 : values.length;
  values.forEach((value, i) => {
    mem[c + CHAN_WORDS + i * SLOT_WORDS] = value;
  });
}

/** Places are noted only where somebody dies: every step costs states. */
let deaths = false;

const STALE = 99_999;

// What a thread writes into its cells before anybody can see them.
function initThreads(mem: Int32Array, n: number): void {
  for (let m = 0; m < n; m++) {
    for (const w of [cellOf(m, 0), cellOf(m, 1)]) {
      mem[w + W_M] = m;
      mem[w + W_CLAIM] = claimOf(m);
      mem[w + W_OK] = OK_NONE;
      // A cell comes from the arena with whatever was in it; only W_ON is set when it becomes a waiter.
      mem[w + W_NEXT] = STALE;
      mem[w + W_PREV] = STALE;
    }
  }
}

const nobody = (): Woken => ({ cell: 0, spent: 0 });

function withLock<R>(mem: Int32Array, m: number, c: number, f: () => R): R {
  if (deaths) inside(mem, m, c);
  lockBoth(mem, c, m, true);
  const r = f();
  if (spentBuffer(mem, c) !== 0) ops.add(mem, FREED, 1);
  unlockBoth(mem, c, m);
  if (deaths) inside(mem, m, 0);
  return r;
}

/** Mail: the cell's address in its thread's box. A second letter to one party is a double win. */
export function post(mem: Int32Array, cell: number): void {
  const to = mailOf(ops.peek(mem, cell + W_M));
  if (ops.or(mem, to, cell) > NOTICE) throw new Error("a party was completed twice");
  ops.notify(mem, to, 1);
}

/** In a mailbox, beside the letter: somebody has died. */
export const NOTICE = 1;

/** Send or receive without blocking. */
export function attempt(mem: Int32Array, m: number, [c, what]: ModelCase): number | string | undefined {
  const woken = nobody();
  const slot = scratchOf(m);
  if (what !== "recv") ops.poke(mem, slot, what);
  if (deaths) inside(mem, m, c);
  const came = (what === "recv" ? recvNow : sendNow)(mem, c, m, true, slot, woken);
  if (deaths) inside(mem, m, 0);
  if (woken.spent !== 0) ops.add(mem, FREED, 1);
  const got = what === "recv" ? ops.peek(mem, slot) : "sent";
  if (woken.cell !== 0) post(mem, woken.cell);
  if (came === BLOCKED) return undefined;
  return came === COMPLETED ? got : CLOSED_TEXT;
}

/** Parks thread m in a select of one or two cases, and finishes it. */
export function perform(mem: Int32Array, m: number, cases: readonly ModelCase[]): Did {
  park(mem, m, cases);
  return finish(mem, m, cases, waitMail(mem, m));
}

export function waitMail(mem: Int32Array, m: number): number {
  let told = false;
  for (;;) {
    const box = ops.load(mem, mailOf(m));
    const cell = box & ~NOTICE;
    if (cell !== 0) return cell;
    if (box === NOTICE && !told) {
      told = true;
      lookThrough(mem, m);
      continue;
    }
    ops.wait(mem, mailOf(m), box);
  }
}

// What an isolate does for its own waiters when it learns of a death: SharedIsolate.bury.
function lookThrough(mem: Int32Array, m: number): void {
  const claim = ops.load(mem, claimOf(m));
  const broken = [X, Y].some((c) => ops.load(mem, c + CLOSED) === CLOSED_BROKEN);
  if (kindOf(claim) === TAKEN ? !isDead(mem, ownerOfClaim(claim)) : !broken) return;
  if (claim === OPEN && !take1(mem, claimOf(m), m)) return;
  const done = [0, 1].map((k) => cellOf(m, k)).find((w) => ops.load(mem, w + W_OK) !== OK_NONE);
  const w = done ?? cellOf(m, 0);
  if (done === undefined) ops.store(mem, w + W_OK, OK_NO);
  post(mem, w);
}

/** Queues a waiter per case; posts to itself what completes on the way, as the package does. */
export function park(mem: Int32Array, m: number, cases: readonly ModelCase[]): void {
  const woken = nobody();
  cases.forEach(([c, what], k) => {
    const w = cellOf(m, k);
    if (what !== "recv") ops.poke(mem, w + W_SLOT, what);
    const came = withLock(mem, m, c, () => (what === "recv" ? matchRecv : matchSend)(mem, c, m, w, woken));
    if (came === BLOCKED || came === LOST) return;
    const partner = woken.cell;
    ops.store(mem, w + W_OK, came === COMPLETED ? OK_DONE : OK_NO);
    post(mem, w);
    if (partner !== 0) post(mem, partner);
  });
}

export function dequeue(mem: Int32Array, m: number, cases: readonly ModelCase[], won: number): void {
  cases.forEach(([c], k) => {
    const w = cellOf(m, k);
    if (w !== won) withLock(mem, m, c, () => unlink(mem, c, w));
  });
}

export function finish(mem: Int32Array, m: number, cases: readonly ModelCase[], cell: number): Did {
  const key = cell === cellOf(m, 0) ? 0 : 1;
  dequeue(mem, m, cases, cell);
  const ok = ops.load(mem, cell + W_OK);
  if (ok === OK_NONE) throw new Error("mail before its claimer had finished");
  const what = cases[key]?.[1];
  return { key, got: ok === OK_NO ? CLOSED_TEXT : what === "recv" ? ops.peek(mem, cell + W_SLOT) : "sent" };
}

/** Parks, and then gives up if nobody has claimed it; null if it could. */
export function performCancelled(mem: Int32Array, m: number, cases: readonly ModelCase[]): Did | null {
  park(mem, m, cases);
  return giveUp(mem, m, cases);
}

/** The rest of that, for cases that are parked. */
export function giveUp(mem: Int32Array, m: number, cases: readonly ModelCase[]): Did | null {
  if (!take1(mem, claimOf(m), m)) return finish(mem, m, cases, waitMail(mem, m));
  dequeue(mem, m, cases, 0);
  return null;
}

export function close(mem: Int32Array, m: number, c: number): boolean {
  const woken = nobody();
  const closed = withLock(mem, m, c, () => closeAll(mem, c, m, woken));
  for (let w = woken.cell; w !== 0; ) {
    const next = ops.peek(mem, w + W_NEXT);
    post(mem, w);
    w = next;
  }
  return closed;
}

export const freed = (mem: Int32Array): number => mem[FREED] as number;

/** Cells on a queue, first to last; checks the links. */
export function queueOf(mem: Int32Array, c: number, q: number): number[] {
  const list: number[] = [];
  let prev = 0;
  for (let w = mem[c + q] as number; w !== 0; w = mem[w + W_NEXT] as number) {
    if (mem[w + W_ON] !== c + q) throw new Error(`waiter ${w} on a queue does not know it`);
    list.push(w);
    prev = w;
    if (list.length > 8) throw new Error("a queue that does not end");
  }
  if (mem[c + q + 1] !== prev) throw new Error("the queue's tail is not its last");
  return list;
}

export function valuesOf(mem: Int32Array, c: number): number[] {
  const cap = mem[c + CAP] as number;
  return Array.from({ length: countOf(mem, c) }, (_, i) => {
    const at = ((mem[c + HEAD] as number) + i) % cap;
    return mem[(mem[c + BUF] as number) + at * SLOT_WORDS] as number;
  });
}

/** Nothing that could go on is asleep: I4 of the protocol. The dead do not count. */
export function noneForgotten(mem: Int32Array, dead: readonly boolean[] = []): void {
  for (const c of [X, Y]) {
    if (mem[c + CLOSED] === CLOSED_BROKEN) continue;
    const open = (q: number): number[] =>
      queueOf(mem, c, q)
        .filter((w) => dead[mem[w + W_M] as number] !== true)
        .map((w) => mem[w + W_CLAIM] as number)
        .filter((claim) => mem[claim] === OPEN);
    const recv = open(RECVQ);
    const send = open(SENDQ);
    if (recv.some((r) => send.some((s) => s !== r))) throw new Error("a sender and a receiver wait for each other");
    if (recv.length > 0 && valuesOf(mem, c).length > 0) throw new Error("a receiver waits beside a value");
    if (send.length > 0 && valuesOf(mem, c).length < (mem[c + CAP] as number))
      throw new Error("a sender waits beside room");
    if (mem[c + LOCK] !== 0 || mem[c + RLOCK] !== 0) throw new Error("the lock is taken");
  }
}

/** No claim is left BUSY; those of threads `won` are TAKEN, others' are not. */
export function claimsAre(mem: Int32Array, won: readonly boolean[]): void {
  won.forEach((yes, m) => {
    if ((kindOf(mem[claimOf(m)] as number) === TAKEN) !== yes) throw new Error(`claim of thread ${m}`);
  });
}

export interface ChanProgram extends Omit<AtomicsProgram, "install" | "words" | "threads"> {
  /** Words that this program reads without the lock. */
  readonly open?: readonly number[];
  readonly threads: readonly ((mem: Int32Array, m: number) => unknown)[];
}

export const deathWords: readonly number[] = Array.from({ length: THREADS }, (_, m) => DEATHS + m);
const LOCKS = [X + LOCK, X + RLOCK, Y + LOCK, Y + RLOCK];
const OPEN_WORDS = new Set([...LOCKS, GATE, ...[X, Y].flatMap((c) => [c + SENT, c + GOT])]);
for (let m = 0; m < THREADS; m++) OPEN_WORDS.add(claimOf(m)).add(mailOf(m));

/** Fails the test with the schedule if any interleaving is wrong. */
export function holds(program: ChanProgram, options?: AtomicsOptions): AtomicsReport {
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
          // The lock is proven in @gr/shm. What it guards, and a thread's own cells, have one user at a time; claims, mail
          // and what is read without the lock have not.
          ...(deaths ? {} : { isLock: (at: number) => LOCKS.includes(at) }),
          exclusive: (at) => !program.open?.includes(at) && !OPEN_WORDS.has(at),
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

const NAMES: Record<number, string> = {};
for (const [c, name] of [
  [X, "X"],
  [Y, "Y"],
] as const)
  for (const [word, text] of Object.entries({
    LOCK,
    RLOCK,
    VERSION,
    SENT,
    GOT,
    SAW_SENT,
    SAW_GOT,
    HEAD,
    TAIL,
    RECVQ,
    SENDQ,
  }))
    NAMES[c + text] = `${name}.${word}`;
for (let m = 0; m < THREADS; m++) {
  NAMES[claimOf(m)] = `claim${m}`;
  NAMES[mailOf(m)] = `mail${m}`;
}

// Bodies of the soak: each writes into the book what happens to it.
//
// The book is shared memory: four words for each goroutine, by its number, and one for each M behind them.
import type { Receiver, Sender } from "@gr/chan";
import { type Coroutine, go, gosched, type Portable, portable, sleep } from "@gr/core";
import { attached } from "@gr/shm";
import { tasks } from "../task.ts";

/** Words of a goroutine: how often it began, came to its end, and unwound; and the M it began on, plus 1. */
export const BEGUN = 0;
export const ENDED = 1;
export const UNWOUND = 2;
export const ON = 3;
export const WORDS = 4;
/** M numbers are below this. */
const MS = 256;

export type Book = Int32Array;
export const bookWords = (goroutines: number): number => goroutines * WORDS + MS;
/** The word that says that M m was killed. */
export const killed = (book: Book, m: number): number => book.length - MS + m;

/** What goroutine i returns. */
export function resultOf(i: number): number {
  const x = Math.imul(i ^ (i >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 13)) >>> 0;
}

const here = (): number => attached()?.m ?? 0;

function begin(book: Book, i: number): void {
  Atomics.store(book, i * WORDS + ON, here() + 1);
  Atomics.add(book, i * WORDS + BEGUN, 1);
}

function end(book: Book, i: number): number {
  Atomics.add(book, i * WORDS + ENDED, 1);
  return resultOf(i);
}

function unwound(book: Book, i: number): void {
  Atomics.add(book, i * WORDS + UNWOUND, 1);
}

function returns(book: Book, i: number): number {
  begin(book, i);
  return end(book, i);
}

export function* steps(book: Book, i: number, n: number): Coroutine<number> {
  begin(book, i);
  for (let k = 0; k < n; k++) yield* gosched();
  return end(book, i);
}

export function* throws(book: Book, i: number): Coroutine<number> {
  begin(book, i);
  yield* gosched();
  end(book, i);
  throw new RangeError(`soak ${i}`);
}

export function* naps(book: Book, i: number, ms: number): Coroutine<number> {
  begin(book, i);
  try {
    yield* sleep(ms);
  } finally {
    unwound(book, i);
  }
  return end(book, i);
}

export function* sends(book: Book, i: number, out: Sender<number>): Coroutine<number> {
  begin(book, i);
  try {
    yield* out.send(i);
  } finally {
    unwound(book, i);
  }
  return end(book, i);
}

/** Waits until the gate is closed. */
export function* waits(book: Book, i: number, gate: Receiver<number>): Coroutine<number> {
  begin(book, i);
  try {
    yield* gate.recvOk();
  } finally {
    unwound(book, i);
    // A finally may block.
    yield* gosched();
  }
  return end(book, i);
}

/** The same on a thread of its own. */
function* stands(book: Book, i: number, gate: Receiver<number>): Coroutine<number> {
  return yield* waits(book, i, gate);
}

/** Computes. */
function computes(book: Book, i: number, ms: number): number {
  begin(book, i);
  for (const until = performance.now() + ms; performance.now() < until; );
  return end(book, i);
}

/** Blocks its thread. */
function blocks(book: Book, i: number, ms: number): number {
  begin(book, i);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return end(book, i);
}

/** Starts another, and waits for it. */
export function* nests(book: Book, i: number, child: number): Coroutine<number> {
  begin(book, i);
  if ((yield* go(plain, book, child)) !== resultOf(child)) throw new Error(`${child} returned another's value`);
  return end(book, i);
}

export type Death = "exit" | "throw" | "later";

/** Takes its thread along. Main is spared. */
export function* dies(book: Book, i: number, how: Death): Coroutine<number> {
  begin(book, i);
  if (here() === 0) return end(book, i);
  Atomics.store(book, killed(book, here()), 1);
  if (how === "exit") process.exit(3);
  setTimeout(() => {
    if (how === "later") process.exit(4);
    throw new Error("the soak kills a worker");
  }, 1);
  for (;;) yield* sleep(3_600_000);
}

tasks(import.meta.url, { steps, throws, naps, sends, waits, nests, dies });
export const plain: Portable<typeof returns> = portable(import.meta.url, "conformance:returns", returns);
export const hogs: Portable<typeof computes> = portable(import.meta.url, "conformance:computes", computes);
/** For blocking(), and for Thread. */
export const blocking: Portable<typeof blocks> = portable(import.meta.url, "conformance:blocks", blocks);
export const alone: Portable<typeof stands> = portable(import.meta.url, "conformance:stands", stands);

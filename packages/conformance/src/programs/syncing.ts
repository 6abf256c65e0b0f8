// Small bodies that count at a wait group, wait for it, or work inside a mutex.
import { type Chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import type { Lock, Mutex, WaitGroup } from "@gr/sync";
import { tasks } from "../task.ts";

/** Yields some turns, and is done. */
export function* doneAfter(wg: WaitGroup, turns: number): Coroutine<void> {
  for (let i = 0; i < turns; i++) yield* gosched();
  wg.done();
}

/** Adds and takes back, so many times. */
export function* countUpAndDown(wg: WaitGroup, times: number): Coroutine<void> {
  for (let i = 0; i < times; i++) {
    wg.add(2);
    if (i % 8 === 0) yield* gosched();
    wg.done();
    wg.done();
  }
}

/** Waits, and says who it is. */
export function* waitThenSay(id: number, wg: WaitGroup, report: Sender<number>): Coroutine<void> {
  yield* wg.wait();
  yield* report.send(id);
}

/** What WaitGroup.add throws here, as text. */
export function addHere(wg: WaitGroup, n: number): string {
  try {
    wg.add(n);
    return "added";
  } catch (err) {
    return String(err);
  }
}

/** Reads, yields and writes a word of shared memory inside the mutex, so many times. */
export function* countInside(mu: Mutex, words: Int32Array, times: number): Coroutine<void> {
  for (let i = 0; i < times; i++) {
    const lock = yield* mu.lock();
    const seen = words[0] as number;
    yield* gosched();
    words[0] = seen + 1;
    lock.release();
  }
}

/** Locks, and says who it is while it holds the mutex. `report` has room. */
export function* lockThenSay(id: number, mu: Mutex, report: Sender<number>): Coroutine<void> {
  const lock = yield* mu.lock();
  yield* report.send(id);
  lock.release();
}

/** Holds the mutex from when it says so until it is told to release. */
export function* lockUntil(mu: Mutex, held: Sender<number>, release: Receiver<number>): Coroutine<void> {
  const lock = yield* mu.lock();
  yield* held.send(1);
  yield* release.recv();
  lock.release();
}

/** Whether the mutex was free; it is again. */
export function tryHere(mu: Mutex): boolean {
  const lock = mu.tryLock();
  lock?.release();
  return lock !== undefined;
}

/** Which of three was ready first. What it gets of the mutex, it gives back. */
export function* firstOf(c: Chan<number>, wg: WaitGroup, mu: Mutex): Coroutine<string> {
  const r = yield* select({ c: c.recv(), wg: wg.wait(), mu: mu.lock() });
  if (r.key === "mu") (r.value as { release(): void }).release();
  return r.key;
}

/**
 * Takes one of the mutexes in some way or other and counts in its word, so many times; counts what it did in `own`, the
 * word of its own. Says in the word `begun` that it has begun: from then on it counts itself done, also when it is cancelled.
 */
export function* jostle(
  mutexes: readonly Mutex[],
  wg: WaitGroup,
  words: Int32Array,
  own: number,
  begun: number,
  times: number,
): Coroutine<void> {
  words[begun] = 1;
  try {
    for (let i = 0; i < times; i++) {
      const at = (own + i * 7) % mutexes.length;
      const other = (at + 1) % mutexes.length;
      const [lock, got] = yield* taken(mutexes, at, other, (own + i) % 4);
      if (lock === undefined) continue;
      try {
        const seen = words[got] as number;
        if (i % 3 === 0) yield* gosched();
        words[got] = seen + 1;
        words[own] = (words[own] as number) + 1;
      } finally {
        lock.release();
      }
    }
  } finally {
    wg.done();
  }
}

function* taken(
  mutexes: readonly Mutex[],
  at: number,
  other: number,
  form: number,
): Coroutine<[Lock | undefined, number]> {
  const [a, b] = [mutexes[at] as Mutex, mutexes[other] as Mutex];
  if (form === 0) return [yield* a.lock(), at];
  if (form === 1) return [a.tryLock(), at];
  const cases = { a: a.lock(), b: b.lock() };
  const r = form === 2 ? yield* select(cases) : yield* select({ ...cases, default: true });
  if (r.key === "default") return [undefined, at];
  return [r.value as Lock, r.key === "a" ? at : other];
}

/** The same again. */
export function sameAgain(x: unknown): unknown {
  return x;
}

/** Passes on what comes. */
export function* passThing(from: Receiver<unknown>, to: Sender<unknown>): Coroutine<void> {
  yield* to.send(yield* from.recv());
}

tasks(import.meta.url, {
  doneAfter,
  countUpAndDown,
  waitThenSay,
  addHere,
  countInside,
  lockThenSay,
  lockUntil,
  tryHere,
  firstOf,
  jostle,
  sameAgain,
  passThing,
});

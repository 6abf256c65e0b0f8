// Small bodies that most programs are built from: feeders, relays, receivers that report.
import type { Receiver, Sender } from "@gr/chan";
import { type Coroutine, gosched, type Op, sleep } from "@gr/core";
import { tasks } from "../task.ts";

/** What a reporting body sends: which one it is, and what it saw. */
export interface Report {
  readonly id: number;
  readonly value: number | undefined;
  readonly ok: boolean;
}

/** Sends from, from + 1, … (count values). */
export function* feed(out: Sender<number>, from: number, count: number): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* out.send(from + i);
}

/** Sends undefined and null in turn. */
export function* feedNothing(out: Sender<undefined | null>, count: number, done: Sender<number>): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* out.send(i % 2 === 0 ? undefined : null);
  yield* done.send(count);
}

/** Sends like feed, and then closes. */
export function* feedAndClose(out: Sender<number>, from: number, count: number): Coroutine<void> {
  yield* feed(out, from, count);
  out.close();
}

/** Takes one value from `from` and hands it to `to`. */
export function* passOne(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  const r = yield* from.recvOk();
  if (r.ok) yield* to.send(r.value);
}

/** Copies until `from` is closed and drained; then gives one token. */
export function* copyAll(from: Receiver<number>, to: Sender<number>, done: Sender<number>): Coroutine<void> {
  let copied = 0;
  for (;;) {
    const r = yield* from.recvOk();
    if (!r.ok) break;
    yield* to.send(r.value);
    copied++;
  }
  yield* done.send(copied);
}

/** Receives once and reports. */
export function* receiveOnce(id: number, from: Receiver<number>, report: Sender<Report>): Coroutine<void> {
  const r = yield* from.recvOk();
  yield* report.send({ id, value: r.value, ok: r.ok });
}

/** Receives `count` values and reports their sum. */
export function* sumOf(from: Receiver<number>, count: number, report: Sender<number>): Coroutine<void> {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const r = yield* from.recvOk();
    if (r.ok) sum += r.value;
  }
  yield* report.send(sum);
}

/** Sends once; reports "sent" or the text of the error. */
export function* sendOnce(out: Sender<number>, value: number, report: Sender<string>): Coroutine<void> {
  yield* report.send((yield* failureOf(out.send(value))) ?? "sent");
}

/** Sends 0, 1, … and counts each completed send on a second channel. */
export function* feedAndCount(out: Sender<number>, sent: Sender<number>, count: number): Coroutine<void> {
  for (let i = 0; i < count; i++) {
    yield* out.send(i);
    yield* sent.send(i);
  }
}

/** Sleeps a millisecond and sends. */
export function* sendAfterSleep(out: Sender<number>, value: number): Coroutine<void> {
  yield* sleep(1);
  yield* out.send(value);
}

/** Yields a few times, then closes. */
export function* closeLater(out: Sender<number>, yields: number): Coroutine<void> {
  for (let i = 0; i < yields; i++) yield* gosched();
  out.close();
}

/** Waits for `count` tokens, then closes. */
export function* closeAfter(tokens: Receiver<number>, count: number, out: Sender<number>): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* tokens.recv();
  out.close();
}

/** Goroutine side, not a body: the text of the error an Op ends with, or undefined. */
export function* failureOf(op: Op<unknown>): Coroutine<string | undefined> {
  try {
    yield* op;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Goroutine side, not a body: receives `count` values. */
export function* take<T>(from: Receiver<T>, count: number): Coroutine<T[]> {
  const values: T[] = [];
  while (values.length < count) {
    const r = yield* from.recvOk();
    if (!r.ok) break;
    values.push(r.value);
  }
  return values;
}

tasks(import.meta.url, {
  feed,
  feedNothing,
  feedAndCount,
  sendAfterSleep,
  feedAndClose,
  passOne,
  copyAll,
  receiveOnce,
  sumOf,
  sendOnce,
  closeLater,
  closeAfter,
});

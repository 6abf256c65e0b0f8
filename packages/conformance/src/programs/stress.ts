// Programs in which many goroutines meet on few channels.
import { type Chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { spawn, tasks } from "../task.ts";

/** Offers the same counter on four channels at once, so each value must go out exactly once; then closes all. */
export function* offerToFour(
  a: Sender<number>,
  b: Sender<number>,
  c: Sender<number>,
  d: Sender<number>,
  count: number,
): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* select([a.send(i), b.send(i), c.send(i), d.send(i)]);
  for (const out of [a, b, c, d]) out.close();
}

/** Waits for its turn, takes one value from the shared channel, reports it with its own place, passes the turn on. */
export function* takeInTurn(
  place: number,
  turn: Receiver<number>,
  shared: Receiver<number>,
  report: Sender<readonly [place: number, value: number]>,
  next: Sender<number>,
): Coroutine<void> {
  yield* turn.recv();
  const value = (yield* shared.recv())!;
  yield* report.send([place, value]);
  yield* next.send(place);
}

/** In each round offers its own id and takes what comes, whichever happens first; reports how often it met itself. */
export function* meetAnybody(id: number, c: Chan<number>, rounds: number, done: Sender<number>): Coroutine<void> {
  let self = 0;
  for (let i = 0; i < rounds; i++) {
    // Both source orders, since an implementation may look at cases in the order it was given them.
    const r =
      i % 2 === 0
        ? yield* select({ put: c.send(id), get: c.recv() })
        : yield* select({ get: c.recv(), put: c.send(id) });
    if (r.key === "get" && r.value === id) self++;
  }
  yield* done.send(self);
}

export function* sendMany(out: Sender<number>, count: number, done: Sender<number>): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* out.send(i);
  yield* done.send(count);
}

export function* receiveMany(from: Receiver<number>, count: number, done: Sender<number>): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* from.recv();
  yield* done.send(count);
}

/** Sends `count` values on each of four channels through one select, leaving a channel out when it has had its share. */
export function* sendManyToFour(
  a: Sender<number>,
  b: Sender<number>,
  c: Sender<number>,
  d: Sender<number>,
  count: number,
  done: Sender<number>,
): Coroutine<void> {
  const left = [count, count, count, count];
  for (let i = 0; i < 4 * count; i++) {
    const r = yield* select([
      left[0]! > 0 && a.send(i),
      left[1]! > 0 && b.send(i),
      left[2]! > 0 && c.send(i),
      left[3]! > 0 && d.send(i),
    ]);
    left[r.key]!--;
  }
  yield* done.send(4 * count);
}

export function* receiveManyFromFour(
  a: Receiver<number>,
  b: Receiver<number>,
  c: Receiver<number>,
  d: Receiver<number>,
  count: number,
  done: Sender<number>,
): Coroutine<void> {
  const left = [count, count, count, count];
  for (let i = 0; i < 4 * count; i++) {
    const r = yield* select([
      left[0]! > 0 && a.recv(),
      left[1]! > 0 && b.recv(),
      left[2]! > 0 && c.recv(),
      left[3]! > 0 && d.recv(),
    ]);
    left[r.key]!--;
  }
  yield* done.send(4 * count);
}

/** Works a queue until it is closed; some values make it yield in the middle. */
export function* worker(queue: Receiver<number>, results: Sender<number>, done: Sender<number>): Coroutine<void> {
  let handled = 0;
  for (;;) {
    const r = yield* queue.recvOk();
    if (!r.ok) break;
    if (r.value % 7 === 0) yield* gosched();
    handled++;
    yield* results.send(r.value);
  }
  yield* done.send(handled);
}

/** Fills the queue, closes it, waits for the workers, closes the results. */
export function* foreman(
  queue: Sender<number>,
  items: number,
  workers: number,
  finished: Receiver<number>,
  results: Sender<number>,
): Coroutine<void> {
  for (let i = 0; i < items; i++) yield* queue.send(i);
  queue.close();
  for (let i = 0; i < workers; i++) yield* finished.recv();
  results.close();
}

/** Doubles a tree of goroutines of the given depth; every leaf sends 1. */
export function* grow(depth: number, out: Sender<number>): Coroutine<void> {
  if (depth === 0) {
    yield* out.send(1);
    return;
  }
  spawn(grow, depth - 1, out);
  spawn(grow, depth - 1, out);
}

tasks(import.meta.url, {
  offerToFour,
  takeInTurn,
  meetAnybody,
  sendMany,
  receiveMany,
  sendManyToFour,
  receiveManyFromFour,
  worker,
  foreman,
  grow,
});

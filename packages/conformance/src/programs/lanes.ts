// Lanes: a channel that must carry 76 consecutive numbers, whatever forms of send and receive are used.
//
// A lane is checked twice, once where it is filled and once where it is emptied, and every body
// yields now and then at places that depend on the numbers, so that both sides wait in turn.
import { type Chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { tasks } from "../task.ts";

export const laneLength = 76;

function* maybeYield(n: number): Coroutine<void> {
  if ((n * 7919) % 5 === 0) yield* gosched();
}

/** Sends the lane's numbers with plain sends. */
export function* fillPlain(lane: Sender<number>, start: number, done: Sender<number>): Coroutine<void> {
  for (let i = 0; i < laneLength; i++) {
    yield* maybeYield(start + i);
    yield* lane.send(start + i);
  }
  yield* done.send(laneLength);
}

/** Receives them with plain receives; counts those that come in their order. */
export function* drainPlain(lane: Receiver<number>, start: number, done: Sender<number>): Coroutine<void> {
  let inOrder = 0;
  for (let i = 0; i < laneLength; i++) {
    yield* maybeYield(start - i);
    if ((yield* lane.recv()) === start + i) inOrder++;
  }
  yield* done.send(inOrder);
}

/** Fills all lanes through one select. */
export function* fillSelect(lanes: readonly Sender<number>[], start: number, done: Sender<number>): Coroutine<void> {
  const sent = lanes.map(() => 0);
  for (let total = 0; total < lanes.length * laneLength; total++) {
    yield* maybeYield(total);
    const r = yield* select(lanes.map((lane, i) => sent[i]! < laneLength && lane.send(start + i * 1000 + sent[i]!)));
    sent[r.key]!++;
  }
  yield* done.send(lanes.length * laneLength);
}

/** Drains all lanes through one select; counts the numbers that come in the order of their lane. */
export function* drainSelect(lanes: readonly Receiver<number>[], start: number, done: Sender<number>): Coroutine<void> {
  const got = lanes.map(() => 0);
  let inOrder = 0;
  for (let total = 0; total < lanes.length * laneLength; total++) {
    yield* maybeYield(total);
    const r = yield* select(lanes.map((lane, i) => got[i]! < laneLength && lane.recv()));
    if (r.value === start + r.key * 1000 + got[r.key]!) inOrder++;
    got[r.key]!++;
  }
  yield* done.send(inOrder);
}

/** Drains some lanes and fills others through the same select. */
export function* drainAndFill(
  from: readonly Chan<number>[],
  to: readonly Chan<number>[],
  start: number,
  done: Sender<number>,
): Coroutine<void> {
  const got = from.map(() => 0);
  const sent = to.map(() => 0);
  let inOrder = 0;
  for (let total = 0; total < (from.length + to.length) * laneLength; total++) {
    yield* maybeYield(total);
    const r = yield* select([
      ...from.map((lane, i) => got[i]! < laneLength && lane.recv()),
      ...to.map((lane, i) => sent[i]! < laneLength && lane.send(start + i * 1000 + sent[i]!)),
    ]);
    if (r.key >= from.length) {
      sent[r.key - from.length]!++;
      inOrder++;
    } else {
      if (r.value === start + r.key * 1000 + got[r.key]!) inOrder++;
      got[r.key]!++;
    }
  }
  yield* done.send(inOrder);
}

tasks(import.meta.url, { fillPlain, drainPlain, fillSelect, drainSelect, drainAndFill });

// Bodies around one select, for the suites that watch a select from outside.
import { type Chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { tasks } from "../task.ts";

/** Takes from whichever is first and says what it got. */
export function* selectOnce(
  first: Receiver<number>,
  second: Receiver<number>,
  report: Sender<string>,
): Coroutine<void> {
  const r = yield* select({ first: first.recv(), second: second.recv() });
  yield* report.send(r.ok ? `${r.key} ${r.value}` : `${r.key} closed`);
}

/** One hand-off on c in one of the forms plain operation, select of one case, select of two cases. */
export function* handOff(
  form: "plain" | "one" | "two",
  side: "send" | "receive",
  c: Chan<number>,
  quiet: Chan<number>,
  done: Sender<string>,
): Coroutine<void> {
  const op = side === "send" ? c.send(1) : c.recv();
  if (form === "plain") yield* op;
  else if (form === "one") yield* select([op]);
  else yield* select([op, side === "send" ? quiet.send(1) : quiet.recv()]);
  yield* done.send(side);
}

/** Waits on first or second; then for one more value of first. */
export function* selectThenReceive(
  first: Receiver<number>,
  second: Receiver<number>,
  report: Sender<string>,
): Coroutine<void> {
  const r = yield* select({ first: first.recv(), second: second.recv() });
  yield* report.send(`select took ${r.key}`);
  yield* report.send(`then ${yield* first.recv()}`);
}

/** One select in which c stands twice. */
export function* selectTwiceTheSame(c: Receiver<number>, d: Receiver<number>, report: Sender<string>): Coroutine<void> {
  const r = yield* select([c.recv(), c.recv(), d.recv()]);
  yield* report.send(`case ${r.key}`);
}

/** Offers `value` on c or waits for d to say stop. */
export function* offerOrStop(
  c: Sender<number>,
  value: number,
  d: Receiver<number>,
  report: Sender<string>,
): Coroutine<void> {
  const r = yield* select({ put: c.send(value), stop: d.recv() });
  yield* report.send(r.key);
}

/** Without blocking: says whether it got a value, the close, or nothing. */
export function* peekOnce(from: Receiver<number>, report: Sender<string>): Coroutine<void> {
  const r = yield* select({ get: from.recv(), default: true });
  yield* report.send(r.key === "default" ? "default" : r.ok ? "value" : "closed");
}

/** Without blocking, over two channels: says which was chosen. */
export function* peekTwo(a: Receiver<number>, b: Receiver<number>, report: Sender<string>): Coroutine<void> {
  const r = yield* select({ a: a.recv(), b: b.recv(), default: true });
  yield* report.send(r.key);
}

/** Receives any value; boxed, so that undefined can be told from nothing. */
export function* receiveBoxed(from: Receiver<unknown>, got: Sender<readonly [unknown]>): Coroutine<void> {
  yield* got.send([yield* from.recv()]);
}

/** Tries a send that does not block until it succeeds, yielding between tries; -1 when it never does. */
export function* trySendUntilTaken<T>(out: Sender<T>, value: T, tries: number): Coroutine<number> {
  for (let i = 0; i < tries; i++) {
    if (out.trySend(value)) return i;
    yield* gosched();
  }
  return -1;
}

/** The same for a receive. */
export function* tryRecvUntilGiven<T>(from: Receiver<T>, tries: number): Coroutine<T | undefined> {
  for (let i = 0; i < tries; i++) {
    const r = from.tryRecv();
    if (r?.ok) return r.value;
    yield* gosched();
  }
  return undefined;
}

/** Sends 0 or 1, whichever select picks. */
export function* sendRandomBits(out: Sender<number>, count: number): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* select([out.send(0), out.send(1)]);
}

/** Waits on a channel nobody uses and on its own, `rounds` times, answering each wake-up. */
export function* waitBesideQuiet(
  quiet: Receiver<number>,
  own: Receiver<number>,
  answer: Sender<number>,
  rounds: number,
): Coroutine<void> {
  for (let i = 0; i < rounds; i++) {
    const r = yield* select({ quiet: quiet.recv(), own: own.recv() });
    yield* answer.send(r.key === "own" ? 1 : 0);
  }
}

tasks(import.meta.url, {
  selectOnce,
  handOff,
  selectThenReceive,
  selectTwiceTheSame,
  offerOrStop,
  peekOnce,
  peekTwo,
  receiveBoxed,
  trySendUntilTaken,
  tryRecvUntilGiven,
  sendRandomBits,
  waitBesideQuiet,
});

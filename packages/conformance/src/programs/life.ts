// Bodies about being a goroutine: ending well or badly, never ending, being cancelled.
import { type Chan, chan, type Receiver, type Sender, select } from "@gr/chan";
import { type Coroutine, goexit, gosched, sleep } from "@gr/core";
import { spawn, tasks } from "../task.ts";

export function* giveBack(value: number): Coroutine<number> {
  return value;
}

/** Ends with what it receives. */
export function* giveWhatComes(from: Receiver<number>): Coroutine<number | undefined> {
  return yield* from.recv();
}

/** Ends with an error. */
export function* endAt(text: string): Coroutine<never> {
  throw new Error(text);
}

export function* hold(ms: number): Coroutine<void> {
  yield* sleep(ms);
}

/** Blocks for ever on a channel of its own. */
export function* silentlyBlocked(): Coroutine<void> {
  yield* chan<number>().recv();
}

/** Sends for ever. */
export function* forever(out: Sender<number>): Coroutine<void> {
  for (let i = 0; ; i++) yield* out.send(i);
}

export function* pingPong(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  for (;;) yield* to.send((yield* from.recv())! + 1);
}

/** Starts its successor and ends, up to the last generation, which says so. */
export function* respawn(generations: number, last: Sender<number>): Coroutine<void> {
  if (generations === 0) yield* last.send(0);
  else spawn(respawn, generations - 1, last);
}

/** Looks without blocking, and yields when there is nothing. */
export function* answerWhenAsked(ask: Receiver<number>, answer: Sender<number>): Coroutine<void> {
  for (;;) {
    const r = ask.tryRecv();
    if (r?.ok) return yield* answer.send(r.value);
    yield* gosched();
  }
}

/** Blocks on a receive; says on `said` what its finally blocks saw, inner first. */
export function* guarded(from: Receiver<number>, said: Sender<string>): Coroutine<void> {
  try {
    try {
      yield* from.recv();
      yield* said.send("received");
    } finally {
      yield* said.send("inner");
    }
  } finally {
    yield* said.send("outer");
  }
}

/** Blocks in a select; its finally block blocks on `said`. */
export function* guardedSelect(from: Receiver<number>, to: Sender<number>, said: Sender<string>): Coroutine<void> {
  try {
    yield* select({ get: from.recv(), put: to.send(7) });
  } finally {
    yield* said.send("cleaned up");
  }
}

/** Ends by goexit, two calls deep, through a finally block that itself blocks. */
export function* exitInside(said: Chan<string>): Coroutine<string> {
  try {
    yield* exitDeeper(said);
  } finally {
    yield* said.send("outer");
  }
  return "not reached";
}

function* exitDeeper(said: Sender<string>): Coroutine<void> {
  try {
    yield* goexit();
  } finally {
    yield* gosched();
    yield* said.send("inner");
  }
}

function fail(text: string): never {
  throw new Error(text);
}

/** Ends with a value that is no Error. */
export function* throwPlain(value: string | undefined): Coroutine<never> {
  throw value;
}

/** Goexit whose cleanup throws. */
export function* exitThenThrow(text: string): Coroutine<void> {
  try {
    yield* goexit();
  } finally {
    fail(text);
  }
}

/** Goexit whose cleanup throws and catches. */
export function* exitThenRecover(said: Sender<string>): Coroutine<string> {
  try {
    yield* goexit();
  } finally {
    try {
      fail("in cleanup");
    } catch {
      yield* said.send("recovered");
    }
  }
  return "not reached";
}

/** An error whose cleanup calls goexit: the error is dropped. */
export function* throwThenExit(): Coroutine<void> {
  try {
    throw new Error("dropped");
  } finally {
    yield* goexit();
  }
}

/** An error replaced by another on the way out. */
export function* throwTwice(first: string, second: string): Coroutine<void> {
  try {
    throw new Error(first);
  } catch (cause) {
    throw new Error(second, { cause });
  }
}

tasks(import.meta.url, {
  giveBack,
  giveWhatComes,
  endAt,
  hold,
  silentlyBlocked,
  forever,
  pingPong,
  respawn,
  answerWhenAsked,
  guarded,
  guardedSelect,
  exitInside,
  exitThenThrow,
  exitThenRecover,
  throwPlain,
  throwThenExit,
  throwTwice,
});

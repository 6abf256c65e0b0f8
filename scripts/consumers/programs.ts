// A consumer's programs, type-checked against the built declaration files by each supported compiler. What must not
// compile is marked: an unused mark is an error itself.

import {
  type Chan,
  chan,
  each,
  notify,
  type Received,
  type Receiver,
  range,
  type Sender,
  select,
  ticker,
} from "@gr/chan";
import {
  all,
  type Coroutine,
  call,
  DeadlockError,
  type Goroutine,
  type GrError,
  go,
  type Op,
  portable,
  type RunOptions,
  run,
  runSync,
  scope,
  sleep,
  timeout,
  until,
} from "@gr/core";
import { attachMemory, createMemory, type Memory } from "@gr/shm";
import { blocking, pmap, startThreads, Thread, type ThreadsOptions, transfer } from "@gr/threads";
import { serve } from "@gr/threads/worker";
import { type Analysis, analyse, startTrace, stopTrace, type Trace, type TraceOptions } from "@gr/viz";
import "@gr/viz/viewer";

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
declare function same<A, B>(holds: Same<A, B>): void;
declare const open: boolean;
declare const perhapsProcs: number | undefined;

// core

function* worker(n: number, text: string): Coroutine<boolean> {
  yield* sleep(n);
  return text.length === n;
}

export function* core(): Coroutine<number> {
  const g = go(worker, 1, "a");
  same<typeof g, Goroutine<boolean>>(true);
  const results = yield* all([g, until(Promise.resolve("x")), call((n: number) => n, 1)]);
  same<typeof results, [boolean, string, number]>(true);
  const scoped = yield* scope(function* (s) {
    return yield* s.go(worker, 1, "b");
  });
  same<typeof scoped, boolean>(true);
  const fetched = yield* timeout(
    until(async (signal) => signal.aborted),
    5,
  );
  same<typeof fetched, boolean>(true);
  const wider: Op<unknown> = g;
  yield* wider;
  return results[2];
}

export async function outside(): Promise<string> {
  same<Awaited<Goroutine<number>>, number>(true);
  const options: RunOptions = { deadlock: "closed", onLeak: (leak) => void leak };
  try {
    return String((await run(core, options)) + runSync(() => 1));
  } catch (err) {
    return err instanceof DeadlockError ? err.cycle : (err as GrError).code;
  }
}

export function* coreMistakes(): Coroutine<void> {
  // @ts-expect-error a missing argument
  go(worker, 1);
  // @ts-expect-error an argument of another type
  go(worker, "1", "a");
  // @ts-expect-error a generator object instead of its function
  go(worker(1, "a"));
  // @ts-expect-error no promise
  until(5);
  // @ts-expect-error no operation in the list
  all([sleep(1), 2]);
  // @ts-expect-error there is no such mode
  run(() => 1, { deadlock: "maybe" });
  // @ts-expect-error a result of another type
  const wrong: Goroutine<string> = go(worker, 1, "a");
  // @ts-expect-error yield without the star
  const noStar: Coroutine<void> = (function* () {
    yield sleep(1);
  })();
  // @ts-expect-error a promise is no operation
  yield* Promise.resolve(1);
  void [wrong, noStar];
}

// chan

export function* channels(numbers: Chan<number>, texts: Chan<string>): Coroutine<number> {
  const r = yield* select({ job: numbers.recv(), put: texts.send("x"), late: open && sleep(1), default: true });
  let sum = 0;
  if (r.key === "job" && r.ok) sum += r.value;
  const [first] = [yield* numbers.recvOk()];
  same<typeof first, Received<number>>(true);
  const maybe = yield* numbers.recv();
  same<typeof maybe, number | undefined>(true);
  yield* range(numbers, (n) => {
    sum += n;
  });
  const job = each(texts);
  while (yield* job.next()) sum += job.value.length;
  const narrow: { in: Sender<number>; out: Receiver<number> } = { in: numbers, out: numbers };
  narrow.in.close();
  for (const n of [narrow.out.tryRecv()]) if (n?.ok) sum += n.value;
  const ticks: Receiver<number> = ticker(5);
  const made: Chan<number> = chan(3, { name: "made" });
  void [ticks, made, notify(new EventTarget(), "x", { capacity: 1, full: "drop-oldest" })];
  return sum;
}

export function* channelMistakes(numbers: Chan<number>): Coroutine<void> {
  const out: Receiver<number> = numbers;
  // @ts-expect-error a receiver cannot send
  out.send(1);
  // @ts-expect-error a value of another type
  numbers.send("1");
  // @ts-expect-error a channel is invariant
  const wide: Chan<number | string> = numbers;
  // @ts-expect-error a case that is no operation
  select({ a: 5 });
  const r = yield* select({ a: numbers.recv(), b: sleep(1) });
  // @ts-expect-error there is no such case
  if (r.key === "c") return;
  // @ts-expect-error closed, or another case: not a number yet
  const n: number = r.value;
  void [wide, n];
}

// threads, shm, viz

const count = portable(import.meta.url, "consumer:count", function* (text: string): Coroutine<number> {
  return text.length;
});
const measure = portable(import.meta.url, "consumer:measure", (text: string): number => text.length);

export function* threads(): Coroutine<number[]> {
  const options: ThreadsOptions = { procs: perhapsProcs, maxThreads: 4 };
  const started = yield* startThreads(options);
  const one = yield* blocking(measure, "a");
  same<typeof one, number>(true);
  const many = yield* pmap(["a", "b"], count, { concurrency: 2 });
  same<typeof many, number[]>(true);
  const thread = new Thread(count, "x");
  const joined = yield* thread.join();
  same<typeof joined, number>(true);
  yield* started.close();
  transfer(new ArrayBuffer(8), []);
  return many;
}

export function mistakesOfThreads(): void {
  // @ts-expect-error an argument of another type
  blocking(measure, 5);
  // @ts-expect-error not portable
  blocking((n: number) => n, 5);
  // @ts-expect-error a function cannot cross threads
  portable(import.meta.url, "consumer:f", (f: () => void) => f());
  // @ts-expect-error items of another type
  pmap([1], count);
  serve();
}

export function memory(): Memory {
  return attachMemory(createMemory().buffer);
}

export function traced(options: TraceOptions): Analysis {
  startTrace(options);
  const trace: Trace = stopTrace();
  // @ts-expect-error no trace
  analyse(5);
  return analyse(trace);
}

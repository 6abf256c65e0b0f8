// Programs everybody knows, as one would write them: the same text runs on one thread and on many.
import { type Chan, chan, type Receiver, range, type Sender, select } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { spawn, tasks } from "../task.ts";
import { take } from "./plumbing.ts";
import { filterSieve } from "./sieves.ts";

/** Sends back each number plus one, until there are no more. */
export function* player(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  yield* range(from, function* (n) {
    yield* to.send(n + 1);
  });
  to.close();
}

/** A number goes to and fro. */
export function* pingPongProgram(): Coroutine<number> {
  const [ping, pong] = [chan<number>(), chan<number>()];
  spawn(player, ping, pong);
  let n = 0;
  for (let i = 0; i < 300; i++) {
    yield* ping.send(n);
    n = (yield* pong.recv())!;
  }
  ping.close();
  return n;
}

/** Sends the squares of what comes, in order. */
export function* squares(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  yield* range(from, function* (n) {
    yield* to.send(n * n);
  });
  to.close();
}

/** Sends what comes and is odd. */
export function* odds(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  yield* range(from, function* (n) {
    if (n % 2 === 1) yield* to.send(n);
  });
  to.close();
}

export function* upTo(count: number, to: Sender<number>): Coroutine<void> {
  for (let n = 1; n <= count; n++) yield* to.send(n);
  to.close();
}

/** Three stages: numbers, squares, odd ones. */
export function* pipelineProgram(): Coroutine<number[]> {
  const [numbers, squared, odd] = [chan<number>(), chan<number>(4), chan<number>()];
  spawn(upTo, 60, numbers);
  spawn(squares, numbers, squared);
  spawn(odds, squared, odd);
  return yield* take(odd, 30);
}

export function* speaker(name: string, count: number, to: Sender<string>): Coroutine<void> {
  for (let i = 0; i < count; i++) yield* to.send(`${name} ${i}`);
  to.close();
}

/** Three speakers are merged into one stream by a select; each keeps its own order. */
export function* fanInProgram(): Coroutine<Record<string, string[]>> {
  const heard: Record<string, string[]> = {};
  const open: (Chan<string> | undefined)[] = [];
  for (const name of ["Ann", "Ben", "Cem"]) {
    const c = chan<string>();
    spawn(speaker, name, 40, c);
    open.push(c);
    heard[name] = [];
  }
  while (open.some((c) => c !== undefined)) {
    const r = yield* select(open.map((c) => c?.recv()));
    if (r.ok) heard[r.value.slice(0, 3)]!.push(r.value);
    else open[r.key as number] = undefined;
  }
  return heard;
}

/** Steps of the Collatz sequence from n to one. */
function collatz(n: number): number {
  let steps = 0;
  for (let x = n; x !== 1; steps++) x = x % 2 === 0 ? x / 2 : 3 * x + 1;
  return steps;
}

export function* poolWorker(jobs: Receiver<number>, results: Sender<readonly [number, number]>): Coroutine<void> {
  yield* range(jobs, function* (n) {
    yield* results.send([n, collatz(n)]);
  });
}

/** Four workers take jobs from one channel; results come in any order. */
export function* poolProgram(): Coroutine<number[]> {
  const jobs = chan<number>(8);
  const results = chan<readonly [number, number]>(8);
  for (let i = 0; i < 4; i++) spawn(poolWorker, jobs, results);
  spawn(upTo, 200, jobs);
  const steps = new Array<number>(200).fill(-1);
  for (const [n, s] of yield* take(results, 200)) steps[n - 1] = s;
  return steps;
}

/** The first primes, by a chain of filters that grows. */
export function* sieveProgram(): Coroutine<number[]> {
  const primes = chan<number>();
  spawn(filterSieve, primes);
  return yield* take(primes, 40);
}

/** Takes the token from the left, adds one, passes it to the right. */
export function* ringMember(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  yield* range(from, function* (token) {
    yield* to.send(token + 1);
  });
  to.close();
}

/** A token goes round a ring of a hundred goroutines. */
export function* ringProgram(): Coroutine<number> {
  const first = chan<number>();
  let last = first;
  for (let i = 0; i < 100; i++) {
    const next = chan<number>();
    spawn(ringMember, last, next);
    last = next;
  }
  let token = 0;
  for (let round = 0; round < 10; round++) {
    yield* first.send(token);
    token = (yield* last.recv())!;
  }
  first.close();
  return token;
}

tasks(import.meta.url, { player, squares, odds, upTo, speaker, poolWorker, ringMember });

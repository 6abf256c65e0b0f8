// Programs that compute with chains of goroutines: two prime sieves and the numbers 2^i 3^j 5^k.
import { type Chan, chan, type Receiver, type Sender, select } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { spawn, tasks } from "../task.ts";

/** Sends 2, 3, 4, … for ever. */
export function* countFromTwo(out: Sender<number>): Coroutine<void> {
  for (let n = 2; ; n++) yield* out.send(n);
}

/** Lets through what `prime` does not divide. */
export function* dropMultiples(prime: number, from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  for (;;) {
    const n = (yield* from.recv())!;
    if (n % prime !== 0) yield* to.send(n);
  }
}

/** The chain of filters: each prime found adds a goroutine that removes its multiples. */
export function* filterSieve(out: Sender<number>): Coroutine<void> {
  let source: Chan<number> = chan<number>();
  spawn(countFromTwo, source);
  for (;;) {
    const prime = (yield* source.recv())!;
    yield* out.send(prime);
    const filtered = chan<number>();
    spawn(dropMultiples, prime, source, filtered);
    source = filtered;
  }
}

/** Sends p², p² + p, p² + 2p, … for ever. */
export function* multiplesOf(prime: number, out: Sender<number>): Coroutine<void> {
  for (let n = prime * prime; ; n += prime) yield* out.send(n);
}

/** A buffer without bound: its send case exists only while it holds something. */
export function* unboundedBuffer(from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  const held: number[] = [];
  for (;;) {
    const first = held[0];
    const r = yield* select({ put: first !== undefined && to.send(first), get: from.recv() });
    if (r.key === "put") held.shift();
    else if (r.ok) held.push(r.value);
  }
}

interface Source {
  head: number;
  readonly rest: Receiver<number>;
}

/** Puts the source where its head belongs (the list stays sorted, smallest first). */
function insert(sources: Source[], source: Source): void {
  let at = sources.length;
  while (at > 0 && sources[at - 1]!.head > source.head) at--;
  sources.splice(at, 0, source);
}

/** Merges the multiples of every prime received into one rising sequence without repeats. */
export function* composites(primes: Receiver<number>, out: Sender<number>): Coroutine<void> {
  const sources: Source[] = [];
  let nextSquare = 0;
  let incoming: Receiver<number> | undefined;
  let last = 0;
  for (;;) {
    // A prime's stream begins at its square; take it in once the merge has come that far.
    while (incoming === undefined || sources.length === 0 || sources[0]!.head >= nextSquare) {
      if (incoming !== undefined) insert(sources, { head: (yield* incoming.recv())!, rest: incoming });
      const prime = (yield* primes.recv())!;
      const stream = chan<number>(10);
      spawn(multiplesOf, prime, stream);
      incoming = stream;
      nextSquare = prime * prime;
    }
    const least = sources.shift()!;
    if (least.head !== last) {
      last = least.head;
      yield* out.send(last);
    }
    least.head = (yield* least.rest.recv())!;
    insert(sources, least);
  }
}

/** Eratosthenes: a number that the merged multiples skip is prime, and primes feed the merge. */
export function* mergeSieve(out: Sender<number>): Coroutine<void> {
  const found = chan<number>(10);
  const fedBack = chan<number>(10);
  const struck = chan<number>(50);
  spawn(unboundedBuffer, found, fedBack);
  spawn(composites, fedBack, struck);
  yield* found.send(2);
  yield* found.send(3);
  yield* out.send(2);
  yield* out.send(3);
  let composite = (yield* struck.recv())!;
  for (let n = 4; ; n++) {
    if (n === composite) {
      composite = (yield* struck.recv())!;
      continue;
    }
    yield* found.send(n);
    yield* out.send(n);
  }
}

/** Multiplies everything by a factor. */
export function* times(factor: number, from: Receiver<number>, to: Sender<number>): Coroutine<void> {
  for (;;) yield* to.send(factor * (yield* from.recv())!);
}

/** The numbers without prime factors above 5, rising: each number found is fed to three multipliers. */
export function* regularNumbers(out: Sender<number>): Coroutine<void> {
  const lanes = [2, 3, 5].map((factor) => {
    const to = chan<number>(100);
    const from = chan<number>(100);
    spawn(times, factor, to, from);
    return { to, from, head: 0 };
  });
  for (const lane of lanes) yield* lane.to.send(1);
  for (const lane of lanes) lane.head = (yield* lane.from.recv())!;
  for (;;) {
    const least = Math.min(...lanes.map((lane) => lane.head));
    yield* out.send(least);
    for (const lane of lanes) yield* lane.to.send(least);
    for (const lane of lanes) if (lane.head === least) lane.head = (yield* lane.from.recv())!;
  }
}

tasks(import.meta.url, {
  countFromTwo,
  dropMultiples,
  filterSieve,
  multiplesOf,
  unboundedBuffer,
  composites,
  mergeSieve,
  times,
  regularNumbers,
});

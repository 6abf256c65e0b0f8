// The program of the page: counts primes in parts, each part a portable goroutine that reports through one channel.

import { type Chan, chan, type Sender } from "@gr/chan";
import { type Coroutine, go, type Portable, portable } from "@gr/core";

/** What one part found. */
export interface Part {
  readonly from: number;
  readonly primes: number;
}

/** Counts the primes in [from, to) and sends the count. May run on any M. */
export const countPrimes: Portable<(from: number, to: number, out: Sender<Part>) => Coroutine<void>> = portable(
  import.meta.url,
  "playground:countPrimes",
  function* countPrimes(from: number, to: number, out: Sender<Part>): Coroutine<void> {
    let primes = 0;
    for (let n = from; n < to; n++) if (isPrime(n)) primes++;
    yield* out.send({ from, primes });
  },
);

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

/** The number of primes below `limit`, counted in `parts` goroutines. `told` hears of each part. */
export function* main(limit: number, parts: number, told: (done: number) => void): Coroutine<number> {
  const results: Chan<Part> = chan<Part>(16, { name: "results" });
  for (let i = 0; i < parts; i++) {
    go(countPrimes, Math.floor((limit / parts) * i), Math.floor((limit / parts) * (i + 1)), results);
  }
  let total = 0;
  for (let i = 0; i < parts; i++) {
    const part = yield* results.recv();
    total += part?.primes ?? 0;
    told(i + 1);
  }
  return total;
}

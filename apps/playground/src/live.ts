// Runs the page's program on real Web Workers, traced.

import { run } from "@gr/core";
import { startThreads } from "@gr/threads";
import { startTrace, stopTrace, type Trace } from "@gr/viz";
import { main } from "./programs/count.ts";

export const LIMIT = 3_000_000;
export const PARTS = 96;

/** What one run in the browser gave. */
export interface LiveRun {
  readonly primes: number;
  readonly ms: number;
  /** Ms on which parts were started, by number; empty on one thread. */
  readonly ranOn: readonly number[];
  readonly trace: Trace;
}

/** Counts the primes below LIMIT on `procs` Ps. Without isolation there is one thread, whatever is asked for. */
export async function runLive(procs: number, told: (done: number) => void): Promise<LiveRun> {
  const worker = (): Worker => new Worker(new URL("./gr-worker.ts", import.meta.url), { type: "module" });
  const threads = globalThis.crossOriginIsolated ? await startThreads({ procs, worker }) : null;
  try {
    startTrace({ title: "primes in the browser" });
    const began = performance.now();
    let primes = 0;
    let trace: Trace;
    try {
      primes = await run(function* primesBelow() {
        return yield* main(LIMIT, PARTS, told);
      });
    } finally {
      trace = stopTrace();
    }
    const ms = performance.now() - began;
    const ranOn = (threads?.stats().ms ?? []).filter((m) => m.started > 0).map((m) => m.m);
    return { primes, ms, ranOn, trace };
  } finally {
    await threads?.close();
  }
}

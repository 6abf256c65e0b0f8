import { go, gosched, portable, run, sleep } from "@gr/core";
import { startThreads } from "@gr/threads";
import { quantile } from "../../lib/stats.mjs";
import { work } from "../../lib/work.mjs";

const here = import.meta.url;
/** Milliseconds of a clock that all threads share. */
const clock = () => Number(process.hrtime.bigint()) / 1e6;

const spin = portable(here, "bench:spin", (ms) => {
  const end = clock() + ms;
  while (clock() < end);
});

// The words of a take-over: GO is 1 once main is about to block, 2 once the other M is free again; STARTED counts what was
// queued and has started. Beside them when each did.
const GO = 0;
const STARTED = 1;
const mark = portable(here, "bench:mark", (words, times) => {
  times[Atomics.add(words, STARTED, 1)] = clock();
});
const hog = portable(here, "bench:hog", (words, times, { queued, stuckMs }) => {
  while (Atomics.load(words, GO) === 0);
  const start = clock();
  for (let i = 0; i < queued; i++) go(mark, words, times);
  while (Atomics.load(words, STARTED) < queued && clock() < start + stuckMs);
  Atomics.store(words, GO, 2);
  Atomics.notify(words, GO);
  return start;
});

let starting;
const threadsOf = (options) => {
  starting ??= Promise.resolve(startThreads(options));
  return starting;
};

async function takeOver(n, p) {
  const threads = await threadsOf({ procs: p.procs, mainRuns: false });
  const took = await run(function* () {
    yield* go(spin, 0);
    while (threads.stats().sysmon === "none") yield* sleep(1);
    const each = [];
    for (let i = 0; i < n; i++) each.push(yield* oneTakeOver(p, threads));
    return each;
  });
  return quantile(
    took.sort((a, b) => a - b),
    0.9,
  );
}

function* oneTakeOver(p, threads) {
  // Whoever is to take it over has started.
  const ready = ({ state }) => state === "spare" || (state === "idle" && p.procs > 1);
  while (!threads.stats().ms.some(ready)) yield* sleep(1);
  const words = new Int32Array(new SharedArrayBuffer(8));
  const times = new Float64Array(new SharedArrayBuffer(8 * p.queued));
  const stuck = go(hog, words, times, { queued: p.queued, stuckMs: p.stuckMs });
  while (stuck.status !== "running") yield* sleep(1);
  Atomics.store(words, GO, 1);
  // Main blocks its thread, P and all, for as long as the other M.
  Atomics.wait(words, GO, 1);
  const started = Atomics.load(words, STARTED);
  const start = yield* stuck;
  if (started < p.queued) throw new Error(`${started} of ${p.queued} had started after ${p.stuckMs} ms`);
  return Math.max(...times) - start;
}

/** Until sysmon has stopped its ticks and no M expects work any more. */
const SETTLE_MS = 2000;

const hostTimer = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function idle(n, { what, procs }) {
  const threads = await threadsOf({ procs, mainRuns: false });
  await run(function* () {
    const busy = Array.from({ length: procs }, () => go(spin, 100));
    for (const g of busy) yield* g;
  });
  const { threads: ms } = threads.stats();
  if (ms < procs) throw new Error(`${ms} of ${procs} Ms have started`);
  const waits = run(() => sleep(2 * SETTLE_MS + n));
  // Looked at from outside: a goroutine that wakes to look would wake sysmon for a second.
  await hostTimer(SETTLE_MS);
  const before = process.resourceUsage();
  const start = clock();
  await hostTimer(n);
  const tookMs = clock() - start;
  const after = process.resourceUsage();
  await waits;
  const used = (key) => after[key] - before[key];
  if (what === "switches") return (used("voluntaryContextSwitches") / tookMs) * 1000;
  return ((used("userCPUTime") + used("systemCPUTime")) / 1000 / tookMs) * 100;
}

async function switches(n, p) {
  const viz = p.trace === "never" ? undefined : await import("@gr/viz");
  viz?.startTrace({ level: "sched" });
  if (p.trace === "ended") {
    await go(turns, 1000, p.work);
    viz.stopTrace();
  }
  const start = process.hrtime.bigint();
  const done = await run(function* () {
    const list = Array.from({ length: TAKERS }, () => go(turns, n / TAKERS, p.work));
    let sum = 0;
    for (const g of list) sum += yield* g;
    return sum;
  });
  p.ns = Number(process.hrtime.bigint() - start);
  if (p.trace === "sched") viz.stopTrace();
  return done;
}
/** Goroutines that take turns. */
const TAKERS = 10;
function* turns(n, rounds) {
  let done = 0;
  for (; done < n; done++) {
    work(rounds);
    yield* gosched();
  }
  return done;
}

async function threadBytes(n, p) {
  const threads = await startThreads({ procs: n, mainRuns: false });
  const before = process.memoryUsage.rss();
  await run(function* () {
    const busy = Array.from({ length: n }, () => go(spin, 200));
    for (const g of busy) yield* g;
  });
  // All workers but main; sysmon's is one of them.
  const workers = threads.stats().threads;
  if (workers < n) throw new Error(`${workers} of ${n} threads have started`);
  p.bytes = ((process.memoryUsage.rss() - before) / workers) * n;
  return n;
}

export const programs = { "take-over": takeOver, idle, switches, "thread-bytes": threadBytes };

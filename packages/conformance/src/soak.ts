// The soak: very many goroutines over threads, with everything that can happen to them, each of which must end once.
//
//   node dist/soak.js [goroutines] [seed]
//
// Epochs of a group of threads each; within one, rounds of some thousand goroutines of mixed kinds. They are cancelled,
// waited for or not, the number of Ps changes, threads are killed. After a round each goroutine is held against the book
// (soak-account.ts); after an epoch nothing may be left of them. Meanwhile a sampler looks at who holds a P. The seed
// fixes what is started and done to it, not when. Prints one line of JSON at last, and ends by itself: with an odd seed
// without having closed its threads.
import { type Chan, chan } from "@gr/chan";
import { all, type Coroutine, type Goroutine, go, gomaxprocs, gosched, run, sleep, stacks } from "@gr/core";
import { arenaStats, attached } from "@gr/shm";
import { blocking, startThreads, Thread, type Threads } from "@gr/threads";
import * as b from "./programs/soak.ts";
import { type Item, judge, type Kind, type Outcome, settle } from "./soak-account.ts";
import { spawn } from "./task.ts";

const EPOCH = 50_000;
const ROUND = 2500;
/** Milliseconds without any progress after which it says where it stands, and fails. */
const STILL_MS = 60_000;
/** A group has numbers for 254 threads: from here on nobody is killed. */
const LAST_M = 150;
/** Shared memory that a lost goroutine may leave behind, and that all others together may still hold after an epoch. */
const LOST_BYTES = 512;
const LEFT_BYTES = 64 * 1024;

const size = Number(process.argv[2] ?? 5000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000) >>> 0;
const random = mulberry(seed);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const upTo = (n: number): number => Math.floor(random() * n);

const totals = { goroutines: 0, killed: 0, terminated: 0, procs: 0, samples: 0 };
const ends: Record<Outcome, number> = { value: 0, error: 0, cancelled: 0, lost: 0, unjoined: 0 };

/** Kinds by how often they come, out of a thousand; the rest is plain. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["steps", 150],
  ["throws", 60],
  ["naps", 120],
  ["sends", 120],
  ["waits", 120],
  ["nests", 60],
  ["hogs", 8],
  ["blocking", 2],
  ["Thread", 0.4],
];

function kindOf(x: number): Kind {
  let left = x * 1000;
  for (const [kind, share] of SHARES) {
    if (left < share) return kind;
    left -= share;
  }
  return "plain";
}

interface Round {
  readonly book: b.Book;
  readonly gate: Chan<number>;
  readonly box: Chan<number>;
  /** How often each number came out of the box. */
  readonly received: Uint8Array;
  readonly items: Item[];
  readonly joins: Goroutine<void>[];
  /** Handles that nobody waits for. */
  readonly loose: (readonly [Item, Goroutine<unknown>])[];
  readonly cancellable: (readonly [Item, Goroutine<unknown>])[];
  readonly kills: boolean;
}

/** Numbers of children come after those of an epoch's goroutines. */
const childOf = (i: number): number => EPOCH + i;

function start(r: Round, i: number, wanted: Kind): void {
  const kind = wanted === "Thread" && !r.kills ? "plain" : wanted;
  const child = kind === "nests" ? childOf(i) : -1;
  const item: Item = { i, kind, child, cancelled: false, terminated: false, outcome: null, value: undefined };
  r.items.push(item);
  // A failure that nobody waits for ends the program.
  if (!r.kills && kind !== "throws" && kind !== "blocking" && random() < 0.2) r.loose.push([item, spawned(r, i, kind)]);
  else r.joins.push(go(kind === "Thread" ? onThread : kind === "blocking" ? inCall : joined, r, item));
}

function* joined(r: Round, item: Item): Coroutine<void> {
  const g = spawned(r, item.i, item.kind);
  if (random() < 0.02) cancel(item, g);
  if (item.kind !== "dies") r.cancellable.push([item, g]);
  yield* settle(item, g);
}

function* inCall(r: Round, item: Item): Coroutine<void> {
  const ms = upTo(5);
  const g = go(function* () {
    return yield* blocking(b.blocking, r.book, item.i, ms);
  });
  r.cancellable.push([item, g]);
  yield* settle(item, g);
}

function* onThread(r: Round, item: Item): Coroutine<void> {
  const thread = new Thread(b.alone, r.book, item.i, r.gate);
  if (random() < 0.5) {
    item.terminated = true;
    totals.terminated++;
    yield* sleep(upTo(60));
    thread.terminate();
  }
  yield* settle(item, thread.join());
}

function spawned({ book, gate, box }: Round, i: number, kind: Kind): Goroutine<number> {
  if (kind === "steps") return spawn(b.steps, book, i, upTo(8));
  if (kind === "throws") return spawn(b.throws, book, i);
  if (kind === "naps") return spawn(b.naps, book, i, upTo(4));
  if (kind === "sends") return spawn(b.sends, book, i, box);
  if (kind === "waits") return spawn(b.waits, book, i, gate);
  if (kind === "hogs") return go(b.hogs, book, i, 1 + upTo(20));
  if (kind === "nests") return spawn(b.nests, book, i, childOf(i));
  if (kind === "dies") return spawn(b.dies, book, i, pick(["exit", "throw", "later"] as const));
  return go(b.plain, book, i);
}

function cancel(item: Item, g: Goroutine<unknown>): void {
  item.cancelled = true;
  g.cancel("soak");
}

function* drain({ box, received }: Round): Coroutine<void> {
  for (;;) {
    const r = yield* box.recvOk();
    if (!r.ok) return;
    received[r.value]!++;
  }
}

function* round(threads: Threads, book: b.Book, received: Uint8Array, from: number, n: number): Coroutine<void> {
  const kills = random() < 0.3 && lastM(threads) < LAST_M ? 1 + upTo(3) : 0;
  const deaths = new Set(Array.from({ length: kills }, () => from + upTo(n)));
  const r: Round = {
    book,
    received,
    gate: chan<number>(),
    box: chan<number>(pick([0, 1, 16, 128])),
    items: [],
    joins: [],
    loose: [],
    cancellable: [],
    kills: kills > 0,
  };
  const drainer = go(drain, r);
  for (let i = from; i < from + n; i++) {
    start(r, i, deaths.has(i) ? "dies" : kindOf(random()));
    if (random() < 0.002) {
      gomaxprocs(1 + upTo(5));
      totals.procs++;
    }
    if (random() < 0.02 && r.cancellable.length > 0) cancel(...pick(r.cancellable));
    if (i % 64 === 0) yield* gosched();
  }
  yield* sleep(upTo(5));
  for (let k = upTo(50); k > 0 && r.cancellable.length > 0; k--) cancel(...pick(r.cancellable));
  yield* sleep(upTo(5));
  r.gate.close();
  yield* all(r.joins);
  for (const [item, g] of r.loose) {
    while (g.status !== "dead") yield* sleep(1);
    item.outcome = "unjoined";
  }
  r.box.close();
  yield* drainer;
  account(r);
}

function account({ book, items, received }: Round): void {
  for (const item of items) {
    const wrong = judge(book, item, received[item.i] as number);
    if (wrong !== null) throw new Error(`goroutine ${item.i} (${JSON.stringify(item)}): ${wrong}`);
    ends[item.outcome as Outcome]++;
    if (item.kind === "dies" && item.outcome === "lost") totals.killed++;
  }
  totals.goroutines += items.length;
}

const lastM = (threads: Threads): number => Math.max(...threads.stats().ms.map(({ m }) => m));

/** Who holds a P: each P one M at most, and those beyond the number of Ps go. */
function* sample(threads: Threads, over: { now: boolean }): Coroutine<void> {
  for (; !over.now; totals.samples++) {
    const { ms, procs } = threads.stats();
    const held = ms.map(({ p }) => p).filter((p) => p >= 0);
    if (new Set(held).size < held.length) throw new Error(`a P is held twice: ${held}`);
    if (held.filter((p) => p < procs).length > procs) throw new Error(`${held.length} Ms hold ${procs} Ps`);
    yield* sleep(1);
  }
}

/** Waits until nothing is left of any goroutine but this one and its sampler. */
function* quiet(threads: Threads): Coroutine<void> {
  for (;;) {
    const s = threads.stats();
    const others = s.ms.filter(({ m }) => m > 0);
    const left = s.globalQueue + s.ps.reduce((n, p) => n + p.queued, 0) + s.stuck;
    if (left === 0 && others.every((m) => m.live === 0 && (m.state === "idle" || m.state === "spare") && m.p < 0)) {
      if (s.idleProcs !== s.procs - 1) throw new Error(`${s.idleProcs} of ${s.procs} Ps are idle`);
      return;
    }
    yield* sleep(1);
  }
}

const cellBytes = (): number => arenaStats(attached()!.arena).cellBytes;

function* epoch(threads: Threads, n: number): Coroutine<void> {
  const book = new Int32Array(new SharedArrayBuffer(4 * b.bookWords(2 * EPOCH)));
  const received = new Uint8Array(n);
  const over = { now: false };
  const sampler = go(sample, threads, over);
  const lost = ends.lost;
  let mark = 0;
  for (let from = 0; from < n; from += ROUND) {
    yield* round(threads, book, received, from, Math.min(ROUND, n - from));
    yield* quiet(threads);
    if (from === 0) mark = cellBytes();
  }
  over.now = true;
  yield* sampler;
  const left = cellBytes() - mark - (ends.lost - lost) * LOST_BYTES;
  if (left > LEFT_BYTES) throw new Error(`${left} bytes of shared memory were not given back`);
}

let threads: Threads | null = null;
process.removeAllListeners("warning");
process.on("warning", ({ message }) => {
  // Of those that it kills it knows.
  if (!/^threads: M\d+ is gone/.test(message)) process.stderr.write(`soak: ${message}\n`);
});
guard();
for (let done = 0; done < size; done += EPOCH) {
  const procs = 1 + upTo(4);
  const group = await startThreads({ procs, maxThreads: 32, mainRuns: random() < 0.5, idleTimeoutMs: 1 + upTo(500) });
  threads = group;
  await run(() => epoch(group, Math.min(EPOCH, size - done)));
  const last = done + EPOCH >= size;
  if (!last || seed % 2 === 0) await group.close();
  if (!last) process.stderr.write(`soak: ${totals.goroutines} of ${size}, seed ${seed}\n`);
}
console.log(JSON.stringify({ seed, ...totals, ends }));

/** Says where it stands when nothing goes on any more. */
function guard(): void {
  let last = "";
  const timer = setInterval(() => {
    const now = JSON.stringify([totals.goroutines, ends]);
    if (now === last) {
      console.error(`soak: nothing goes on (seed ${seed})\n${JSON.stringify(threads?.stats(), null, 1)}\n${stacks()}`);
      process.exit(9);
    }
    last = now;
  }, STILL_MS);
  timer.unref();
}

function mulberry(from: number): () => number {
  let a = from;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// The backend of many threads: portables on real workers, channels that cross.
//
// One group of threads serves all tests of a file. Each worker M has an anchor, a goroutine that answers pings once the
// others of its M have had their turns: settle() knows by them, and by what the Ms count, when everybody is blocked.
import { type Chan, chan, type Sender } from "@gr/chan";
import { type Goroutine, gosched, run } from "@gr/core";
import { attached, ops } from "@gr/shm";
import { Mutex, WaitGroup } from "@gr/sync";
import { startThreads, type Threads } from "@gr/threads";
import { ANCHOR_TURNS, anchor } from "./programs/anchor.ts";
import { countInto, TALLY_WORDS } from "./programs/pairings.ts";
import type { SyncMaker } from "./sync-suite.ts";
import { spawn } from "./task.ts";

export interface ThreadsMakerOptions {
  /** Goroutines that execute at once. There are as many workers. */
  readonly procs: number;
  /** Whether channels are shared from the start, or when they are first handed over. */
  readonly born: "shared" | "local";
  readonly scale?: number;
}

/** Values received on shared channels, but for those of settle(). */
export interface Pairings {
  readonly same: number;
  readonly across: number;
}

export interface ThreadsMaker extends SyncMaker {
  start(): Promise<void>;
  stop(): Promise<void>;
  pairings(): Pairings;
}

interface Anchor {
  readonly m: number;
  readonly pings: Sender<number>;
  readonly handle: Goroutine<void>;
}

/** Rounds of pings that say the same before settle() believes them, and the most that it makes. */
const QUIET_ROUNDS = 3;
const MAX_ROUNDS = 60;

export function threadsMaker({ procs, born, scale = 0.1 }: ThreadsMakerOptions): ThreadsMaker {
  let threads: Threads;
  let tally = 0;
  let pongs: Chan<number>;
  let anchors: readonly Anchor[] = [];
  let settling = 0;
  let carrier: Chan<unknown>;
  let shared = 0;

  /** Starts anchors until every worker has one. They belong to no run, and so outlive them all. */
  async function weighAnchors(): Promise<void> {
    const found = new Map<number, Anchor>();
    pongs = chan<number>(procs);
    while (found.size < procs) {
      const at = chan<number>(1);
      const pings = chan<number>();
      const handle = spawn(anchor, tally, at, pings, pongs);
      const m = (await at.recv())!;
      if (m > 0 && !found.has(m)) found.set(m, { m, pings, handle });
      else {
        pings.close();
        await handle;
      }
    }
    anchors = [...found.values()];
    carrier = chan<unknown>(1);
    // Sending a channel on a shared one is what shares it.
    passThrough(pongs as Chan<unknown>, carrier);
  }

  function made<T>(x: T): T {
    if (born === "shared" && attached() !== null) {
      passThrough(carrier, x);
      shared++;
    }
    return x;
  }

  return {
    name: `${procs} procs, ${born === "shared" ? "channels shared from the start" : "channels handed over"}`,
    scale,
    patience: 10_000_000,
    cancelsAtOnce: false,
    chan(capacity, options) {
      return made(chan<never>(capacity, options)) as never;
    },
    waitGroup: (options) => made(new WaitGroup(options)),
    mutex: (options) => made(new Mutex(options)),
    run: (main) => run(main, { deadlock: "closed" }),
    spawn,
    *settle() {
      let [quiet, last] = [0, activity(threads)];
      for (let round = 0; quiet < QUIET_ROUNDS && round < MAX_ROUNDS; round++) {
        for (let i = 0; i < ANCHOR_TURNS; i++) yield* gosched();
        // Handed to an anchor that waits: one letter to its M, neither more nor less.
        for (const { pings } of anchors) while (!pings.trySend(round)) yield* gosched();
        for (let i = 0; i < anchors.length; i++) yield* pongs.recv();
        settling += 2 * anchors.length;
        const now = activity(threads);
        quiet = now.queued === 0 && now.events - last.events === anchors.length ? quiet + 1 : 0;
        last = now;
      }
    },
    async start() {
      // No worker without an anchor, also when sysmon finds that one of them is late.
      threads = await startThreads({ procs, maxThreads: procs + 1 });
      const { arena, memory } = attached()!;
      tally = arena.allocate(TALLY_WORDS * 4);
      countInto(tally);
      await weighAnchors();
      for (let i = 0; i < TALLY_WORDS; i++) ops.store(memory.i32, tally + i, 0);
    },
    async stop() {
      countInto(0);
      for (const { pings } of anchors) pings.close();
      for (const { handle } of anchors) await handle;
      await threads.close();
    },
    pairings() {
      const { i32 } = attached()!.memory;
      return { same: ops.load(i32, tally) - shared, across: ops.load(i32, tally + 1) - settling };
    },
  };
}

function passThrough(through: Chan<unknown>, c: unknown): void {
  if (!through.trySend(c) || through.tryRecv()?.value !== c) throw new Error("conformance: it did not come back");
}

/** What has happened on the workers so far, and what waits for one of them. */
function activity(threads: Threads): { events: number; queued: number } {
  const { ms, ps, globalQueue } = threads.stats();
  let [events, queued] = [0, globalQueue];
  for (const { m, mail, started } of ms) if (m > 0) events += mail + started;
  for (const p of ps) queued += p.queued;
  return { events, queued };
}

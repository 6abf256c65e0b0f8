// stats(): what the words say about each M and P.
//
// Which M holds which P, and how many wait, changes under the lock alone, so under the lock the words
// are copied: all of one moment, but for the queues' lengths.

import { CHANNELS, numberOf, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import { listed } from "./object-table.ts";
import type { Queues } from "./queues.ts";

export interface MStats {
  readonly m: number;
  readonly state: "awake" | "idle" | "wants a P" | "in a blocking call" | "spare";
  /** The P it holds; -1 if none. */
  readonly p: number;
  /** Portable goroutines that live here now, and that were started here. */
  readonly live: number;
  readonly started: number;
  /** Goroutines that waited here to run when its last pass began. */
  readonly runnable: number;
  readonly steals: number;
  /** Start records that came by steals. */
  readonly stolen: number;
  /** Batches taken from the global queue. */
  readonly globalGets: number;
  readonly parks: number;
  /** Ms that it woke for work, and Ps it gave to Ms that wanted one. */
  readonly wakes: number;
  readonly handoffs: number;
  readonly spins: number;
  /** Ps that sysmon took from it because it was stuck. */
  readonly retaken: number;
  readonly mail: number;
}

export interface PStats {
  readonly p: number;
  /** The M that holds it; -1 if it is idle. */
  readonly m: number;
  /** Start records queued on it. */
  readonly queued: number;
  /** How often a goroutine was looked for under it, and what its holders did meanwhile. */
  readonly ticks: number;
  readonly steals: number;
  readonly stolen: number;
  readonly spins: number;
  /** Times it was given to an M that was woken for work, and to one that wanted it: by sysmon too. */
  readonly wakes: number;
  readonly handoffs: number;
}

export interface ThreadsStats {
  readonly procs: number;
  readonly idleProcs: number;
  readonly threads: number;
  readonly idleThreads: number;
  /** Workers that go on without a P: in a blocking call, a Thread's, or late to come back to their scheduler. */
  readonly stuck: number;
  readonly spinning: number;
  /** Does sysmon look at the Ps? It starts after the first worker, and sleeps while no P is held. */
  readonly sysmon: "none" | "awake" | "asleep";
  /** Start records in the global queue. */
  readonly globalQueue: number;
  /** SharedArrayBuffers and shared memories that crossed and that some thread can reach still. */
  readonly sharedObjects: number;
  /** Shared channels that some thread can reach still, or that nobody has found to be unreachable yet. */
  readonly sharedChannels: number;
  readonly ms: readonly MStats[];
  readonly ps: readonly PStats[];
}

const STATES = ["awake", "awake", "idle", "wants a P", "in a blocking call", "spare"] as const;

/** Any point of the owner thread. */
export function statsOf(s: Group, queues: Queues): ThreadsStats {
  s.lock();
  const copy = s.mem.slice(0, s.pSlot(w.MAX_PS));
  s.unlock();
  const of = (at: number): number => copy[at] as number;
  const number = (m: number): number => numberOf(s.mem, m);
  const ms: MStats[] = [];
  for (let m = 0; m < of(w.NMS); m++) {
    const word = (at: number): number => of(w.mSlot(m) + at) >>> 0;
    const state = word(w.M_STATE);
    if (state === MState.None) continue;
    ms.push({
      m: number(m),
      state: STATES[state] ?? "awake",
      p: of(w.mSlot(m) + w.M_HELD) - 1,
      live: word(w.M_LIVE),
      started: word(w.M_STARTED),
      runnable: word(w.M_RUNQ),
      steals: word(w.M_STEALS),
      stolen: word(w.M_STOLEN),
      globalGets: word(w.M_GLOBGETS),
      parks: word(w.M_PARKS),
      wakes: word(w.M_WAKES),
      handoffs: word(w.M_HANDOFFS),
      spins: word(w.M_SPINS),
      retaken: word(w.M_RETAKEN),
      mail: word(w.M_MAIL),
    });
  }
  const ps: PStats[] = [];
  for (let p = 0; p < of(w.NPROCS); p++) {
    const word = (at: number): number => of(s.pSlot(p) + at) >>> 0;
    const m = (word(w.P_OWNER) & ~w.BUSY) - 1;
    ps.push({
      p,
      m: m < 0 ? -1 : number(m),
      queued: queues.of(p).length,
      ticks: word(w.P_TICK) + (m < 0 ? 0 : of(w.mSlot(m) + w.M_TICK) - of(w.mSlot(m) + w.M_COUNTED)),
      steals: word(w.P_STEALS),
      stolen: word(w.P_STOLEN),
      spins: word(w.P_SPINS),
      wakes: word(w.P_WAKES),
      handoffs: word(w.P_HANDOFFS),
    });
  }
  return {
    procs: ps.length,
    idleProcs: of(w.NPIDLE),
    threads: ms.length,
    idleThreads: ms.filter(({ state }) => state === "idle" || state === "spare").length,
    stuck: of(w.NSTUCK) - (of(w.SPARE) > 0 ? 1 : 0),
    spinning: of(w.NSPINNING),
    sysmon: of(w.SYS_UP) === 0 ? "none" : of(w.SYS_ASLEEP) === 1 ? "asleep" : "awake",
    globalQueue: of(w.NGLOBAL),
    sharedObjects: listed(s).length,
    sharedChannels: ops.load(s.mem, CHANNELS),
    ms,
    ps,
  };
}

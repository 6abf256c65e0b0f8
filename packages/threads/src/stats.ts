// stats(): what the words say about each M and P.
//
// Which M holds which P, and how many wait, changes under the lock alone, so under the lock it is read: all of one moment.
// The queues' lengths and what each M counts for itself are of slightly different ones.

import { CHANNELS, numberOf, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import { listed } from "./object-table.ts";
import type { Queues } from "./queues.ts";

export interface MStats {
  readonly m: number;
  readonly state: "awake" | "idle" | "wants a P" | "in a blocking call";
  /** The P it holds; -1 if none. */
  readonly p: number;
  /** Portable goroutines that live here now, and that were started here. */
  readonly live: number;
  readonly started: number;
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

const STATES = ["awake", "awake", "idle", "wants a P", "in a blocking call"] as const;

// What changes under the lock alone, of one moment.
const states = new Int32Array(w.MAX_MS);
const held = new Int32Array(w.MAX_MS);
const owners = new Int32Array(w.MAX_PS);
const COUNTS = [w.NPROCS, w.NMS, w.NPIDLE, w.NSTUCK, w.NGLOBAL] as const;
const counts = new Int32Array(COUNTS.length);

function lookLocked(s: Group): void {
  const { mem } = s;
  for (let i = 0; i < COUNTS.length; i++) counts[i] = ops.load(mem, COUNTS[i] as number);
  const [procs = 0, ms = 0] = counts;
  for (let m = 0; m < ms; m++) {
    states[m] = ops.load(mem, w.mSlot(m) + w.M_STATE);
    held[m] = ops.load(mem, w.mSlot(m) + w.M_HELD);
  }
  for (let p = 0; p < procs; p++) owners[p] = ops.load(mem, s.pSlot(p) + w.P_OWNER) & ~w.BUSY;
}

/** Any point of the owner thread. */
export function statsOf(s: Group, queues: Queues): ThreadsStats {
  const { mem } = s;
  s.lock();
  lookLocked(s);
  s.unlock();
  const [procs = 0, nms = 0, idleProcs = 0, stuck = 0, globalQueue = 0] = counts;
  const ms: MStats[] = [];
  for (let m = 0; m < nms; m++) if (states[m] !== MState.None) ms.push(mStats(mem, m));
  const ps: PStats[] = [];
  for (let p = 0; p < procs; p++) {
    const owner = owners[p] as number;
    ps.push({ p, m: owner === 0 ? -1 : numberOf(mem, owner - 1), queued: queues.of(p).length });
  }
  return {
    procs,
    idleProcs,
    threads: ms.length,
    idleThreads: ms.filter(({ state }) => state === "idle").length,
    stuck,
    spinning: ops.load(mem, w.NSPINNING),
    sysmon: ops.load(mem, w.SYS_UP) === 0 ? "none" : ops.load(mem, w.SYS_ASLEEP) === 1 ? "asleep" : "awake",
    globalQueue,
    sharedObjects: listed(s).length,
    sharedChannels: ops.load(mem, CHANNELS),
    ms,
    ps,
  };
}

function mStats(mem: Int32Array, m: number): MStats {
  const word = (at: number): number => ops.load(mem, w.mSlot(m) + at);
  return {
    m: numberOf(mem, m),
    state: STATES[states[m] as number] ?? "awake",
    p: (held[m] as number) - 1,
    live: word(w.M_LIVE),
    started: word(w.M_STARTED) >>> 0,
    steals: word(w.M_STEALS) >>> 0,
    stolen: word(w.M_STOLEN) >>> 0,
    globalGets: word(w.M_GLOBGETS) >>> 0,
    parks: word(w.M_PARKS) >>> 0,
    wakes: word(w.M_WAKES) >>> 0,
    handoffs: word(w.M_HANDOFFS) >>> 0,
    spins: word(w.M_SPINS) >>> 0,
    retaken: word(w.M_RETAKEN) >>> 0,
    mail: word(w.M_MAIL) >>> 0,
  };
}

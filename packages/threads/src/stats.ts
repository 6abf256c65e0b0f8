// stats(): what the words say about each M and P.

import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import { listed } from "./object-table.ts";
import type { Queues } from "./steal.ts";

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
  readonly spinning: number;
  /** Does sysmon look at the Ps? It starts after the first worker, and sleeps while no P is held. */
  readonly sysmon: "none" | "awake" | "asleep";
  /** Start records in the global queue. */
  readonly globalQueue: number;
  /** SharedArrayBuffers and shared memories that crossed and that some thread can reach still. */
  readonly sharedObjects: number;
  readonly ms: readonly MStats[];
  readonly ps: readonly PStats[];
}

const STATES = ["awake", "awake", "idle", "wants a P", "in a blocking call"] as const;

/** Any point of the owner thread. A snapshot word by word: its parts may be of slightly different moments. */
export function statsOf(s: Group, queues: Queues): ThreadsStats {
  const { mem } = s;
  const ms: MStats[] = [];
  const nms = ops.load(mem, w.NMS);
  for (let m = 0; m < nms; m++) if (ops.load(mem, w.mSlot(m) + w.M_STATE) !== MState.None) ms.push(mStats(mem, m));
  const procs = s.procs;
  const ps: PStats[] = [];
  for (let p = 0; p < procs; p++) {
    const owner = ops.load(mem, s.pSlot(p) + w.P_OWNER) & ~w.BUSY;
    ps.push({ p, m: owner - 1, queued: queues.of(p).length });
  }
  return {
    procs,
    idleProcs: ops.load(mem, w.NPIDLE),
    threads: ms.length,
    idleThreads: ms.filter(({ state }) => state === "idle").length,
    spinning: ops.load(mem, w.NSPINNING),
    sysmon: ops.load(mem, w.SYS_UP) === 0 ? "none" : ops.load(mem, w.SYS_ASLEEP) === 1 ? "asleep" : "awake",
    globalQueue: ops.load(mem, w.NGLOBAL),
    sharedObjects: listed(s).length,
    ms,
    ps,
  };
}

function mStats(mem: Int32Array, m: number): MStats {
  const word = (at: number): number => ops.load(mem, w.mSlot(m) + at);
  return {
    m,
    state: STATES[word(w.M_STATE)] ?? "awake",
    p: word(w.M_HELD) - 1,
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

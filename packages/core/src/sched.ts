// Sched: what is global to the scheduler of one isolate, and the one mutable slot of the package.
//
// Everything that changes hangs from `sched`, which hangs from globalThis under a key with the protocol number: test
// runners, hot reload and frameworks load modules twice, and two schedulers in one isolate could not wake each other.
// A second copy of the same protocol adopts the first; another protocol is refused at import.

import * as Action from "./actions.ts";
import type { Stirred } from "./collector.ts";
import type { G } from "./g.ts";
import { GQueue } from "./g-queue.ts";
import type { Host } from "./host.ts";
import type { Ghosts } from "./leaks.ts";
import { M } from "./m.ts";
import type { AnyBody } from "./op.ts";
import type { OpBase } from "./op-base.ts";
import { P } from "./p.ts";
import type { Peers } from "./peers.ts";
import type { Program } from "./program.ts";
import type { Random } from "./random.ts";
import type { Rare } from "./rare.ts";
import type { Timers } from "./timers.ts";
import type { TraceSink } from "./trace.ts";

/** What siblings (@gr/*) rely on in @gr/core/internal. Raised whenever that changes. */
export const PROTOCOL = 1;

/** Milliseconds a pass may last before the thread goes back to the host's event loop. */
export const SLICE_MS = 10;

export class Sched {
  readonly protocol: number;
  readonly m: M;
  p: P;
  /** Goroutines of this isolate that belong to no P's ring: overflow, gosched, preempted. */
  globalq: GQueue;
  /** Uses of Ops until the slow path looks at cancellation and the clock. */
  fuel: number;
  /** Fuel given at the last look; adapted so that a look comes about every millisecond. */
  refill: number;
  /** Host time at which the running pass ends, and at which the clock was last read. */
  sliceEnd: number;
  lastLook: number;
  /** The pass must end: the slice is over. */
  sliceOver: boolean;
  /** How often a poll ran the user's code: what other polls saw may hold no longer. */
  ran: number;
  /** Some Op of this isolate may be `late`. */
  lates: boolean;
  /** See actions.ts. Valid when a body hands over SWITCH. */
  action: number;
  callee: unknown;
  host: Host;
  timers: Timers;
  /** The number of the next entry in a heap of timers, whichever: see timers.ts. */
  timerSeq: number;
  /** The loop's two doors for the host (schedule.ts puts itself here). */
  passFresh: () => void;
  passSoon: () => void;
  /** How this isolate takes part in a group of Ms; null on one thread. */
  peers: Peers | null;
  /**
   * Set while this M imports a module for its portables: top-level run() and startThreads() there call it and never
   * settle, go() outside a goroutine throws (the module's own program runs on the main M).
   */
  importing: ((started?: AnyBody) => void) | null;
  trace: TraceSink | null;
  /** Live user goroutines (go#10). */
  live: number;
  /** Next goroutine id, and where the batch ends (go#9). */
  nextId: number;
  idEnd: number;
  /** The program of goroutines started outside every run. */
  ambient: Program;
  /** Programs that are running. */
  programs: Set<Program>;
  /** Waits that an AbortSignal may end: the host's event loop does not stay alive for those. */
  signalWaits: number;
  /** What packages load when threads start (with-threads.ts). */
  readonly loads: Set<() => Promise<unknown>>;
  /** The host was last asked to stay alive for somebody; the next pass lets it go. */
  held: boolean;
  /** A goroutine was started, or woke from a sleep, since the collector last heard of it. */
  stirred: boolean;
  collector: Stirred | null;
  /** Told of each goroutine that is made, when GRDEBUG asks where. */
  made: ((g: G) => void) | null;
  /** Told of each Op that is made, when GRDEBUG asks for it; says where that was, also later. */
  opMade: ((op: OpBase<unknown>) => string) | null;
  /** Goroutines that are held weakly, the collector's; null if there were never any. */
  ghosts: Ghosts | null;
  /** See rare-later.ts; null until somebody needs it. */
  rare: Rare | null;
  /** Goroutines that failed in this pass and had no joiner yet. */
  unjoined: G[];
  /** See random.ts; null until somebody needs it. */
  random: Random | null;
  readonly done: IteratorResult<never, unknown>;
  readonly switch: IteratorResult<unknown, never>;

  constructor() {
    this.protocol = PROTOCOL;
    this.m = new M();
    this.p = new P();
    this.globalq = new GQueue();
    this.fuel = 0;
    this.refill = 16;
    this.sliceEnd = 0;
    this.lastLook = 0;
    this.sliceOver = false;
    this.ran = 0;
    this.lates = false;
    this.action = Action.Parked;
    this.callee = null;
    this.host = null as unknown as Host;
    this.timers = null as unknown as Timers;
    this.timerSeq = 0;
    this.passFresh = null as unknown as () => void;
    this.passSoon = null as unknown as () => void;
    this.peers = null;
    this.importing = null;
    this.trace = null;
    this.live = 0;
    this.nextId = 1;
    this.idEnd = Number.POSITIVE_INFINITY;
    this.ambient = null as unknown as Program;
    this.programs = new Set();
    this.signalWaits = 0;
    this.loads = new Set();
    this.held = false;
    this.stirred = false;
    this.collector = null;
    this.made = null;
    this.opMade = null;
    this.ghosts = null;
    this.rare = null;
    this.unjoined = [];
    this.random = null;
    this.done = { done: true, value: undefined, ok: true } as unknown as IteratorResult<never, unknown>;
    this.switch = {
      done: false,
      value: { "write yield* (with the star), not yield": undefined },
    } as unknown as IteratorResult<unknown, never>;
  }

  newId(): number {
    // One thread never comes to the end of its first batch.
    if (this.nextId >= this.idEnd) this.idEnd = (this.peers as Peers).idBatch();
    return this.nextId++;
  }
}

/** Ids that an M draws at once from a counter that Ms share (go#9). */
export const ID_BATCH = 16;

const KEY = "~gr.sched";

function adopt(): Sched {
  const home = globalThis as { [KEY]?: Sched };
  const first = home[KEY];
  if (first === undefined) {
    const made = new Sched();
    Object.defineProperty(home, KEY, { value: made });
    return made;
  }
  if (first.protocol !== PROTOCOL)
    throw new Error(
      `gr: two incompatible copies of @gr/core are loaded: protocols ${first.protocol} and ${PROTOCOL}; install one version`,
    );
  return first;
}

/** The scheduler of this isolate. */
export const sched: Sched = adopt();

/** The one result object of completed operations: read at once, reused by the next. */
export interface DoneResult {
  readonly done: boolean;
  value: unknown;
  /** Set by receives: whether the value was sent (true) or the channel is closed and drained. Other Ops leave it alone. */
  ok: boolean;
}
export const Done: DoneResult = sched.done as unknown as DoneResult;
/** The one result object by which a body hands over to the scheduler. */
export const SWITCH: IteratorResult<unknown, never> = sched.switch;

// Sysmon: takes the P of an M that is stuck, so that what is queued on it runs elsewhere.
//
// What.  A thread that is no M. It looks at every held P a few times per time slice, and gives those whose holder has
//        not come back to its scheduler to Ms that can use them.
// Words. stuck: has executed the same goroutine, or something outside the scheduler, for longer than a slice.
//        tick: a count that an M raises each time its scheduler looks for a goroutine. retake: take a P from its holder.
// How.   At each look sysmon compares the tick of each P's holder with what it was at the last one. After STUCK_MS
//        without a change, and if somebody could use the P (a queued record, an M that wants one), it moves the P's
//        queue to the global one and gives the P away: to an M that wants it, or an idle one, or a new worker. The
//        stuck M finds out when it comes back, and asks for a P before its next goroutine. It counts in NSTUCK
//        meanwhile, which allows one worker more.
//        A worker takes 12 to 45 ms to start, more than a queue should wait. So sysmon has one started ahead, the spare:
//        an M that sleeps on no list (records are placed as if it were not there) until a P is to be taken over and nobody
//        else is idle, or a blocking call takes it. Then it is an M like the others, and another is started. While fewer
//        workers have been started than there are Ps, one that is idle is as good, and there is no spare.
//        Computing looks like blocking from here. Where others still serve the queues, or as many workers are stuck
//        already as there are Ps, sysmon is patient with a worker: else goroutines that compute for longer than a slice
//        would make one worker after the other.
//        When no P is held it sleeps, after a second, until one is.
// Invariants.
//   I1  A P is retaken only while its holder is not changing the P's queue (BUSY).
//   I2  The holder that goes on executes at most the goroutine it was in without a P.
//   I3  While a P is held, sysmon looks again within LOOK_MS, or is being woken.
// The hard part. The holder may come back at any moment:
//   M:      1 say BUSY (CAS own -> own|BUSY)    2 change the queue   3 take BUSY back
//   sysmon: 1 take the P (CAS own -> 0)         2 move the queue
//   Either CAS fails if the other came first. An M that loses queues to the global list instead; taking from a queue
//   is a CAS of its head and safe for anybody (model test "a P is taken").
//   Sleeping races with an M that takes a P: sysmon 1 sets SYS_ASLEEP 2 looks whether a P is held; the M 1 takes it
//   2 looks at SYS_ASLEEP.
// Rejected. A spare on the idle list (goroutines that started there share the Ps with those of the others, and cannot
//   move); one that is started when an M stands still for the first time (too late by 20 ms). Main as the watcher (it is the one that is stuck most often); a timer in each worker (a stuck thread's timer
//   does not run); moving started goroutines (generators cannot leave their isolate).
// Sources. Go's sysmon and retake (proc.go).

import { Deque, ops, Parker, unpark } from "@gr/shm";
import { Group } from "./group.ts";
import { popSpare, retakeP } from "./group-rare.ts";
import { roomForWorker } from "./idle.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";

/** Milliseconds between two looks, and how long a tick may stand still: when it is urgent, and when it is not. */
const LOOK_MS = 4;
const STUCK_MS = 11;
const PATIENT_MS = 100;
/** Milliseconds of looking at nothing but idle Ps before it sleeps. */
const IDLE_MS = 1000;

export class Sysmon {
  private readonly mem: Int32Array;
  private readonly group: Group;
  private readonly ping: (m: number) => void;
  private needed: number;
  private readonly ticks: Int32Array;
  private readonly holders: Int32Array;
  private readonly since: Float64Array;

  /** `ping` wakes an M in a host without waitAsync. */
  constructor(mem: Int32Array, ping: (m: number) => void = () => {}, ms?: number) {
    this.mem = mem;
    this.ping = ping;
    this.group = new Group(mem, w.SYSMON, ms === undefined ? {} : { ms });
    this.needed = 0;
    this.ticks = new Int32Array(w.MAX_PS);
    this.holders = new Int32Array(w.MAX_PS).fill(-1);
    this.since = new Float64Array(w.MAX_PS);
  }

  /** One look at all Ps at time `now`. False if none was held. */
  look(now: number): boolean {
    const { mem, group } = this;
    const procs = group.procs;
    let held = false;
    for (let p = 0; p < procs; p++) {
      const m = (ops.load(mem, group.pSlot(p) + w.P_OWNER) & ~w.BUSY) - 1;
      if (m < 0) {
        this.holders[p] = -1;
        continue;
      }
      held = true;
      const tick = ops.load(mem, w.mSlot(m) + w.M_TICK);
      if (this.holders[p] !== m || this.ticks[p] !== tick) {
        this.holders[p] = m;
        this.ticks[p] = tick;
        this.since[p] = now;
      } else if (now - (this.since[p] as number) >= this.patience(p, m, now) && this.useful(p)) this.retake(p, m, tick);
    }
    return held;
  }

  // How long M m may stand still on P p.
  private patience(p: number, m: number, now: number): number {
    const { mem } = this;
    if (m === 0) return STUCK_MS;
    if (this.computing() >= this.group.procs) return PATIENT_MS;
    if (ops.load(mem, w.NWANT) > 0 || !this.othersServe(p, now)) return STUCK_MS;
    return PATIENT_MS;
  }

  // How many Ms go on without the P that was taken from them?
  private computing(): number {
    const { mem } = this;
    if (ops.load(mem, w.NSTUCK) === 0) return 0;
    let n = 0;
    for (let m = ops.load(mem, w.NMS) - 1; m > 0; m--) {
      const slot = w.mSlot(m);
      if (ops.load(mem, slot + w.M_STUCK) === 1 && ops.load(mem, slot + w.M_STATE) === MState.Awake) n++;
    }
    return n;
  }

  // Does the holder of another P come back to its scheduler? It takes what is queued here too.
  private othersServe(p: number, now: number): boolean {
    const procs = this.group.procs;
    for (let q = 0; q < procs; q++) {
      if (q !== p && this.holders[q] !== -1 && now - (this.since[q] as number) < STUCK_MS) return true;
    }
    return false;
  }

  // Would anybody use the P?
  private useful(p: number): boolean {
    const { mem } = this;
    return ops.load(mem, w.NWANT) > 0 || ops.load(mem, w.NGLOBAL) > 0 || this.deque(p).length > 0;
  }

  private deque(p: number): Deque {
    return new Deque(this.mem, ops.load(this.mem, this.group.pSlot(p) + w.P_DEQUE));
  }

  private retake(p: number, m: number, tick: number): void {
    const { mem, group } = this;
    let woken = -1;
    group.lock();
    if (ops.load(mem, w.mSlot(m) + w.M_TICK) === tick && retakeP(group, p, m)) {
      const own = this.deque(p);
      for (let r = own.get(); r !== 0; r = own.get()) group.pushGlobal(r, r, 1);
      ops.add(mem, w.mSlot(m) + w.M_RETAKEN, 1);
      woken = group.popWanting();
      let spin = false;
      if (woken < 0 && ops.load(mem, w.NGLOBAL) > 0) {
        woken = group.popIdleM();
        if (woken < 0) woken = popSpare(group);
        spin = woken >= 0;
      }
      if (woken >= 0) {
        if (spin) ops.add(mem, w.NSPINNING, 1);
        group.hand(woken, p, spin);
      } else {
        group.pushIdleP(p);
        if (ops.load(mem, w.NGLOBAL) > ops.load(mem, w.STARTING) && roomForWorker(mem)) this.reserve();
      }
    }
    group.unlock();
    if (woken >= 0) unpark(mem, w.mSlot(woken) + w.M_PARK, () => this.ping(woken));
  }

  // Caller holds the lock. One worker more is needed.
  private reserve(): void {
    for (const word of [w.NWORKERS, w.STARTING, w.NEED]) ops.add(this.mem, word, 1);
  }

  /** Sees to it that there is one M more than those that hold a P, or one starts. */
  keepSpare(): void {
    const { group } = this;
    if (!this.lacksSpare()) return;
    group.lock();
    if (this.lacksSpare()) this.reserve();
    group.unlock();
  }

  // It never takes the last thread that there may be: a call or a Thread may need that.
  private lacksSpare(): boolean {
    const { mem } = this;
    if (ops.load(mem, w.SPARE) !== 0 || ops.load(mem, w.STARTING) > 0) return false;
    const workers = ops.load(mem, w.NWORKERS);
    if (workers === 0 || workers + 1 >= ops.load(mem, w.WORKER_LIMIT)) return false;
    const left = ops.load(mem, w.MAX_WORKERS) - (workers - ops.load(mem, w.NSTUCK));
    return left === 0 || (left > 0 && ops.load(mem, w.NMIDLE) === 0);
  }

  /** One of Need: whether main is to be told that workers are needed, or should have started them and is stuck. */
  need(): number {
    const need = ops.load(this.mem, w.NEED);
    const late = this.needed > 0;
    this.needed = need;
    return need === 0 ? Need.None : late ? Need.Late : Need.New;
  }
}

export const Need = { None: 0, New: 1, Late: 2 } as const;

/** Sysmon goes to sleep, unless there is something to look at: `held` says whether a P is. False: it is to go on. */
export function doze(mem: Int32Array, held: () => boolean, arm: () => boolean): boolean {
  ops.store(mem, w.SYS_ASLEEP, 1);
  // Order matters: the look comes after the word; pairs with wakeSysmon.
  const busy = held() || ops.load(mem, w.STOP) !== 0 || ops.load(mem, w.NEED) > 0;
  if (!busy && arm()) return true;
  ops.store(mem, w.SYS_ASLEEP, 0);
  return false;
}

/** What the thread around sysmon can do. */
export interface SysmonWorld {
  /** Main is to start what is needed. */
  tellMain(): void;
  /** Starts a worker if one is needed still. */
  startNeeded(): void;
  after(ms: number, task: () => void): void;
  stopped(): void;
  /** For hosts without waitAsync. */
  ping(m: number): void;
  /** Is called at each look. */
  also(now: number): void;
}

/** Begins to look; comes back at once and goes on from timers. Call what it returns when a ping has come. */
export function runSysmon(mem: Int32Array, world: SysmonWorld): () => void {
  const sysmon = new Sysmon(mem, world.ping);
  ops.store(mem, w.SYS_UP, 1);
  const parker = new Parker(mem, w.SYS_PARK);
  let idleSince = performance.now();
  const look = (): void => {
    if (ops.load(mem, w.STOP) !== 0) {
      world.stopped();
      return;
    }
    const now = performance.now();
    if (sysmon.look(now)) idleSince = now;
    world.also(now);
    sysmon.keepSpare();
    const need = sysmon.need();
    if (need === Need.New) world.tellMain();
    else if (need === Need.Late) world.startNeeded();
    if (now - idleSince < IDLE_MS || !sleep()) world.after(LOOK_MS, look);
  };
  const wake = (): void => {
    ops.store(mem, w.SYS_ASLEEP, 0);
    idleSince = performance.now();
    look();
  };
  const sleep = (): boolean => {
    if (
      doze(
        mem,
        () => sysmon.look(performance.now()),
        () => parker.arm(wake),
      )
    )
      return true;
    idleSince = performance.now();
    return false;
  };
  look();
  return () => parker.pinged();
}

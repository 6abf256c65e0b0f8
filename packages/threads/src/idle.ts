// Idle Ms: who sleeps, who searches, who wakes whom.
//
// What.  Keeps as many Ms awake as there are Ps and work for them, and no more; hands Ps to Ms that need one.
// Words. queued: a start record in a P's queue or the global one. idle: asleep, on the idle list. wanting: has
//        goroutines that only it can run, and no P. spinning: awake, holds a P, looks for queued records, has none yet.
//        pinned: goroutines that started here, or timers of theirs that are due.
// How.   An M with nothing to run gives its P away, goes on a list and looks once more before it sleeps. Who queues a
//        record wakes one idle M for it, with an idle P in hand, unless somebody spins already: the spinner will find
//        the record. A spinner that finds something wakes the next, so Ms wake one after the other, as many as needed.
//        Where two Ms could start a record, the one with fewer live ones does (mayStart): placement is for good.
// Invariants.
//   I1  A queued record is seen by an awake M, or an M is being woken for it, or every P is held.
//   I2  A P and a wanting M never wait at the same time.
//   I3  NSPINNING counts the Ms that spin and those woken to spin that have not looked yet.
// The hard part. Going to sleep races with queueing:
//   M:      1 release the P, list itself   2 leave the spinners   3 look at all queues   4 sleep
//   submit: 1 publish the record           2 look for idle Ps and spinners               3 wake an idle M
//   All steps are sequentially consistent. With 3 before 2 of the M, a submitter that still counts on the spinner and a
//   spinner that has looked already miss each other; with 3 before 1, a submitter that saw no idle P. A submitter
//   that counted itself as a spinner in advance and finds no M to wake takes that back inside the lock: an M that lists
//   itself later also looks later, and sees what others left to the supposed spinner (model test "nobody is woken").
//   Sleeping itself is the parker's affair: a wake between 3 and 4 leaves a token, and the M begins anew.
// Waiting awake. An M that expects mail, or spins, holds its P for a moment before step 1 (spin.ts). Nothing is lost by
//   that: it is awake. It lets go as soon as there is a record that it may not start, or an M that wants a P. Only its own
//   word is read meanwhile, so those who expect mail are not counted as spinners.
// Rejected. Waking all Ms (thrash); a sleeping M that polls (an idle program must cost nothing); one condition for
//   records and one for Ps (an M woken for one would have to wait again for the other).
// Sources. Go's proc.go: "Worker thread parking/unparking", findRunnable, wakep, resetspinning.

import { ops, unpark } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import * as May from "./may.ts";
import { Found } from "./spin.ts";

/** What the protocol asks of the M around it. */
export interface Sleeper {
  /** Has work that only this M can do. */
  pinned(): boolean;
  /** Number of queued records; a hint, exact when nobody changes it. */
  queued(): number;
  /** May this M start a queued record now? See May. */
  mayStart(): number;
  /** Caller holds the lock. Puts this M to sleep: on the idle list, if others may wake it for a record. */
  rest(): void;
  /** Moves the records of this M's P to the global queue. Caller holds the lock. */
  flush(): void;
  /** Delivers mail. */
  receive(): void;
  /** Runs blocking calls, if this M has nothing else; false if there was none. */
  help(): boolean;
  /** Goes to sleep; false if a token was there, which it has taken. */
  arm(): boolean;
  /** A P was handed to M m, which is being woken. */
  woke(m: number): void;
  /** For hosts without waitAsync. */
  ping(m: number): void;
  /** A worker was reserved (NWORKERS, STARTING): start it. */
  startWorker(): void;
}

/** Any thread, after it has queued a record. Wakes one M for it if that is needed. (Go: wakep) */
export function wakeP(s: Group, world: Sleeper): void {
  const { mem } = s;
  if (ops.load(mem, w.NPIDLE) === 0) return;
  if (ops.load(mem, w.NMIDLE) === 0 && !roomForWorker(mem)) return;
  if (ops.compareExchange(mem, w.NSPINNING, 0, 1) !== 0) return;
  s.lock();
  const p = s.popIdleP();
  const m = p < 0 ? -1 : s.popIdleM();
  let start = false;
  if (m >= 0) s.hand(m, p, true);
  else {
    if (p >= 0) {
      s.pushIdleP(p);
      start = reserveWorker(s, world.queued());
    }
    // Order matters: before the unlock; pairs with sleepM in obtain.
    ops.sub(mem, w.NSPINNING, 1);
  }
  s.unlock();
  if (m >= 0) wakeM(s, world, m);
  else if (start) world.startWorker();
}

/** Any thread. Unparks an M to which a P was handed. */
function wakeM(s: Group, world: Sleeper, m: number): void {
  s.count(w.M_WAKES, 1);
  world.woke(m);
  unpark(s.mem, w.mSlot(m) + w.M_PARK, () => world.ping(m));
}

/** Any thread. As many workers as Ps, and one more for each M that is stuck, up to the limit of threads. */
export function roomForWorker(mem: Int32Array): boolean {
  const workers = ops.load(mem, w.NWORKERS);
  const wanted = ops.load(mem, w.MAX_WORKERS) + ops.load(mem, w.NSTUCK);
  return workers < wanted && workers < ops.load(mem, w.WORKER_LIMIT);
}

// Caller holds the lock. One worker per queued record and idle P, up to the limit.
function reserveWorker(s: Group, queued: number): boolean {
  const { mem } = s;
  const starting = ops.load(mem, w.STARTING);
  if (starting >= queued || starting >= ops.load(mem, w.NPIDLE)) return false;
  if (!roomForWorker(mem)) return false;
  ops.add(mem, w.NWORKERS, 1);
  ops.add(mem, w.STARTING, 1);
  return true;
}

/** Scheduler side. A spinning M has found something to do; another may be needed now. (Go: resetspinning) */
export function stopSpinning(s: Group, world: Sleeper): void {
  s.spin(false);
  wakeP(s, world);
}

/** Scheduler side. What an M that waits awake sees to do: the P that it holds is for whoever has work for it. */
export function lookAround(s: Group, world: Sleeper): number {
  if (world.queued() > 0) return world.mayStart() === May.Yes ? Found.Something : Found.GiveUp;
  return ops.load(s.mem, w.NWANT) > 0 ? Found.GiveUp : Found.Nothing;
}

/** Scheduler side. Nothing to run: gives the P away. True if this M holds one again; false: it is asleep. */
export function goIdle(s: Group, world: Sleeper): boolean {
  let woken = -1;
  if (s.p >= 0) {
    s.lock();
    if (s.holds()) {
      world.flush();
      woken = s.giveP(s.dropP());
    } else s.p = -1;
    s.unlock();
    if (woken >= 0) handedOff(s, world, woken);
  }
  return obtain(s, world);
}

/** Scheduler side. End of a slice: gives the P to the M that wants one longest. False if this M holds none any more. */
export function yieldP(s: Group, world: Sleeper): boolean {
  // It may have run what a timer or its own queue had, and asleep it finds nothing for anybody.
  if (s.spinning) stopSpinning(s, world);
  if (!s.holds()) return false;
  if (s.p >= s.procs) return goIdle(s, world);
  if (ops.load(s.mem, w.NWANT) === 0) return true;
  s.lock();
  let m = -1;
  if (s.holds() && ops.load(s.mem, w.NWANT) > 0) {
    m = s.giveP(s.dropP());
    s.wantP();
  }
  s.unlock();
  if (m >= 0) handedOff(s, world, m);
  return s.p >= 0;
}

function handedOff(s: Group, world: Sleeper, m: number): void {
  s.count(w.M_HANDOFFS, 1);
  world.woke(m);
  unpark(s.mem, w.mSlot(m) + w.M_PARK, () => world.ping(m));
}

/** Scheduler side. Without a P: takes one if there is something to do; else sleeps. True if it holds one. */
export function obtain(s: Group, world: Sleeper): boolean {
  for (;;) {
    const pinned = world.pinned();
    s.lock();
    if (ops.load(s.mem, s.slot + w.M_STATE) === MState.Blocked) {
      // It has left (retire.ts), and was called by mail to all while its thread ends.
      s.unlock();
      return false;
    }
    const got = takeLocked(s, pinned, world);
    s.unlock();
    if (got) {
      wakeSysmon(s.mem, world);
      if (s.spinning && pinned) stopSpinning(s, world);
      return true;
    }
    if (s.spinning) s.spin(false);
    // Order matters: listed, left the spinners, and only now this look; pairs with wakeP.
    if (!pinned && world.help()) {
      world.receive();
      continue;
    }
    if (!pinned && lookAgain(s, world)) return true;
    s.count(w.M_PARKS, 1);
    if (world.arm()) return false;
    world.receive();
  }
}

// Caller holds the lock. Takes what was handed to this M, or an idle P for pinned work; else goes on the list it
// belongs on.
function takeLocked(s: Group, pinned: boolean, world: Sleeper): boolean {
  s.unstick(s.m);
  if (takeHanded(s)) return true;
  const state = ops.load(s.mem, s.slot + w.M_STATE);
  if (pinned) {
    const p = s.popIdleP();
    if (p >= 0) {
      s.wakeSelf();
      s.takeP(p);
      return true;
    }
    if (state !== MState.Wanting) {
      s.wakeSelf();
      s.wantP();
    }
  } else if (state === MState.Awake) world.rest();
  return false;
}

function takeHanded(s: Group): boolean {
  const { mem, slot } = s;
  const p = ops.load(mem, slot + w.M_NEXTP) - 1;
  if (p < 0) return false;
  ops.store(mem, slot + w.M_NEXTP, 0);
  const spin = ops.load(mem, slot + w.M_SPIN);
  s.spinning = spin === 1;
  ops.poke(mem, slot + w.M_SPINNING, spin);
  ops.store(mem, slot + w.M_SPIN, 0);
  s.takeP(p);
  return true;
}

// The last look before sleep. Comes back spinning, holding a P.
function lookAgain(s: Group, world: Sleeper): boolean {
  if (world.queued() === 0) return false;
  const may = world.mayStart();
  if (may !== May.Yes) {
    if (may === May.WakeOther) wakeP(s, world);
    return false;
  }
  s.lock();
  let got = takeHanded(s);
  if (!got) {
    const p = s.popIdleP();
    if (p >= 0) {
      s.wakeSelf();
      s.takeP(p);
      s.spin(true);
      got = true;
    }
  }
  s.unlock();
  if (got) wakeSysmon(s.mem, world);
  return got;
}

/** Any thread, after a P was taken. Sysmon sleeps while no P is held. */
export function wakeSysmon(mem: Int32Array, world: Sleeper): void {
  // Order matters: after the P was taken; pairs with sysmon's look at the Ps after it has set the word.
  if (ops.load(mem, w.SYS_ASLEEP) === 1 && ops.exchange(mem, w.SYS_ASLEEP, 0) === 1)
    unpark(mem, w.SYS_PARK, () => world.ping(w.SYSMON));
}

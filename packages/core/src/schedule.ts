// The schedule loop: find a runnable goroutine, execute it until it hands over, again.
//
// What.  Runs goroutines on this M. One pass is one stay in the loop: it begins when the host calls, and ends when
//        nothing is runnable or the slice (10 ms) is over, so that timers, I/O and rendering go on however busy
//        goroutines are.
// Words. pass: see above. slice: the time until the pass must end. SWITCH: the one object by which a body hands over.
//        frame: a generator suspended in call().
// How.   findRunnable looks at the slot of the P's queue, its ring, the global queue, and what may start here from
//        other Ms. execute resumes the goroutine's top generator and looks at what comes back: SWITCH (parked, yielded,
//        called, unwinding), done (pop a frame, or the end), or something a user yielded by mistake.
// Invariants.
//   I1  curg is the goroutine whose generator is on the JavaScript stack, and null otherwise; it is running.
//   I2  A runnable goroutine is on exactly one queue; a running or waiting one on none.
//   I3  When the pass ends with a goroutine runnable, another pass has been posted.
//   I4  With threads, a goroutine executes only while sched.p.id names a P that this M holds.
// The hard part. Fairness without preemption. A waker's partner sits in runnext and inherits the slice, so a pair that
//        wakes each other could run for ever; when the slice is over, runnext goes to the tail of the global queue, as a
//        preempted goroutine does in Go, and the ring and the global queue have their turn. Every 61st slice the global
//        queue comes before the ring.
// Rejected. A timer per switch; a fixed number of switches per pass (what one costs varies a thousandfold);
//        returning to the host after each goroutine (a macrotask costs 20 switches).
// Sources. Go's schedule, findRunnable and execute (proc.go); its wasm port for life inside an event loop.

import * as Action from "./actions.ts";
import { mistake, performer, unfinished } from "./body.ts";
import type { CallOp } from "./call.ts";
import { ENDED, endAbandoned, endFailed, endReturned } from "./end.ts";
import { MisuseError, notDriven } from "./errors.ts";
import * as Ev from "./events.ts";
import { Frame } from "./frame.ts";
import { type G, NO_ARGS } from "./g.ts";
import { Fcancel, Fseen, Funwinding, Grunnable, Grunning, setStatus } from "./g-status.ts";
import type { Coroutine } from "./op.ts";
import { takeBack } from "./op-base.ts";
import { passEnded } from "./pass-end.ts";
import { look, startSlice } from "./preempt.ts";
import { SWITCH, sched } from "./sched.ts";
import { frameOf, type Side, sideOf } from "./side.ts";
import { tell } from "./trace.ts";
import { beginUnwind, UNWIND } from "./unwind.ts";
import type { Waiter } from "./wait-queue.ts";

/** One slice in this many the global queue comes before the ring (go#21). */
const GLOBAL_EVERY = 61;
/** Goroutines taken from the global queue at once (go#163). */
const GLOBAL_BATCH = 128;

/** Host callback: a pass with a slice of its own. */
export function passFresh(): void {
  pass(true);
}
/** Host callback: a pass on what is left of the running slice. */
export function passSoon(): void {
  pass(false);
}

/** Scheduler side. One stay in the loop. */
export function pass(fresh: boolean): void {
  const m = sched.m;
  m.posted = false;
  if (m.inPass) return;
  m.inPass = true;
  if (fresh) startSlice();
  else look();
  if (sched.trace !== null) tell(sched.trace, Ev.LoopEnter, 0, 0, 0);
  let more = false;
  try {
    const peers = sched.peers;
    if (peers === null || peers.acquire()) more = schedule();
  } finally {
    m.inPass = false;
    m.curg = null;
  }
  passEnded(more);
}

sched.passFresh = passFresh;
sched.passSoon = passSoon;

/** Scheduler side. Runs until nothing is runnable (false) or the slice is over (true). */
export function schedule(): boolean {
  sched.timers.run(sched.lastLook);
  for (;;) {
    const g = findRunnable();
    if (g === null) {
      const peers = sched.peers;
      if (peers === null || !peers.idle()) return false;
      // It may be a timer that is due now.
      look();
      sched.timers.run(sched.lastLook);
      continue;
    }
    execute(g);
    // A goroutine costs fuel too, or a chain of them that performs no operation would never come to the clock.
    if (--sched.fuel <= 0) {
      look();
      // At the end of a slice timers wait for the next pass: whoever they wake must not be sent to the tail below.
      if (!sched.sliceOver) sched.timers.run(sched.lastLook);
    }
    if (sched.sliceOver) {
      const next = sched.p.runq.runnext;
      if (next !== null) {
        sched.p.runq.runnext = null;
        sched.globalq.push(next);
      }
      return true;
    }
  }
}

function findRunnable(): G | null {
  const peers = sched.peers;
  if (peers !== null) {
    if (!peers.receive()) return null;
    if (peers.startTurn()) {
      const g = peers.nextStart();
      if (g !== null) return g;
    }
  }
  const p = sched.p;
  const runq = p.runq;
  const next = runq.runnext;
  if (next !== null) {
    runq.runnext = null;
    return next;
  }
  if (++p.schedtick % GLOBAL_EVERY === 0) {
    const g = sched.globalq.shift();
    if (g !== null) return g;
  }
  const g = runq.shift();
  if (g !== null) return g;
  return sched.globalq.length > 0 ? globalBatch() : peers === null ? null : peers.nextStart();
}

// The first goes to run, the rest to the ring, which is empty.
function globalBatch(): G {
  const n = Math.min(GLOBAL_BATCH, sched.globalq.length);
  const first = sched.globalq.shift() as G;
  for (let i = 1; i < n; i++) sched.p.runq.put(sched.globalq.shift() as G, false, sched.globalq);
  return first;
}

/** Scheduler side. Runs g until it parks, yields or ends. */
export function execute(g: G): void {
  if (sched.trace !== null) tell(sched.trace, Ev.GoStart, 0, g.id, 0);
  setStatus(g, Grunnable, Grunning);
  sched.m.curg = g;
  if ((g.flags & (Fcancel | Funwinding | Fseen)) !== 0) flagged(g);
  const param = g.param;
  g.param = null;
  const gen = g.gen;
  if (gen === null || param === null) run(g, param);
  else {
    let r: IteratorResult<unknown, unknown>;
    try {
      r = gen.next(param as never);
    } catch (err) {
      r = failed(g, err);
    }
    // Parked; an enqueue that found its partner on another thread may have readied it already.
    if (r !== SWITCH || g.statusCode === Grunning) settle(g, r);
  }
  sched.m.curg = null;
}

// One that is cancelled must notice at its next operation; one that runs is parked no longer.
function flagged(g: G): void {
  g.flags &= ~Fseen;
  if ((g.flags & (Fcancel | Funwinding)) !== 0) sched.fuel = 0;
}

// The cases that execute's fast path leaves: the first step, and the throw into a cancelled goroutine.
function run(g: G, param: Waiter | null | undefined): void {
  let r: IteratorResult<unknown, unknown>;
  try {
    if (g.gen === null) r = begin(g);
    else r = param === null ? unwindStep(g) : g.gen.next(param as never);
  } catch (err) {
    r = failed(g, err);
  }
  settle(g, r);
}

// Follows what came back from a generator until the goroutine gives up the thread or ends.
function settle(g: G, first: IteratorResult<unknown, unknown>): void {
  let r = first;
  for (;;) {
    if (r === ENDED) return;
    try {
      if (g.statusCode !== Grunning) {
        if (r === SWITCH) return;
        r = misdriven(g, r);
      } else if (r === SWITCH) {
        const action = sched.action;
        if (action === Action.Call) {
          const callee = sched.callee as CallOp;
          // What it was called with must not live longer than it needs to.
          sched.callee = null;
          r = callee.enter(g);
        } else if (action === Action.Unwind) r = unwindStep(g);
        else {
          stopped(g, action);
          return;
        }
      } else if (r.done === true) r = returned(g, r.value);
      else r = yielded(g, r.value);
    } catch (err) {
      r = failed(g, err);
    }
  }
}

// gosched or the end of the slice: to the tail of the global queue (go#17).
function stopped(g: G, action: number): void {
  const yielded = action === Action.Gosched;
  const why = yielded ? Ev.StopGosched : Ev.StopPreempted;
  if (sched.trace !== null) tell(sched.trace, Ev.GoStop, why, g.id, 0);
  setStatus(g, Grunning, Grunnable);
  g.param = yielded ? g : undefined;
  sched.globalq.push(g);
}

// The first step: calls the body. A goroutine cancelled before it started never runs.
function begin(g: G): IteratorResult<unknown, unknown> {
  const args = g.value;
  g.value = undefined;
  if ((g.flags & Fcancel) !== 0) {
    beginUnwind(g);
    return endFailed(g, UNWIND);
  }
  const made = args === NO_ARGS ? g.body() : g.body(...(args as readonly never[]));
  const gen = performer(g, made);
  if (gen === null) return { done: true, value: made };
  g.gen = gen;
  return gen.next(undefined as never);
}

function returned(g: G, value: unknown): IteratorResult<unknown, unknown> {
  if (unfinished(value)) throw mistake(TypeError, "unfinished", value);
  const frame = frameOf(g);
  if ((g.flags & Funwinding) !== 0 && sideOf(g).floor === frame) {
    if (frame === null) return endFailed(g, UNWIND);
    pop(g, frame);
    return frame.gen.throw(UNWIND);
  }
  if (frame === null) return endReturned(g, value);
  (g.side as Side).stack = frame.up;
  g.gen = frame.gen;
  g.value = value;
  return frame.gen.next(g as never);
}

// A generator threw: the error goes to its caller, frame by frame, and ends the goroutine at the bottom.
function failed(g: G, error: unknown): IteratorResult<unknown, unknown> {
  if (g.statusCode !== Grunning && !takeBack(g)) return later(g, error);
  let err = error;
  for (;;) {
    const frame = frameOf(g);
    if (frame === null) return endFailed(g, err);
    frame.note(err);
    pop(g, frame);
    try {
      return frame.gen.throw(err);
    } catch (next) {
      err = next;
    }
  }
}

// Leaves the top generator for the one that called it. One that is below a generator that was unwound is unwound too;
// what a finally block calls is above, and returns as usual.
function pop(g: G, frame: Frame): void {
  const side = sideOf(g);
  if (side.floor === frame) side.floor = frame.up;
  side.stack = frame.up;
  g.gen = frame.gen;
}

function unwindStep(g: G): IteratorResult<unknown, unknown> {
  if (!beginUnwind(g)) return endAbandoned(g);
  sched.fuel = 0;
  return (g.gen as NonNullable<G["gen"]>).throw(UNWIND);
}

// Its generator yielded something by mistake.
function yielded(g: G, value: unknown): IteratorResult<unknown, unknown> {
  return (g.gen as NonNullable<G["gen"]>).throw(mistake(MisuseError, "misusedYield", value));
}

// An Op was driven by hand: the goroutine waits although its generator did not hand SWITCH through. Takes the wait back
// and says so in the body.
function misdriven(g: G, r: IteratorResult<unknown, unknown>): IteratorResult<unknown, unknown> {
  if (!takeBack(g)) return later(g, notDriven(true));
  return r.done === true ? failed(g, notDriven(true)) : yielded(g, r.value);
}

// The same where a waker was faster: the goroutine is on a run queue, or will be, and finds the error there.
function later(g: G, err: unknown): typeof ENDED {
  const side = sideOf(g);
  if (g.gen !== null) side.stack = new Frame(g.gen, side.stack, "by hand");
  const gen = thrower(g.op, err);
  gen.next(undefined as never);
  g.gen = gen;
  return ENDED;
}

// The waker's side cannot be undone, so the operation is finished: the other cases of a select leave their queues, or
// they would stand for the goroutine's next wait. What it took or threw is lost; the error is all that the body gets.
function* thrower(op: G["op"], err: unknown): Coroutine<never> {
  const leaf = (yield SWITCH as never) as unknown as Waiter;
  try {
    op?.finish(leaf, leaf.party);
  } catch {
    // lost, as a value would be
  }
  throw err;
}

// Unwinding: how a cancelled or goexited goroutine leaves its body.
//
// What.  Throws one sentinel into the goroutine's generators, innermost first, so that every finally block runs.
// Words. budget: the second after the throw in which operations still work, because a finally may block.
//        swallow: to catch the sentinel and go on.
// How.   cancel() on a parked goroutine claims it, takes it out of its queues and readies it with param null; a running
//        one notices at its next Op (fuel 0 forces the slow path). The scheduler throws UNWIND into the top generator;
//        a generator that ends, however it ends, is popped and the one below is thrown into in turn.
// Invariants.
//   I1  A goroutine that was thrown into never ends as if it had succeeded.
//   I2  No Op throws the sentinel from its own next(): it yields to the scheduler, which throws. So even
//       `for (;;) try { yield* op } catch {}` comes back to the scheduler each round.
//   I3  After the budget each Op throws again, one that still waits then too; after MAX_SWALLOWED of those the goroutine is abandoned: reported, and
//       never resumed.
// The hard part. An operation that had completed when cancel came must deliver its value, or it would be lost: the
//        claim decides. If cancel's claim fails, a waker got there first, and the cancel waits for the next Op.
// Rejected. generator.return(): after a finally that itself yields, a delegating parent carries on as if nothing had
//        happened, and a second return() skips the rest of the cleanup.
// Sources. Go's Goexit and panics (go#147-150).

import { GrError } from "./errors.ts";
import type { G } from "./g.ts";
import { Fcancel, Fcancelled, Fgoexit, Funwinding, Gdead, Gwaiting } from "./g-status.ts";
import type { OpBase } from "./op-base.ts";
import { ready } from "./park.ts";
import { rarely } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { sideOf } from "./side.ts";
import { Timer } from "./timers.ts";

/** Milliseconds in which operations work during unwinding. */
export const CLEANUP_BUDGET_MS = 1000;
/** Throws that a goroutine may swallow after that. */
export const MAX_SWALLOWED = 8;

/** What is thrown into a goroutine that is cancelled or called goexit. Let it pass: catching it is a bug. */
export class UnwindSignal extends GrError {
  override readonly name = "UnwindSignal";
  readonly code = "GR_UNWIND";
  constructor() {
    super("being unwound (cancelled or goexit): rethrow this in catch blocks");
    this.stack = String(this);
  }
}

/** The one sentinel. It has no stack of its own, so making it costs nothing per goroutine. */
export const UNWIND: UnwindSignal = new UnwindSignal();

/** Any point of the owner thread. See Goroutine.cancel. */
export function cancelG(g: G, reason: unknown): void {
  if (g.statusCode === Gdead || (g.flags & (Fcancel | Funwinding | Fgoexit)) !== 0) return;
  g.flags |= Fcancel | Fcancelled;
  sideOf(g).reason = reason;
  if (g.statusCode === Gwaiting) endWait(g);
  else if (g === sched.m.curg) sched.fuel = 0;
}

/** Scheduler side. Notes that the sentinel is about to be thrown. False: it was swallowed too often, abandon it. */
export function beginUnwind(g: G): boolean {
  const side = sideOf(g);
  side.floor = side.stack;
  if ((g.flags & Funwinding) === 0) {
    g.flags = (g.flags & ~Fcancel) | Funwinding;
    side.budgetEnds = sched.host.now() + CLEANUP_BUDGET_MS;
    return true;
  }
  if (++side.swallowed === 1) rarely((rare) => rare.cleanupCut(sched, g));
  return side.swallowed <= MAX_SWALLOWED;
}

/**
 * Goroutine side. An unwinding goroutine begins an operation: false if its operations no longer work. While they do, a
 * timer sees to it that none lasts longer than the budget.
 */
export function withinBudget(g: G): boolean {
  const side = sideOf(g);
  if (sched.host.now() >= side.budgetEnds) return false;
  if (side.budget == null) {
    side.budget = new Timer(side.budgetEnds, budgetIsUp, g);
    sched.timers.add(side.budget);
  }
  return true;
}

/** Scheduler side. An unwinding goroutine has ended. */
export function stopBudget(g: G): void {
  const timer = g.side?.budget;
  if (timer != null) sched.timers.stop(timer);
}

function budgetIsUp(t: Timer): void {
  const g = t.arg as G;
  if (g.statusCode === Gwaiting) endWait(g);
}

// If a waker was faster, its value is delivered.
function endWait(g: G): void {
  if (!g.claim()) return;
  (g.op as OpBase<unknown>).dequeue(g);
  ready(g, null);
}

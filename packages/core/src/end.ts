// How a goroutine ends: its status, its joiners, its program.

import { addToStack, PanicError } from "./errors.ts";
import * as Ev from "./events.ts";
import type { G } from "./g.ts";
import {
  Fabandoned,
  Fcancel,
  Fcancelled,
  Ffailed,
  Fgoexit,
  Fjoined,
  Fsystem,
  Funwinding,
  Gdead,
  Grunning,
  Gwaiting,
  setStatus,
} from "./g-status.ts";
import { wakeJoiners } from "./join.ts";
import { kick } from "./kick.ts";
import { rarely } from "./rare-later.ts";
import { sched } from "./sched.ts";
import { tell } from "./trace.ts";
import { stopBudget, UNWIND } from "./unwind.ts";

/** What the functions of this file return: there is nothing left to resume. */
export const ENDED: IteratorResult<unknown, never> = { done: false, value: null };

/** Scheduler side. The body returned. */
export function endReturned(g: G, value: unknown): typeof ENDED {
  // Cancelled, but at its end before an operation could notice: it was not unwound, and its result counts.
  g.flags &= ~(Fcancel | Fcancelled);
  g.value = value;
  return end(g, Ev.EndReturn);
}

/** Scheduler side. The body threw; UNWIND says that it was unwound to the bottom. */
export function endFailed(g: G, err: unknown): typeof ENDED {
  if (err === UNWIND && (g.flags & Funwinding) !== 0) {
    g.value = undefined;
    return end(g, (g.flags & Fcancelled) !== 0 ? Ev.EndCancelled : Ev.EndGoexit);
  }
  g.flags |= Ffailed;
  g.value = err instanceof Error ? err : new PanicError(err);
  noteGoroutine(g);
  return end(g, Ev.EndPanic);
}

/** Scheduler side. It swallowed its unwinding too often: never resumed again. */
export function endAbandoned(g: G): typeof ENDED {
  g.flags |= Fabandoned | Fcancelled;
  g.value = undefined;
  rarely((rare) => rare.abandoned(sched, g));
  return end(g, Ev.EndCancelled);
}

/**
 * Scheduler side. The goroutine that g stands for ended on another M, which has told the trace: how says which of
 * GoEndWhy, value is its result or error. g was claimed by the caller.
 */
export function endProxy(g: G, why: number, value: unknown): void {
  g.value = value;
  if (why === Ev.EndPanic) g.flags |= Ffailed;
  else if (why === Ev.EndGoexit) g.flags |= Fgoexit;
  else if (why === Ev.EndCancelled) g.flags |= Fcancelled;
  over(g, Gwaiting);
  if (why === Ev.EndPanic && !sched.m.inPass) kick();
}

function end(g: G, why: number): typeof ENDED {
  if (sched.trace !== null) tell(sched.trace, Ev.GoEnd, why, g.id, 0);
  over(g, Grunning);
  return ENDED;
}

function over(g: G, from: number): void {
  setStatus(g, from, Gdead);
  g.gen = null;
  g.op = null;
  if ((g.flags & Fsystem) === 0) sched.live--;
  if ((g.flags & Funwinding) !== 0) stopBudget(g);
  wakeJoiners(g);
  if ((g.flags & (Ffailed | Fjoined)) === Ffailed) sched.unjoined.push(g);
  g.program.ended(g);
  g.side?.onEnd?.(g);
}

const named = new WeakSet<object>();

// The error says once which goroutine it ended (go#7).
function noteGoroutine(g: G): void {
  const err = g.value as Error;
  if (named.has(err)) return;
  named.add(err);
  const creator = g.parent === 0 ? "outside every goroutine" : `in goroutine ${g.parent}`;
  addToStack(err, `in ${g}, created ${creator}${g.side?.site === undefined ? "" : ` at ${g.side.site}`}`);
}

// The statuses and flags of a goroutine, and the one function that changes a status.

import { fatal } from "./errors.ts";
import type { G } from "./g.ts";

/** On a run queue, not executing. */
export const Grunnable = 1;
/** Executing: it holds the M and the P, and is on no queue. */
export const Grunning = 2;
/** Parked: recorded where its waker will look, on no run queue. */
export const Gwaiting = 3;
/** Ended: `value` is its result or error. */
export const Gdead = 4;

/** A goroutine's status, as users see it. */
export type GStatus = "runnable" | "running" | "waiting" | "dead";
/** Names of the statuses by number. */
export const STATUS: readonly GStatus[] = ["runnable", "runnable", "running", "waiting", "dead"];

/** cancel() or goexit() was called; the unwinding has not begun. */
export const Fcancel = 1;
/** The sentinel has been thrown: operations work until the cleanup budget is used up. */
export const Funwinding = 2;
/** What unwinds it is goexit, not cancel. */
export const Fgoexit = 4;
/** Somebody joined it, so its failure is theirs. */
export const Fjoined = 8;
/** It ended with `value` as its error. */
export const Ffailed = 16;
/** A goroutine of the runtime: listed only on request, counted never. */
export const Fsystem = 32;
/** It ended because it was cancelled. */
export const Fcancelled = 64;
/** Abandoned after swallowing its unwinding: never resumed again. */
export const Fabandoned = 128;
/** The body is an async function's promise: it cannot be unwound, only left alone. */
export const Fdetached = 256;

/** It was parked when the collector last looked, and has not run since. */
export const Fseen = 512;
/** Its program holds it weakly: see leaks.ts. */
export const Fweak = 1024;

const LEGAL: readonly number[] = [
  0,
  (1 << Grunning) | (1 << Gdead), // runnable: runs, or is cancelled before it started
  (1 << Grunnable) | (1 << Gwaiting) | (1 << Gdead), // running
  (1 << Grunnable) | (1 << Gdead), // waiting: readied, or abandoned
  0,
];

/**
 * Scheduler side. The only writer of a goroutine's status; refuses a transition that the state machine does not have,
 * so that readying twice is caught where it happens. Callers tell the trace first.
 */
export function setStatus(g: G, from: number, to: number): void {
  if (g.statusCode !== from || ((LEGAL[from] as number) & (1 << to)) === 0) badStatus(g, from, to);
  g.statusCode = to;
}

function badStatus(g: G, from: number, to: number): never {
  fatal(`${g} is ${g.status}: ${STATUS[from]} to ${STATUS[to]}`);
}

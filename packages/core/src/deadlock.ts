// "all goroutines are asleep - deadlock!": when a program in which nobody can go on is told so, and in what words.

import { DeadlockError } from "./errors.ts";
import type { G } from "./g.ts";
import { Gdead, Gwaiting } from "./g-status.ts";
import { JoinOp } from "./join.ts";
import type { Program } from "./program.ts";
import { sched } from "./sched.ts";
import { stacksOf } from "./stacks.ts";

/** Go's text (go#134). */
export const ASLEEP = "all goroutines are asleep - deadlock!";

/** Scheduler side. Nothing is runnable: ends the programs in closed mode in which nobody can be woken any more. */
export function judgeClosed(): void {
  for (const p of sched.programs) if (p.deadlock === "closed" && asleep(p)) die(p);
}

/**
 * Host callback: the event loop has drained, so nothing that it waits for can call us. True if a program waits for what
 * it does not wait for: a signal of the operating system, or an AbortSignal (AbortSignal.timeout does not hold it).
 */
export function judgeExact(signals: boolean): boolean {
  const { peers, programs } = sched;
  if (peers !== null && peers.liveElsewhere() > 0) return false;
  let wait = false;
  for (const p of programs) {
    if (p.deadlock !== "exact" || p.ending) continue;
    if (signals || sched.signalWaits > 0) wait = true;
    else die(p);
  }
  return wait;
}

function die(p: Program): void {
  p.fail(new DeadlockError(ASLEEP, ...deadlockReport(p)));
}

// By counts: every goroutine of the program waits, and for none of them can the host do it.
function asleep(p: Program): boolean {
  if (p.ending || p.live === 0) return false;
  if (sched.peers !== null && sched.peers.liveElsewhere() > 0) return false;
  for (let g = p.first; g !== null; g = g.allnext) {
    if (g.statusCode !== Gwaiting) return false;
    if (g.op?.hostWakes(g) === true) return false;
  }
  return true;
}

/** The dump and the wait-for cycle in words ("" if there is none). */
export function deadlockReport(p: Program): [dump: string, cycle: string] {
  return [stacksOf(p.main, p), cycleOf(p)];
}

// Follows "joins" edges, the only ones whose waker is known; channels are told by their object.
function cycleOf(p: Program): string {
  const lines: string[] = [];
  for (let g = p.first; g !== null && lines.length < 20; g = g.allnext) {
    if (g.statusCode === Gdead) continue;
    lines.unshift(`  ${g} waits: ${describe(g)}`);
  }
  return lines.join("\n");
}

function describe(g: G): string {
  const op = g.op;
  if (op === null) return g.status;
  if (op instanceof JoinOp) return `join of goroutine ${op.object}`;
  return op.describe();
}

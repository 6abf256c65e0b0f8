// "all goroutines are asleep - deadlock!": when a program in which nobody can go on is told so, and in what words.

import { DeadlockError } from "./errors.ts";
import type { G } from "./g.ts";
import { Gdead, Gwaiting } from "./g-status.ts";
import { JoinOp } from "./join.ts";
import { goroutinesOf, type Program } from "./program.ts";
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
  // Also for who awaits with a signal outside every program.
  let wait = sched.signalWaits > 0;
  for (const p of programs) {
    if (p.deadlock !== "exact" || p.ending) continue;
    if (signals || sched.signalWaits > 0) wait = true;
    else die(p);
  }
  sched.held = wait;
  return wait;
}

function die(p: Program): void {
  p.fail(new DeadlockError(ASLEEP, ...deadlockReport(p)));
}

// By counts: every goroutine of the program waits, and for none of them can the host do it.
function asleep(p: Program): boolean {
  if (p.ending || p.live === 0) return false;
  if (sched.peers !== null && sched.peers.liveElsewhere() > 0) return false;
  // The one that was not asleep last time is asked first: with a million that are, this is what it costs.
  if (p.awake !== null && canGoOn(p.awake)) return false;
  p.awake = null;
  for (const g of goroutinesOf(p)) {
    if (!canGoOn(g)) continue;
    p.awake = g;
    return false;
  }
  return true;
}

function canGoOn(g: G): boolean {
  if (g.statusCode === Gdead) return false;
  return g.statusCode !== Gwaiting || g.op?.hostWakes(g) === true;
}

/** The dump, and who waits for what in words, the circle first if they wait in one. */
export function deadlockReport(p: Program): [dump: string, cycle: string] {
  const lines: string[] = [];
  let circle = "";
  const list = [...goroutinesOf(p)].filter((g) => g.statusCode !== Gdead);
  for (const g of list.sort((a, b) => a.id - b.id)) {
    if (lines.length < MAX_LINES) lines.push(`  ${g} waits: ${g.op === null ? g.status : g.op.describe()}`);
    if (circle === "") circle = circleFrom(g);
  }
  if (circle !== "") lines.unshift(circle);
  return [stacksOf(p.main, p), lines.join("\n")];
}

/** Goroutines that a report lists. */
const MAX_LINES = 20;

// Follows joins, the only waits whose waker is known. Of a channel it is not: anybody may send on it.
function circleFrom(start: G): string {
  const path: G[] = [];
  const seen = new Set<G>();
  for (let g: G | null = start; g !== null && !seen.has(g); g = joined(g)) {
    seen.add(g);
    path.push(g);
    if (joined(g) !== start) continue;
    const steps = path.map((from) => `${from} for ${joined(from)}`);
    return `  they wait in a circle: ${steps.join(", ")}`;
  }
  return "";
}

function joined(g: G): G | null {
  return g.statusCode === Gwaiting && g.op instanceof JoinOp ? g.op.g : null;
}

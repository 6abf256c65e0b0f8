// "all goroutines are asleep - deadlock!": when a program in which nobody can go on is told so, and in what words.
//
// On one thread an empty run queue and the counts, or the drained event loop, say it all. Over threads this M knows
// only its own part; peers (see peers.ts) put the parts together and say when all of them hold at one instant.
//
// A part of rare.ts: imports nothing but types and other such parts.

import type { G } from "./g.ts";
import type { Drained } from "./peers.ts";
import type { Program } from "./program.ts";
import { dumpOf, Gdead, type GoroutineRecord, Gwaiting, recordsOf } from "./records.ts";
import type { Sched } from "./sched.ts";

/** Go's text (go#134). */
const ASLEEP = "all goroutines are asleep - deadlock!";

const WHOLLY: typeof Drained.Wholly = 2;

/** Scheduler side. Nothing is runnable: ends the programs in closed mode in which nobody can be woken any more. */
export function judgeClosed(sched: Sched): void {
  const { peers, programs, m } = sched;
  let able = 0;
  let closed = 0;
  for (const p of programs) {
    if (p.deadlock !== "closed" || p.ending) continue;
    if (p.home === null && !p.doomed) closed |= bitOf(sched, p);
    if (!asleep(p, peers !== null)) able |= bitOf(sched, p);
    else if (peers === null) die(p, []);
  }
  if (peers === null || m.posted) return;
  const anywhere = peers.rests(able, closed);
  judgeTold(sched, false, anywhere);
}

/** Scheduler side. Nobody will ever act: ends the programs begun here, those in exact mode or the closed ones not in `able`. */
export function judgeTold(sched: Sched, exact: boolean, able: number): void {
  for (const p of sched.programs) {
    if (p.home !== null || p.live === 0) continue;
    if (exact ? p.deadlock === "exact" : p.deadlock === "closed" && (able & bitOf(sched, p)) === 0) doom(sched, p);
  }
}

// One of 32, the same on every M: programs that share it wait for each other. Those of an M have ids near each other.
function bitOf({ peers }: Sched, p: Program): number {
  const key = peers === null ? p.id : peers.keyOf(p);
  return 1 << (key + 7 * (key >>> 24));
}

/**
 * Host callback: the event loop has drained, so nothing that it waits for can call us. True if the host must stay alive
 * all the same: a program waits for what the loop does not wait for, which is another thread, a signal of the operating
 * system, or an AbortSignal (AbortSignal.timeout does not hold it).
 */
export function judgeExact(sched: Sched, signals: boolean): boolean {
  const { peers, programs } = sched;
  const outside = signals || sched.signalWaits > 0;
  const wholly = peers === null ? !outside : peers.drained(outside) === WHOLLY;
  // Also for who awaits with a signal outside every program.
  let wait = sched.signalWaits > 0;
  for (const p of programs) {
    if (p.deadlock !== "exact" || p.ending || p.home !== null) continue;
    if (!wholly || p.doomed) wait = true;
    else doom(sched, p);
  }
  sched.held = wait && (peers === null || peers.m === 0);
  return sched.held;
}

// Nobody will ever go on: ends p once all have said what they wait for.
function doom({ peers }: Sched, p: Program): void {
  if (p.doomed || p.ending) return;
  if (peers === null) die(p, []);
  else {
    p.doomed = true;
    peers.gather(p, (far, left) => {
      if (!p.ending) die(p, far, left);
    });
  }
}

function die(p: Program, far: readonly GoroutineRecord[], left: readonly string[] = []): void {
  p.stuck(...deadlockReport(p, far, left));
}

// By counts: every goroutine of the program on this thread waits, and for none of them can the host do it.
function asleep(p: Program, many: boolean): boolean {
  if (p.live === 0) return many;
  // The one that was not asleep last time is asked first: with a million that are, this is what it costs.
  if (p.awake !== null && canGoOn(p.awake)) return false;
  p.awake = null;
  for (const g of p.held()) {
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

/**
 * Go's text, the dump, and who waits for what in words, the circle first if they wait in one. `far`: the goroutines on other
 * threads. A goroutine has a stand-in of the same id where it was started. `left`: what is missing among them, in words.
 */
export function deadlockReport(
  p: Program,
  far: readonly GoroutineRecord[] = [],
  left: readonly string[] = [],
): [message: string, dump: string, cycle: string] {
  const all = new Map<number, GoroutineRecord>();
  for (const r of [...recordsOf(p), ...far]) if (!isStandIn(r) || !all.has(r.id)) all.set(r.id, r);
  const list = [...all.values()].sort((a, b) => a.id - b.id);
  const lines: string[] = [];
  let circle = "";
  for (const r of list) {
    if (lines.length < MAX_LINES) lines.push(`  ${titleOf(r)} waits: ${r.waits}`);
    if (circle === "") circle = circleFrom(r, all);
  }
  if (list.length > MAX_LINES) lines.push(`  and ${list.length - MAX_LINES} more`);
  if (circle !== "") lines.unshift(circle);
  const names = new Map(list.map((r) => [r.id, r.name]));
  return [ASLEEP, [dumpOf(list, p.main?.id ?? 0, names), ...left].join("\n\n"), lines.join("\n")];
}

// It says where a goroutine was started, not what that waits for; both may be on this thread.
function isStandIn({ state, joins }: GoroutineRecord): boolean {
  return joins === 0 && state.startsWith("join");
}

/** Goroutines that a report lists. */
const MAX_LINES = 20;

function titleOf({ id, name, m }: GoroutineRecord): string {
  return `goroutine ${id} (${name})${m === 0 ? "" : ` on M${m}`}`;
}

// Follows joins, the only waits whose waker is known. Of a channel it is not: anybody may send on it.
function circleFrom(start: GoroutineRecord, all: ReadonlyMap<number, GoroutineRecord>): string {
  const path: GoroutineRecord[] = [];
  const seen = new Set<number>();
  for (let r: GoroutineRecord | undefined = start; r !== undefined && !seen.has(r.id); r = all.get(r.joins)) {
    seen.add(r.id);
    path.push(r);
    if (r.joins !== start.id) continue;
    const steps = path.map((from) => `${titleOf(from)} for ${titleOf(all.get(from.joins) as GoroutineRecord)}`);
    return `  they wait in a circle: ${steps.join(", ")}`;
  }
  return "";
}

// A span in words: what ran or waited, why it was not running, and who ended the wait.

import { reasonText } from "./analyse.ts";
import { ns } from "./format.ts";
import { SpanHow, SpanKind } from "./span-table.ts";
import type { Lane, Timeline } from "./timeline.ts";

const ENDED: Readonly<Record<number, string>> = {
  [SpanHow.Gosched]: "then gave way",
  [SpanHow.Preempted]: "then had used up its time slice",
  [SpanHow.Return]: "then returned",
  [SpanHow.Panic]: "then panicked",
  [SpanHow.Goexit]: "then left by goexit",
  [SpanHow.Cancelled]: "then was cancelled",
};

/** A shorter turn in the queue is the switch itself, nothing to explain. */
const NOTABLE_NS = 2_000;

/** Sentences about one span, the most important first. */
export function explain(t: Timeline, row: number): string[] {
  const s = t.spans;
  const length = ns(s.end[row]! - s.start[row]!);
  const who = goName(t, s.g[row]!);
  switch (s.kind[row]) {
    case SpanKind.Running:
      return [running(t, row, who, length), ...before(t, s.prev[row]!)];
    case SpanKind.Runnable:
      return [`${who} could run for ${length} but did not: ${whyNot(t, row)}.`, ...cause(t, row)];
    case SpanKind.Waiting:
      return waiting(t, row, who, length);
    case SpanKind.Spinning:
      return [`M${s.m[row]} had no goroutine and searched for one for ${length}.`];
    case SpanKind.Parked:
      return [`M${s.m[row]} slept for ${length}: there was nothing for it to do. It uses no CPU while it sleeps.`];
    case SpanKind.HostLoop:
      return [`M${s.m[row]} was back in the host's event loop for ${length}: timers and I/O get their turn.`];
    default:
      return [`${length} on M${s.m[row]} are not known: the ring was full and its records were overwritten.`];
  }
}

/** `G7 worker`, or `the host` for index 0. */
export function goName(t: Timeline, gi: number): string {
  if (gi === 0) return "the host";
  const name = t.goroutines.name(gi);
  return name === "" ? `G${t.goroutines.id[gi]}` : `G${t.goroutines.id[gi]} ${name}`;
}

/** The running span that follows a runnable span of the same goroutine, or -1. */
export function runAfter(t: Timeline, row: number): number {
  const s = t.spans;
  const next = s.next[row]!;
  return next >= 0 && s.kind[next] === SpanKind.Running ? next : -1;
}

/** The span of a lane at a moment, or -1. */
export function spanAt(t: Timeline, lane: Lane, time: number): number {
  const s = t.spans;
  let lo = 0;
  let hi = lane.spans.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (s.start[lane.spans[mid]!]! <= time) lo = mid + 1;
    else hi = mid;
  }
  const row = lane.spans[lo - 1];
  return row !== undefined && s.end[row]! > time ? row : -1;
}

function running(t: Timeline, row: number, who: string, length: string): string {
  const s = t.spans;
  const where = s.p[row]! >= 0 ? `on P${s.p[row]}, thread M${s.m[row]}` : `on thread M${s.m[row]}`;
  const how = s.how[row]!;
  const end = how === SpanHow.Blocked ? `then blocked: ${reasonText(t, s.reason[row]!)}` : ENDED[how];
  return `${who} ran for ${length} ${where}${end === undefined ? "" : `, ${end}`}.`;
}

function waiting(t: Timeline, row: number, who: string, length: string): string[] {
  const s = t.spans;
  const reason = reasonText(t, s.reason[row]!);
  const next = s.next[row]!;
  if (next < 0) return [`${who} waited ${length} (${reason}) and was still waiting when the trace ended.`];
  const first = `${who} waited ${length} (${reason}).`;
  return s.kind[next] === SpanKind.Runnable ? [first, ...cause(t, next)] : [first];
}

function before(t: Timeline, row: number): string[] {
  if (row < 0) return [];
  const s = t.spans;
  const length = ns(s.end[row]! - s.start[row]!);
  if (s.kind[row] === SpanKind.Waiting) return [`Before, it waited ${length} (${reasonText(t, s.reason[row]!)}).`];
  if (s.kind[row] !== SpanKind.Runnable) return [];
  const atOnce = s.end[row]! - s.start[row]! < NOTABLE_NS;
  const lines = atOnce
    ? cause(t, row)
    : [`Before, it was runnable for ${length}: ${whyNot(t, row)}.`, ...cause(t, row)];
  return [...lines, ...(s.kind[s.prev[row]!] === SpanKind.Waiting ? before(t, s.prev[row]!) : [])];
}

function cause(t: Timeline, row: number): string[] {
  const s = t.spans;
  const by = goName(t, s.by[row]!);
  const on = s.byM[row]! >= 0 ? ` on M${s.byM[row]}` : "";
  if (s.how[row] === SpanHow.Created) return [`Started by ${by}${on}.`];
  if (s.how[row] === SpanHow.Woken)
    return [`Woken by ${by}${s.by[row] === 0 ? " (a timer, a promise or another M)" : on}.`];
  return [];
}

/** Why a runnable goroutine did not run: what its M, or every P, was doing meanwhile. */
function whyNot(t: Timeline, row: number): string {
  const s = t.spans;
  const gi = s.g[row]!;
  const mid = (s.start[row]! + s.end[row]!) / 2;
  const home = s.how[row] === SpanHow.Created ? -1 : t.goroutines.m[gi]!;
  if (home >= 0) {
    const lane = t.ms.find((l) => l.id === home);
    const on = lane === undefined ? -1 : spanAt(t, lane, mid);
    if (on < 0) return `M${home}, where it lives, was switching`;
    return `M${home}, where it lives, ${doing(t, on)}`;
  }
  const busy = t.ps.map((lane) => ({ lane, on: spanAt(t, lane, mid) })).filter(({ on }) => on >= 0);
  if (busy.length < t.ps.length) return "its M had not come to it yet";
  const all = t.ps.length === 1 ? "the only P was busy" : t.ps.length === 2 ? "both Ps were busy" : "all Ps were busy";
  const list = busy.slice(0, 4).map(({ lane, on }) => `${lane.label}: G${t.goroutines.id[s.g[on]!]}`);
  return `${all} (${list.join(", ")}${busy.length > 4 ? ", …" : ""})`;
}

function doing(t: Timeline, row: number): string {
  const s = t.spans;
  if (s.kind[row] === SpanKind.Running) return `was running ${goName(t, s.g[row]!)}`;
  if (s.kind[row] === SpanKind.Parked) return "slept and had to wake up";
  if (s.kind[row] === SpanKind.HostLoop) return "was in the host's event loop";
  return "was busy";
}

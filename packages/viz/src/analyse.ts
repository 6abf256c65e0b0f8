// Figures of a trace: who ran where, what was waited for, how long a runnable goroutine waited for its turn.

import { Ev } from "./events.ts";
import { count, ns, percent } from "./format.ts";
import { SpanHow, SpanKind } from "./span-table.ts";
import type { Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

/** One processor's share of the work. */
export interface ProcFigures {
  readonly p: number;
  readonly runNs: number;
  readonly heldNs: number;
  /** runNs over the trace's length. */
  readonly busy: number;
}

/** One OS thread's share of the work. */
export interface ThreadFigures {
  readonly m: number;
  readonly label: string;
  readonly runNs: number;
  readonly busy: number;
  /** Goroutines that first ran here. */
  readonly goroutines: number;
  /** Times a goroutine was switched to. */
  readonly runs: number;
  readonly steals: number;
  readonly stolen: number;
  readonly parks: number;
  readonly wakes: number;
  readonly spinNs: number;
  readonly parkedNs: number;
  readonly hostNs: number;
}

/** Total of one wait reason. */
export interface WaitFigures {
  readonly reason: string;
  readonly count: number;
  readonly totalNs: number;
  readonly maxNs: number;
}

/** What goroutines of one function did. */
export interface SiteFigures {
  readonly name: string;
  readonly goroutines: number;
  readonly runNs: number;
  readonly runnableNs: number;
  readonly waitNs: number;
}

/** A distribution of times, in ns. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What analyse() finds. */
export interface Analysis {
  readonly durationNs: number;
  readonly records: number;
  readonly lost: number;
  readonly made: number;
  readonly ended: number;
  readonly panicked: number;
  readonly switches: number;
  readonly steals: number;
  readonly parks: number;
  readonly procs: readonly ProcFigures[];
  readonly threads: readonly ThreadFigures[];
  readonly waits: readonly WaitFigures[];
  readonly sites: readonly SiteFigures[];
  /** From being runnable to running. */
  readonly latency: Percentiles;
  /** The figures in one or two sentences. */
  readonly summary: string;
}

interface Tally {
  run: number;
  runs: number;
  steals: number;
  stolen: number;
  parks: number;
  wakes: number;
  spin: number;
  parked: number;
  host: number;
  first: number;
}

/** Computes the figures of a trace. Takes time in proportion to its size. */
export function analyse(trace: Trace): Analysis {
  const t = trace.timeline;
  const durationNs = t.end - t.start;
  const share = (n: number): number => (durationNs > 0 ? n / durationNs : 0);
  const ms = tallyThreads(trace, t);
  const threads = t.ms.map((lane): ThreadFigures => {
    const f = ms.get(lane.id) ?? tally();
    const { runs, steals, stolen, parks, wakes } = f;
    const times = { runNs: f.run, busy: share(f.run), spinNs: f.spin, parkedNs: f.parked, hostNs: f.host };
    return { m: lane.id, label: lane.label, goroutines: f.first, runs, steals, stolen, parks, wakes, ...times };
  });
  const procs = t.ps.map((lane): ProcFigures => {
    let runNs = 0;
    for (const row of lane.spans) runNs += t.spans.end[row]! - t.spans.start[row]!;
    let heldNs = 0;
    for (let i = 0; i < lane.held.length; i += 2) heldNs += lane.held[i + 1]! - lane.held[i]!;
    return { p: lane.id, runNs, heldNs, busy: share(runNs) };
  });
  const figures = {
    durationNs,
    records: trace.size,
    lost: t.lost,
    ...lives(t),
    switches: threads.reduce((n, f) => n + f.runs, 0),
    steals: threads.reduce((n, f) => n + f.steals, 0),
    parks: threads.reduce((n, f) => n + f.parks, 0),
    procs,
    threads,
    waits: waits(t),
    sites: sites(t),
    latency: latency(t),
  };
  return { ...figures, summary: summarise(figures) };
}

function tally(): Tally {
  return { run: 0, runs: 0, steals: 0, stolen: 0, parks: 0, wakes: 0, spin: 0, parked: 0, host: 0, first: 0 };
}

function tallyThreads(trace: Trace, t: Timeline): Map<number, Tally> {
  const ms = new Map<number, Tally>();
  const of = (m: number): Tally => {
    const f = ms.get(m) ?? tally();
    ms.set(m, f);
    return f;
  };
  const s = t.spans;
  for (let i = 0; i < s.count; i++) {
    const length = s.end[i]! - s.start[i]!;
    const kind = s.kind[i]!;
    if (kind === SpanKind.Running) {
      const f = of(s.m[i]!);
      f.run += length;
      f.runs++;
    } else if (kind === SpanKind.Spinning) of(s.m[i]!).spin += length;
    else if (kind === SpanKind.Parked) of(s.m[i]!).parked += length;
    else if (kind === SpanKind.HostLoop) of(s.m[i]!).host += length;
  }
  const ev = trace.merged;
  for (let i = 0; i < ev.count; i++) {
    const kind = ev.kind[i]!;
    if (kind === Ev.MPark) of(ev.m[i]!).parks++;
    else if (kind === Ev.MUnpark) of(ev.m[i]!).wakes++;
    else if (kind === Ev.RunqSteal) {
      of(ev.m[i]!).steals++;
      of(ev.m[i]!).stolen += ev.b[i]!;
    }
  }
  for (const m of t.goroutines.m) if (m >= 0) of(m).first++;
  return ms;
}

function lives(t: Timeline): { made: number; ended: number; panicked: number } {
  let made = 0;
  let ended = 0;
  for (let gi = 1; gi < t.goroutines.count; gi++) {
    if (!Number.isNaN(t.goroutines.born[gi]!)) made++;
    if (!Number.isNaN(t.goroutines.died[gi]!)) ended++;
  }
  let panicked = 0;
  for (let i = 0; i < t.spans.count; i++) if (t.spans.how[i] === SpanHow.Panic) panicked++;
  return { made, ended, panicked };
}

function waits(t: Timeline): WaitFigures[] {
  const by = new Map<number, { count: number; totalNs: number; maxNs: number }>();
  const s = t.spans;
  for (let i = 0; i < s.count; i++) {
    if (s.kind[i] !== SpanKind.Waiting) continue;
    const f = by.get(s.reason[i]!) ?? { count: 0, totalNs: 0, maxNs: 0 };
    by.set(s.reason[i]!, f);
    const length = s.end[i]! - s.start[i]!;
    f.count++;
    f.totalNs += length;
    f.maxNs = Math.max(f.maxNs, length);
  }
  return [...by].map(([reason, f]) => ({ reason: reasonText(t, reason), ...f })).sort((a, b) => b.totalNs - a.totalNs);
}

/** The text of a wait reason in this trace. */
export function reasonText(t: Timeline, reason: number): string {
  return t.reasons[reason] || `wait reason ${reason}`;
}

function sites(t: Timeline): SiteFigures[] {
  const by = t.goroutines.names.map((name) => ({ name, goroutines: 0, runNs: 0, runnableNs: 0, waitNs: 0 }));
  for (let gi = 1; gi < t.goroutines.count; gi++) by[t.goroutines.nameId[gi]!]!.goroutines++;
  const s = t.spans;
  for (let i = 0; i < s.count; i++) {
    if (s.g[i] === 0) continue;
    const f = by[t.goroutines.nameId[s.g[i]!]!]!;
    const length = s.end[i]! - s.start[i]!;
    if (s.kind[i] === SpanKind.Running) f.runNs += length;
    else if (s.kind[i] === SpanKind.Runnable) f.runnableNs += length;
    else f.waitNs += length;
  }
  return by.filter((f) => f.goroutines > 0).sort((a, b) => b.runNs - a.runNs);
}

function latency(t: Timeline): Percentiles {
  const s = t.spans;
  const all: number[] = [];
  for (let i = 0; i < s.count; i++) if (s.kind[i] === SpanKind.Runnable) all.push(s.end[i]! - s.start[i]!);
  const sorted = Float64Array.from(all).sort();
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted[sorted.length - 1] ?? 0 };
}

function summarise(f: Omit<Analysis, "summary">): string {
  if (f.made === 0 && f.switches === 0) return "No goroutine was recorded.";
  const ran = f.threads.filter((m) => m.runs > 0).length;
  const shared = ran === 1 ? "ran on 1 thread" : `shared ${ran} threads`;
  const parts = [`${count(f.made, "goroutine")} ${shared} for ${ns(f.durationNs)}`];
  if (f.steals > 0) parts.push(count(f.steals, "steal"));
  parts.push(count(f.switches, "switch", "switches"));
  for (const p of f.procs.slice(0, 4)) parts.push(`P${p.p} busy ${percent(p.busy)}`);
  const most = f.waits[0];
  const why = most === undefined ? "" : ` Most waiting: ${most.reason}.`;
  const lost = f.lost > 0 ? ` ${count(f.lost, "record")} lost.` : "";
  return `${parts.join("; ")}.${why}${lost}`;
}

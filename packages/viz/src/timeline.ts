// From events to what a viewer draws: lanes of spans, marks and counters.
//
// What.  One pass over the merged events. Everything here is derived; the events are the only truth.
// Words. lane: a row with spans that do not overlap: a P, an M, or a goroutine. series: a number over time.
//        fresh: runnable and never started, so it may still move to another M.
// How.   Two machines run along: the state of each goroutine (since when, why, made so by whom) and of each M (what
//        it runs, which P it holds, whether it spins, sleeps or is in the host's loop). A change closes a span.
// Invariants.
//   I1  Spans of one lane never overlap and stand in order of time.
//   I2  A wake arrow is a Runnable span: from `by` on `byM` at its start to the running span that follows it.
//   I3  After a loss on an M its open spans end at the last record known, and a Lost span covers the hole.
// The hard part. A trace begins and ends in the middle of things and may have holes, so no event may assume the one
//   before it: each handler closes what is open, whatever it is, and starts from there.
// Rejected. Storing arrows (they follow from I2); a lane of objects per goroutine (a million goroutines).

import { Ev, GStatus } from "./events.ts";
import { type GoColumns, GoStates } from "./go-states.ts";
import { MStates, type ProcLane } from "./m-states.ts";
import type { Merged } from "./merge.ts";
import { type Series, SeriesSet } from "./series.ts";
import { SpanHow, SpanTable } from "./span-table.ts";
import type { TraceHeader } from "./trace.ts";

/** A row of spans. */
export interface Lane {
  readonly kind: "p" | "m" | "g";
  readonly id: number;
  readonly label: string;
  /** Rows of the span table, in order of time. */
  readonly spans: Uint32Array;
  /** A P's times of being held, as start, end, start, end, … */
  readonly held: Float64Array;
}

/** A thing that happened at one moment on one M. */
export interface Mark {
  readonly time: number;
  readonly kind: number;
  readonly m: number;
  readonly p: number;
  /** The event's b and x columns. */
  readonly b: number;
  readonly x: number;
}

/** Everything derived from a trace that has a place in time. */
export interface Timeline {
  readonly start: number;
  readonly end: number;
  readonly spans: SpanTable;
  readonly ps: readonly Lane[];
  readonly ms: readonly Lane[];
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  readonly goroutines: GoColumns;
  /** Text of each wait reason. */
  readonly reasons: readonly string[];
  readonly lost: number;
}

const MARKED: ReadonlySet<number> = new Set([Ev.ProcSteal, Ev.RunqSteal, Ev.RunqOverflow, Ev.GlobGet, Ev.ProcsChange]);
const ABOUT_G: ReadonlySet<number> = new Set([Ev.GoStart, Ev.GoStop, Ev.GoBlock, Ev.GoUnblock, Ev.GoEnd, Ev.GoStatus]);

/** Builds the timeline of a merged trace. */
export function buildTimeline(ev: Merged, header: TraceHeader): Timeline {
  const spans = new SpanTable();
  const series = new SeriesSet();
  const goroutines = new GoStates(ev, spans, series);
  const start = ev.count > 0 ? ev.time[0]! : 0;
  const ms = new MStates(spans, firstPs(ev), start);
  const marks: Mark[] = [];
  for (let i = 0; i < ev.count; i++) {
    const kind = ev.kind[i]!;
    step(ev, i, goroutines, ms, series);
    if (MARKED.has(kind) || (kind === Ev.GoEnd && ev.how[i] === 1)) {
      const m = ev.m[i]!;
      marks.push({ time: ev.time[i]!, kind, m, p: ms.procOf(m), b: ev.b[i]!, x: ev.x[i]! });
    }
  }
  const end = ev.count > 0 ? ev.time[ev.count - 1]! : 0;
  ms.finish(end, goroutines);
  goroutines.finish(end);
  return {
    start,
    end,
    spans,
    ps: ms.procLanes(header.gomaxprocs).map(procLane),
    ms: ms.lanes().map(({ m, kind, rows }) => lane("m", m, kind === "" ? `M${m}` : `M${m} ${kind}`, rows)),
    series: series.take(),
    marks,
    goroutines: goroutines.columns(),
    reasons: header.reasons,
    lost: ev.lost,
  };
}

function step(ev: Merged, i: number, gs: GoStates, ms: MStates, series: SeriesSet): void {
  const t = ev.time[i]!;
  const m = ev.m[i]!;
  const how = ev.how[i]!;
  const gi = ev.gi[i]!;
  // Goroutine 0 is the scheduler: it creates and wakes, but is no goroutine that could start or end.
  const kind = gi === 0 && ABOUT_G.has(ev.kind[i]!) ? 0 : ev.kind[i]!;
  switch (kind) {
    case Ev.GoCreate:
      gs.create(t, ev.bi[i]!, gi, m, ev.x[i]!, ms);
      break;
    case Ev.GoStart:
      if (ms.running(m) !== 0) gs.stopRunning(t, ms.running(m), SpanHow.Open, ms);
      gs.start(t, gi, m, ms);
      break;
    case Ev.GoStop:
      gs.yield(t, gi, how === 1 ? SpanHow.Preempted : SpanHow.Gosched, m, ms);
      break;
    case Ev.GoBlock:
      gs.block(t, gi, how, ms);
      break;
    case Ev.GoUnblock:
      gs.unblock(t, gi, ev.bi[i]!, m, ms);
      break;
    case Ev.GoEnd:
      gs.exit(t, gi, SpanHow.Return + Math.min(3, how), ms);
      break;
    case Ev.GoLabel:
      gs.label(gi, m, ev.x[i]!);
      break;
    case Ev.GoStatus:
      if (how === GStatus.Waiting) gs.known(t, gi, ev.x[i]!);
      break;
    case Ev.Lost:
      if (ms.running(m) !== 0) gs.stopRunning(ms.lastSeen(m, t), ms.running(m), SpanHow.Open, ms);
      ms.loss(t, m);
      break;
    case Ev.Metric:
      ms.seen(t, m);
      series.metric(t, how, ms.procOf(m), m, ev.b[i]!);
      break;
    default:
      ms.event(t, m, kind, how, ev.b[i]!);
  }
}

/**
 * The P each M held when the trace began: one that it gives up without having taken it. If no M ever takes or gives
 * up a P, there is one M, as in a program without threads, and it holds P0.
 */
function firstPs(ev: Merged): Map<number, number> {
  const first = new Map<number, number>();
  for (let i = 0; i < ev.count; i++) {
    const kind = ev.kind[i]!;
    if (first.has(ev.m[i]!) || (kind !== Ev.ProcStart && kind !== Ev.ProcStop && kind !== Ev.ProcStatus)) continue;
    const held = kind === Ev.ProcStop || (kind === Ev.ProcStatus && ev.how[i] === 1);
    first.set(ev.m[i]!, held ? ev.b[i]! : -1);
  }
  if (first.size === 0 && ev.strings.size <= 1) for (const m of ev.strings.keys()) first.set(m, 0);
  return first;
}

const NOTHING: Float64Array = new Float64Array(0);

function lane(kind: "m" | "g", id: number, label: string, rows: Float64Array): Lane {
  return { kind, id, label, spans: Uint32Array.from(rows), held: NOTHING };
}

function procLane(p: ProcLane): Lane {
  return { kind: "p", id: p.p, label: `P${p.p}`, spans: Uint32Array.from(p.rows), held: p.held };
}

/** The lane of one goroutine, made when somebody asks for it. */
export function goLane(t: Timeline, gi: number): Lane {
  const rows: number[] = [];
  for (let i = t.goroutines.lastSpan[gi] ?? -1; i >= 0; i = t.spans.prev[i]!) rows.push(i);
  const name = t.goroutines.name(gi);
  const id = t.goroutines.id[gi] ?? 0;
  return {
    kind: "g",
    id,
    label: name === "" ? `G${id}` : `G${id} ${name}`,
    spans: Uint32Array.from(rows.reverse()),
    held: NOTHING,
  };
}

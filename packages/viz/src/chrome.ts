// The Chrome trace event format, as JSON: opens in Perfetto, chrome://tracing, speedscope and Firefox Profiler.
//
// Times are whole ns, printed as µs with three decimals. Thread ids are never 0 (Perfetto replaces it) and unique in
// the file: M = 1000+m, P = 2000+p. A flow binds to the slice parsed last on its track, so the events are sorted by
// time and, at equal times, by class: names, slices (longer first), instants, flow starts, flow ends, counters.

import { reasonText } from "./analyse.ts";
import { Ev, SHAPES } from "./events.ts";
import { goName, runAfter } from "./explain.ts";
import { SpanHow, SpanKind } from "./span-table.ts";
import type { Lane, Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

interface Row {
  readonly ts: number;
  readonly rank: number;
  readonly dur: number;
  readonly json: string;
}

const PID_M = 1;
const PID_P = 2;
const PID_STATS = 4;
const TID_HOST = 1900;
const OWN = {
  [SpanKind.Spinning]: "spinning",
  [SpanKind.HostLoop]: "host event loop",
  [SpanKind.Lost]: "records lost",
};
const END = ["", "blocked", "gosched", "preempted", "return", "panic", "goexit", "cancelled"];

/** The trace as JSON text. */
export function toChrome(trace: Trace): string {
  const t = trace.timeline;
  const rows: Row[] = [];
  names(t, rows);
  for (const lane of t.ms) slices(t, lane, PID_M, 1000, rows);
  for (const lane of t.ps) slices(t, lane, PID_P, 2000, rows);
  arrows(t, rows);
  counters(t, rows);
  for (const mark of t.marks) {
    const name = SHAPES.get(mark.kind)?.name ?? `event ${mark.kind}`;
    const scope = mark.kind === Ev.GoEnd ? "g" : "t";
    push(rows, mark.time, 2, 0, {
      ph: "i",
      s: scope,
      cat: "sched",
      name,
      pid: PID_M,
      tid: 1000 + mark.m,
      args: { n: mark.b },
    });
  }
  rows.sort((a, b) => a.ts - b.ts || a.rank - b.rank || b.dur - a.dur);
  const metadata = JSON.stringify({ ...trace.header, lost: t.lost });
  const events = rows.map((r) => r.json).join(",\n");
  return `{"displayTimeUnit":"ns","metadata":${metadata},"traceEvents":[\n${events}\n]}\n`;
}

function push(rows: Row[], ts: number, rank: number, dur: number, event: Record<string, unknown>): void {
  const json = JSON.stringify(event);
  const length = rank === 1 ? `,"dur":${us(dur)}` : "";
  rows.push({ ts, rank, dur, json: `${json.slice(0, -1)},"ts":${us(ts)}${length}}` });
}

function us(ns: number): string {
  return (Math.round(ns) / 1000).toFixed(3);
}

function names(t: Timeline, rows: Row[]): void {
  const meta = (name: string, pid: number, tid: number, args: object): void =>
    void rows.push({
      ts: Number.NEGATIVE_INFINITY,
      rank: 0,
      dur: 0,
      json: JSON.stringify({ ph: "M", name, pid, tid, args }),
    });
  const process = (pid: number, name: string, index: number): void => {
    meta("process_name", pid, pid * 1000, { name });
    meta("process_sort_index", pid, pid * 1000, { sort_index: index });
  };
  process(PID_P, "P  processors", 0);
  process(PID_M, "M  OS threads", 1);
  process(PID_STATS, "stats", 2);
  const thread = (pid: number, tid: number, name: string, index: number): void => {
    meta("thread_name", pid, tid, { name });
    meta("thread_sort_index", pid, tid, { sort_index: index });
  };
  for (const l of t.ms) thread(PID_M, 1000 + l.id, l.label, l.id);
  for (const l of t.ps) thread(PID_P, 2000 + l.id, l.label, l.id);
  thread(PID_M, TID_HOST, "host", 900);
}

function slices(t: Timeline, lane: Lane, pid: number, base: number, rows: Row[]): void {
  const s = t.spans;
  for (const row of lane.spans) {
    const dur = s.end[row]! - s.start[row]!;
    const at = { pid, tid: base + lane.id };
    if (s.kind[row] === SpanKind.Running) {
      const end = s.how[row] === SpanHow.Blocked ? reasonText(t, s.reason[row]!) : END[s.how[row]!];
      const args = { g: t.goroutines.id[s.g[row]!], m: s.m[row], p: s.p[row], end };
      push(rows, s.start[row]!, 1, dur, { ph: "X", cat: "run", name: goName(t, s.g[row]!), ...at, args });
    } else {
      const name = OWN[s.kind[row] as keyof typeof OWN];
      if (name !== undefined) push(rows, s.start[row]!, 1, dur, { ph: "X", cat: "sched", name, ...at });
    }
  }
}

function arrows(t: Timeline, rows: Row[]): void {
  const s = t.spans;
  for (let row = 0; row < s.count; row++) {
    if (s.kind[row] !== SpanKind.Runnable || s.how[row]! < SpanHow.Created) continue;
    const run = runAfter(t, row);
    if (run < 0) continue;
    const made = s.how[row] === SpanHow.Created;
    const why = s.prev[row]! >= 0 ? reasonText(t, s.reason[s.prev[row]!]!) : "";
    const flow = { cat: made ? "go" : "wake", name: made ? "go" : `unblock (${why})`, id: row + 1, pid: PID_M };
    const host = s.by[row] === 0;
    const tid = host ? TID_HOST : 1000 + s.byM[row]!;
    if (host) push(rows, s.start[row]!, 2, 0, { ph: "i", s: "t", cat: "wake", name: flow.name, pid: PID_M, tid });
    push(rows, s.start[row]!, 3, 0, { ph: "s", ...flow, tid });
    push(rows, s.start[run]!, 4, 0, { ph: "f", bp: "e", ...flow, tid: 1000 + s.m[run]! });
  }
}

function counters(t: Timeline, rows: Row[]): void {
  for (const series of t.series) {
    const group = series.key === "running" || series.key === "runnable" || series.key === "waiting";
    const name = group ? "goroutines" : series.label;
    for (let i = 0; i < series.time.length; i++) {
      const args = { [series.key]: series.value[i] };
      push(rows, series.time[i]!, 5, 0, { ph: "C", pid: PID_STATS, tid: 4000, name, args });
    }
  }
}

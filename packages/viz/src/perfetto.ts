// Perfetto's own format: smaller and richer than Chrome JSON, for traces beyond 100,000 events.
//
// A file is a run of packets. Tracks are described first: threads for Ms, groups of tracks for Ps, goroutines (state
// tracks, at most MAX_GOROUTINES: more would bury the rest) and series. Then come begin and end of each run, states,
// counters, and arrows as an instant on the waker's track with the same flow id as the run it leads to. Names are
// interned: the first packet clears the table, each later one that needs a new name carries it.

import { reasonText } from "./analyse.ts";
import { ByteWriter } from "./bytes.ts";
import { goName } from "./explain.ts";
import { SpanHow, SpanKind } from "./span-table.ts";
import { goLane, type Lane, type Timeline } from "./timeline.ts";
import type { Trace } from "./trace.ts";

const MAX_GOROUTINES = 2_000;
const SEQUENCE = 1;
const Type = { Begin: 1, End: 2, Instant: 3, Counter: 4, State: 5 } as const;
/** Ids of groups and first ids of tracks. */
const Track = { Ms: 1, Ps: 2, Gs: 3, Series: 4, M: 1_000, P: 100_000, S: 200_000, G: 1_000_000 } as const;

/** The trace as the bytes of a Perfetto trace. */
export function toPerfetto(trace: Trace): Uint8Array<ArrayBuffer> {
  const out = new PerfettoWriter();
  const t = trace.timeline;
  out.track(Track.Ms, (d) => d.message(3, (p) => p.number(1, 1).text(6, "M  OS threads")));
  group(out, Track.Ps, "Processors", "The right to run: one goroutine at a time on each");
  group(out, Track.Series, "Queues and goroutines", "Numbers over time");
  group(out, Track.Gs, "Goroutines", `What each goroutine did, for the first ${MAX_GOROUTINES}`);
  t.ms.forEach((lane, rank) => {
    threadLane(out, t, lane, rank);
  });
  t.ps.forEach((lane, rank) => {
    out.track(Track.P + lane.id, (d) => d.text(2, lane.label).number(5, Track.Ps).number(12, rank));
    runs(out, t, lane, Track.P + lane.id, false);
  });
  arrows(out, t);
  t.series.forEach((s, i) => {
    out.track(Track.S + i, (d) =>
      d
        .text(2, s.label)
        .number(5, Track.Series)
        .message(8, (c) => c.number(3, 2)),
    );
    s.time.forEach((time, k) => {
      out.event(time, Type.Counter, Track.S + i, "", (e) => e.number(30, s.value[k]!));
    });
  });
  for (let gi = 1; gi < Math.min(t.goroutines.count, MAX_GOROUTINES + 1); gi++) states(out, t, gi);
  return out.take();
}

function group(out: PerfettoWriter, id: number, name: string, help: string): void {
  out.track(id, (d) => d.text(2, name).number(11, 3).text(14, help));
}

function threadLane(out: PerfettoWriter, t: Timeline, lane: Lane, rank: number): void {
  const thread = (d: Message): Message =>
    d
      .number(1, 1)
      .number(2, 1_000 + lane.id)
      .text(5, lane.label);
  out.track(Track.M + lane.id, (d) => d.message(4, thread).number(12, rank));
  runs(out, t, lane, Track.M + lane.id, true);
}

function runs(out: PerfettoWriter, t: Timeline, lane: Lane, track: number, flows: boolean): void {
  const s = t.spans;
  const own = {
    [SpanKind.Spinning]: "spinning",
    [SpanKind.HostLoop]: "host event loop",
    [SpanKind.Lost]: "records lost",
  };
  for (const row of lane.spans) {
    const gi = s.g[row]!;
    const name = gi > 0 ? goName(t, gi) : own[s.kind[row] as keyof typeof own];
    if (name === undefined) continue;
    out.event(s.start[row]!, Type.Begin, track, name, (e) => {
      if (gi === 0) return;
      e.number(52, t.goroutines.id[gi]!);
      if (flows && flowOf(t, s.prev[row]!) === row) e.fixed64(48, s.prev[row]! + 1);
      if (s.how[row] === SpanHow.Blocked) annotate(e, "blocked", reasonText(t, s.reason[row]!));
    });
    out.event(s.end[row]!, Type.End, track, "", () => {});
  }
}

function annotate(e: Message, name: string, value: string): void {
  e.message(4, (a) => a.text(10, name).text(6, value));
}

/** The run an arrow from this runnable span leads to, or -1. */
function flowOf(t: Timeline, row: number): number {
  const s = t.spans;
  if (row < 0 || s.kind[row] !== SpanKind.Runnable || s.how[row]! < SpanHow.Created || s.byM[row]! < 0) return -1;
  const next = s.next[row]!;
  return next >= 0 && s.kind[next] === SpanKind.Running ? next : -1;
}

function arrows(out: PerfettoWriter, t: Timeline): void {
  const s = t.spans;
  for (let row = 0; row < s.count; row++) {
    if (flowOf(t, row) < 0) continue;
    const name = s.how[row] === SpanHow.Created ? "go" : "unblock";
    out.event(s.start[row]!, Type.Instant, Track.M + s.byM[row]!, name, (e) => e.fixed64(47, row + 1));
  }
}

function states(out: PerfettoWriter, t: Timeline, gi: number): void {
  const s = t.spans;
  const lane = goLane(t, gi);
  const track = Track.G + gi;
  out.track(track, (d) =>
    d
      .text(2, lane.label)
      .number(5, Track.Gs)
      .number(12, gi)
      .message(18, (m) => m),
  );
  const words = { [SpanKind.Running]: "Running", [SpanKind.Runnable]: "Runnable" };
  for (const row of lane.spans) {
    const name = words[s.kind[row] as keyof typeof words] ?? `Waiting: ${reasonText(t, s.reason[row]!)}`;
    out.event(s.start[row]!, Type.State, track, name, () => {});
  }
  const died = t.goroutines.died[gi]!;
  if (!Number.isNaN(died)) out.event(died, Type.State, track, "", () => {});
}

/** One protobuf message being written. */
class Message {
  readonly out: ByteWriter = new ByteWriter();

  number(field: number, value: number): this {
    this.out.varint(field * 8);
    big(this.out, value);
    return this;
  }

  fixed64(field: number, value: number): this {
    this.out.varint(field * 8 + 1);
    this.out.u32(value);
    this.out.u32(0);
    return this;
  }

  text(field: number, value: string): this {
    this.out.varint(field * 8 + 2);
    this.out.text(value);
    return this;
  }

  message(field: number, fill: (m: Message) => unknown): this {
    const inner = new Message();
    fill(inner);
    this.out.varint(field * 8 + 2);
    this.out.varint(inner.out.length);
    this.out.bytes(inner.out.take());
    return this;
  }
}

/** A whole number of more than 32 bits as LEB128. */
function big(out: ByteWriter, value: number): void {
  let rest = Math.max(0, Math.round(value));
  while (rest > 0xffff_fff) {
    out.u8((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.varint(rest);
}

class PerfettoWriter {
  readonly #file: Message = new Message();
  readonly #names: Map<string, number> = new Map();
  #first = true;

  track(id: number, fill: (d: Message) => unknown): void {
    this.#packet((p) =>
      p.message(60, (d) => {
        d.number(1, id);
        fill(d);
      }),
    );
  }

  event(time: number, type: number, track: number, name: string, fill: (e: Message) => unknown): void {
    this.#packet((p) => {
      p.number(8, time);
      const known = this.#names.get(name);
      const iid = known ?? this.#names.size + 1;
      if (name !== "" && known === undefined) {
        this.#names.set(name, iid);
        p.message(12, (d) => d.message(2, (n) => n.number(1, iid).text(2, name)));
      }
      p.message(11, (e) => {
        e.number(9, type).number(11, track);
        if (name !== "") e.number(10, iid);
        fill(e);
      });
    });
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#file.out.take();
  }

  #packet(fill: (p: Message) => unknown): void {
    this.#file.message(1, (p) => {
      p.number(10, SEQUENCE).number(13, this.#first ? 3 : 2);
      this.#first = false;
      fill(p);
    });
  }
}

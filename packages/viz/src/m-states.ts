// What each M is doing and which P it holds, event by event. Part of the timeline's one pass.

import { Ev, M_KINDS } from "./events.ts";
import type { GoStates } from "./go-states.ts";
import { NumberList, SpanHow, SpanKind, type SpanTable } from "./span-table.ts";

interface MState {
  readonly m: number;
  kind: string;
  p: number;
  /** Goroutine it runs, 0 if none. */
  g: number;
  /** Span kind of what it does without a goroutine, 0 while it schedules. */
  own: number;
  since: number;
  seen: number;
  readonly rows: NumberList;
}

/** A P's running spans and the times it was held. */
export interface ProcLane {
  readonly p: number;
  readonly rows: Float64Array;
  readonly held: Float64Array;
}

interface ProcState {
  readonly rows: NumberList;
  readonly held: NumberList;
}

/** The Ms' side of the pass. */
export class MStates {
  readonly #spans: SpanTable;
  readonly #firstPs: ReadonlyMap<number, number>;
  readonly #start: number;
  readonly #ms: Map<number, MState> = new Map();
  readonly #ps: Map<number, ProcState> = new Map();

  constructor(spans: SpanTable, firstPs: ReadonlyMap<number, number>, start: number) {
    this.#spans = spans;
    this.#firstPs = firstPs;
    this.#start = start;
  }

  procOf(m: number): number {
    return this.#of(m, Number.NaN).p;
  }

  running(m: number): number {
    return this.#of(m, Number.NaN).g;
  }

  /** Time of the last record of m before now. */
  lastSeen(m: number, now: number): number {
    const seen = this.#of(m, Number.NaN).seen;
    return Number.isNaN(seen) ? Math.min(now, this.#start) : seen;
  }

  seen(t: number, m: number): void {
    this.#of(m, t).seen = t;
  }

  run(t: number, m: number, gi: number): void {
    const mp = this.#of(m, t);
    this.#closeOwn(t, mp);
    mp.g = gi;
  }

  /** The M's goroutine left it; `row` is its running span, -1 if there was none. */
  stop(t: number, m: number, gi: number, row: number): void {
    const mp = this.#of(m, t);
    if (mp.g === gi) mp.g = 0;
    if (row < 0 || this.#spans.kind[row] !== SpanKind.Running) return;
    this.#spans.p[row] = mp.p;
    mp.rows.push(row);
    if (mp.p >= 0) this.#proc(mp.p).rows.push(row);
  }

  event(t: number, m: number, kind: number, how: number, b: number): void {
    const mp = this.#of(m, t);
    switch (kind) {
      case Ev.MStart:
        mp.kind = M_KINDS[how] ?? "";
        return;
      case Ev.ProcStart:
        this.#closeOwn(t, mp);
        this.#take(t, mp, b);
        return;
      case Ev.ProcStop:
        this.#release(t, mp);
        return;
      case Ev.MSpinBegin:
        this.#own(t, mp, SpanKind.Spinning);
        return;
      case Ev.MPark:
        this.#own(t, mp, SpanKind.Parked);
        return;
      case Ev.LoopLeave:
        // An idle M also goes back to its loop; that it sleeps says more.
        if (mp.own !== SpanKind.Parked) this.#own(t, mp, SpanKind.HostLoop);
        return;
      case Ev.MSpinEnd:
      case Ev.LoopEnter:
        this.#closeOwn(t, mp);
        return;
      case Ev.MExit:
        this.#closeOwn(t, mp);
        this.#release(t, mp);
        return;
    }
  }

  /** I3: what happened on m between its last record and t is not known. */
  loss(t: number, m: number): void {
    const from = this.lastSeen(m, t);
    const mp = this.#of(m, t);
    this.#closeOwn(from, mp);
    mp.rows.push(this.#spans.add(SpanKind.Lost, from, t, 0, m, mp.p));
  }

  finish(end: number, gs: GoStates): void {
    for (const mp of this.#ms.values()) {
      if (mp.g !== 0) gs.stopRunning(end, mp.g, SpanHow.Open, this);
      this.#closeOwn(end, mp);
      this.#release(end, mp);
    }
  }

  lanes(): { m: number; kind: string; rows: Float64Array }[] {
    return [...this.#ms.values()]
      .sort((a, b) => a.m - b.m)
      .map((mp) => ({ m: mp.m, kind: mp.kind || (mp.m === 0 ? "main" : ""), rows: mp.rows.take() }));
  }

  procLanes(gomaxprocs: number): ProcLane[] {
    for (let p = 0; p < gomaxprocs; p++) this.#proc(p);
    return [...this.#ps.entries()]
      .sort((a, b) => a[0] - b[0])
      .map(([p, s]) => ({ p, rows: s.rows.take(), held: s.held.take() }));
  }

  #take(t: number, mp: MState, p: number): void {
    this.#release(t, mp);
    mp.p = p;
    const held = this.#proc(p).held;
    // A P that was taken over is held by one M at a time: end the time of the M that never said it stopped.
    if (held.length % 2 === 1) held.push(t);
    held.push(t);
  }

  #release(t: number, mp: MState): void {
    if (mp.p < 0) return;
    const held = this.#proc(mp.p).held;
    if (held.length % 2 === 1) held.push(t);
    mp.p = -1;
  }

  #own(t: number, mp: MState, kind: number): void {
    if (mp.g !== 0) return; // A thread that runs a goroutine neither sleeps nor searches.
    this.#closeOwn(t, mp);
    mp.own = kind;
    mp.since = t;
  }

  #closeOwn(t: number, mp: MState): void {
    if (mp.own !== 0 && t > mp.since) mp.rows.push(this.#spans.add(mp.own, mp.since, t, 0, mp.m, mp.p));
    mp.own = 0;
  }

  #of(m: number, t: number): MState {
    let mp = this.#ms.get(m);
    if (mp === undefined) {
      mp = { m, kind: "", p: -1, g: 0, own: 0, since: 0, seen: Number.NaN, rows: new NumberList() };
      this.#ms.set(m, mp);
      const p = this.#firstPs.get(m) ?? -1;
      if (p >= 0) this.#take(this.#start, mp, p);
    }
    if (!Number.isNaN(t)) mp.seen = t;
    return mp;
  }

  #proc(p: number): ProcState {
    let s = this.#ps.get(p);
    if (s === undefined) {
      s = { rows: new NumberList(), held: new NumberList() };
      this.#ps.set(p, s);
    }
    return s;
  }
}

// What each goroutine is doing, event by event. Part of the timeline's one pass.

import type { MStates } from "./m-states.ts";
import type { Merged } from "./merge.ts";
import type { SeriesSet } from "./series.ts";
import { SpanHow, SpanKind, type SpanTable } from "./span-table.ts";

/** What is known about each goroutine, by index. Row 0 is "no goroutine". */
export interface GoColumns {
  readonly count: number;
  readonly id: Uint32Array;
  /** Index into `names`. */
  readonly nameId: Uint32Array;
  readonly names: readonly string[];
  readonly parent: Uint32Array;
  /** NaN where it happened before the trace or has not happened. */
  readonly born: Float64Array;
  readonly died: Float64Array;
  /** The M it started on, -1 if it never ran. */
  readonly m: Int16Array;
  /** Its newest span; the others follow by `prev`. */
  readonly lastSpan: Int32Array;
  name(gi: number): string;
}

/** The goroutines' side of the pass. `0` as state: not known (yet), or gone. */
export class GoStates {
  readonly #ev: Merged;
  readonly #spans: SpanTable;
  readonly #series: SeriesSet;
  readonly #state: Uint8Array;
  readonly #since: Float64Array;
  readonly #reason: Uint8Array;
  readonly #how: Uint8Array;
  readonly #by: Uint32Array;
  readonly #byM: Int16Array;
  readonly #fresh: Uint8Array;
  readonly #onM: Int16Array;
  readonly #nameId: Uint32Array;
  readonly #names: Map<string, number> = new Map([["", 0]]);
  readonly #parent: Uint32Array;
  readonly #born: Float64Array;
  readonly #died: Float64Array;
  readonly #firstM: Int16Array;
  readonly #lastSpan: Int32Array;

  constructor(ev: Merged, spans: SpanTable, series: SeriesSet) {
    const n = ev.goid.length;
    this.#ev = ev;
    this.#spans = spans;
    this.#series = series;
    this.#state = new Uint8Array(n);
    this.#since = new Float64Array(n);
    this.#reason = new Uint8Array(n);
    this.#how = new Uint8Array(n);
    this.#by = new Uint32Array(n);
    this.#byM = new Int16Array(n).fill(-1);
    this.#fresh = new Uint8Array(n);
    this.#onM = new Int16Array(n).fill(-1);
    this.#nameId = new Uint32Array(n);
    this.#parent = new Uint32Array(n);
    this.#born = new Float64Array(n).fill(Number.NaN);
    this.#died = new Float64Array(n).fill(Number.NaN);
    this.#firstM = new Int16Array(n).fill(-1);
    this.#lastSpan = new Int32Array(n).fill(-1);
  }

  create(t: number, gi: number, parent: number, m: number, name: number, ms: MStates): void {
    this.#leave(t, gi, ms);
    this.#parent[gi] = parent;
    this.#born[gi] = t;
    this.#setName(gi, m, name);
    this.#fresh[gi] = 1;
    this.#runnable(t, gi, SpanHow.Created, parent, m);
  }

  start(t: number, gi: number, m: number, ms: MStates): void {
    this.#leave(t, gi, ms);
    this.#fresh[gi] = 0;
    this.#onM[gi] = m;
    if (this.#firstM[gi] === -1) this.#firstM[gi] = m;
    this.#enter(t, gi, SpanKind.Running);
    ms.run(t, m, gi);
  }

  yield(t: number, gi: number, how: number, m: number, ms: MStates): void {
    this.stopRunning(t, gi, how, ms);
    this.#runnable(t, gi, how, gi, m);
  }

  block(t: number, gi: number, reason: number, ms: MStates): void {
    this.#reason[gi] = reason;
    this.stopRunning(t, gi, SpanHow.Blocked, ms);
    this.#reason[gi] = reason;
    this.#enter(t, gi, SpanKind.Waiting);
  }

  unblock(t: number, gi: number, by: number, m: number, ms: MStates): void {
    ms.seen(t, m);
    this.#leave(t, gi, ms);
    this.#runnable(t, gi, SpanHow.Woken, by, m);
  }

  exit(t: number, gi: number, how: number, ms: MStates): void {
    this.stopRunning(t, gi, how, ms);
    this.#died[gi] = t;
  }

  label(gi: number, m: number, name: number): void {
    this.#setName(gi, m, name);
  }

  /** A status snapshot says gi waits: believed where nothing better is known. */
  known(t: number, gi: number, reason: number): void {
    if (this.#state[gi] !== 0) return;
    this.#reason[gi] = reason;
    this.#enter(t, gi, SpanKind.Waiting);
  }

  /** Ends the running span of gi, and whatever its M did. */
  stopRunning(t: number, gi: number, how: number, ms: MStates): void {
    const m = this.#onM[gi]!;
    const row = this.#close(t, gi, how);
    if (m >= 0) ms.stop(t, m, gi, row);
    this.#onM[gi] = -1;
  }

  /** Ends whatever gi was thought to do: records may have been lost, so it may even have been running. */
  #leave(t: number, gi: number, ms: MStates): void {
    if (this.#state[gi] === SpanKind.Running) this.stopRunning(t, gi, SpanHow.Open, ms);
    else this.#close(t, gi, SpanHow.Open);
  }

  finish(end: number): void {
    for (let gi = 1; gi < this.#state.length; gi++) this.#close(end, gi, SpanHow.Open);
  }

  columns(): GoColumns {
    const names = [...this.#names.keys()];
    const nameId = this.#nameId;
    return {
      count: this.#state.length,
      id: this.#ev.goid,
      nameId,
      names,
      parent: this.#parent,
      born: this.#born,
      died: this.#died,
      m: this.#firstM,
      lastSpan: this.#lastSpan,
      name: (gi) => names[nameId[gi] ?? 0] ?? "",
    };
  }

  #runnable(t: number, gi: number, how: number, by: number, m: number): void {
    this.#how[gi] = how;
    this.#by[gi] = by;
    this.#byM[gi] = m;
    this.#enter(t, gi, SpanKind.Runnable);
  }

  #enter(t: number, gi: number, state: number): void {
    this.#state[gi] = state;
    this.#since[gi] = t;
    this.#series.enter(t, state, this.#fresh[gi] === 1);
  }

  /** Writes the open span of gi, if any, and returns its row or -1. */
  #close(t: number, gi: number, how: number): number {
    const state = this.#state[gi]!;
    if (state === 0) return -1;
    this.#state[gi] = 0;
    this.#series.leave(t, state, this.#fresh[gi] === 1);
    const s = this.#spans;
    const row = s.add(state, this.#since[gi]!, t, gi, this.#onM[gi]!, -1);
    s.how[row] = state === SpanKind.Runnable ? this.#how[gi]! : how;
    s.reason[row] = state === SpanKind.Runnable ? 0 : this.#reason[gi]!;
    if (state === SpanKind.Runnable) {
      s.by[row] = this.#by[gi]!;
      s.byM[row] = this.#byM[gi]!;
    }
    s.follow(row, this.#lastSpan[gi]!);
    this.#lastSpan[gi] = row;
    this.#reason[gi] = 0;
    return row;
  }

  #setName(gi: number, m: number, id: number): void {
    const text = this.#ev.strings.get(m)?.[id] ?? "";
    let known = this.#names.get(text);
    if (known === undefined) {
      known = this.#names.size;
      this.#names.set(text, known);
    }
    this.#nameId[gi] = known;
  }
}

// What the viewer shows of one trace: viewport, rows, selection. No DOM: the element draws it, the keys change it.

import { type Analysis, analyse } from "../analyse.ts";
import { spanAt } from "../explain.ts";
import { SpanKind } from "../span-table.ts";
import { goLane, type Lane, type Timeline } from "../timeline.ts";
import type { Trace } from "../trace.ts";
import { wakerRun } from "./details.ts";
import { LaneIndex } from "./lane-index.ts";
import { slotsOf } from "./legend.ts";
import { type Indexes, indexes, type LaneRow, layout, type Row } from "./rows.ts";
import { show, type Viewport, whole } from "./viewport.ts";

const MAX_GOROUTINES = 40;

/** The state of one opened trace. */
export class ViewState {
  readonly trace: Trace;
  readonly timeline: Timeline;
  readonly figures: Analysis;
  readonly indexes: Indexes;
  readonly #slot: (nameId: number) => number;
  readonly #goLanes: Map<number, LaneIndex> = new Map();
  rows: readonly Row[] = [];
  height = 0;
  view: Viewport;
  selected = -1;
  activeRow = -1;
  goroutines = false;

  constructor(trace: Trace) {
    this.trace = trace;
    this.timeline = trace.timeline;
    this.figures = analyse(trace);
    const slots = slotsOf(this.timeline.goroutines.names, this.figures.sites);
    this.#slot = (nameId) => slots[nameId]!;
    this.indexes = indexes(this.timeline, this.#slot);
    this.view = whole(this.timeline.start, this.timeline.end);
    this.layout();
  }

  /** Lays the rows out again after the selection or the choice of goroutine lanes changed. */
  layout(): void {
    const lane = this.activeLane()?.index.lane;
    const gs = this.#goroutinesShown();
    const total = this.timeline.goroutines.count - 1;
    const note = this.goroutines
      ? `the ${gs.length} of ${total.toLocaleString("en-US")} that ran longest`
      : "the selected one: its whole life";
    const { rows, height } = layout(this.timeline, this.indexes, gs, note);
    this.rows = rows;
    this.height = height;
    this.activeRow = lane === undefined ? -1 : this.rowOf(lane);
  }

  activeLane(): LaneRow | undefined {
    const row = this.rows[this.activeRow];
    return row?.kind === "lane" ? row : undefined;
  }

  /** Lanes on screen, for the tables. */
  lanes(): Lane[] {
    return this.rows.flatMap((r) => (r.kind === "lane" ? [r.index.lane] : []));
  }

  rowOf(lane: { kind: string; id: number }): number {
    return this.rows.findIndex(
      (r) => r.kind === "lane" && r.index.lane.kind === lane.kind && r.index.lane.id === lane.id,
    );
  }

  /** Index of the row at a height, -1 if none. */
  rowAt(y: number): number {
    return this.rows.findIndex((r) => y >= r.y && y < r.y + r.h);
  }

  /** The span nearest to `time` in a row, no further away than `slack` ns; -1 if none. */
  spanNear(rowIndex: number, time: number, slack: number): number {
    const row = this.rows[rowIndex];
    if (row?.kind !== "lane") return -1;
    const exact = spanAt(this.timeline, row.index.lane, time);
    if (exact >= 0) return exact;
    const i = row.index.firstAfter(time - slack);
    const span = row.index.lane.spans[i];
    return span !== undefined && this.timeline.spans.start[span]! <= time + slack ? span : -1;
  }

  select(row: number): void {
    this.selected = row;
    this.layout();
    if (row < 0) return;
    const s = this.timeline.spans;
    const own = s.kind[row] === SpanKind.Runnable || s.kind[row] === SpanKind.Waiting;
    if (own) this.activeRow = this.rowOf({ kind: "g", id: this.timeline.goroutines.id[s.g[row]!]! });
    else if (this.activeLane() === undefined) this.activeRow = this.rowOf({ kind: "m", id: s.m[row]! });
    this.reveal();
  }

  /** Moves the viewport, if need be, so that the selection is in it. */
  reveal(): void {
    const s = this.timeline.spans;
    const [a, b] = [s.start[this.selected]!, s.end[this.selected]!];
    if (b >= this.view.start && a <= this.view.end) return;
    const half = (this.view.end - this.view.start) / 2;
    this.view = show(this.view, (a + b) / 2 - half, (a + b) / 2 + half);
  }

  /** The viewport that shows the selection with some room. */
  focused(): Viewport {
    if (this.selected < 0) return whole(this.view.min, this.view.max);
    const s = this.timeline.spans;
    const length = Math.max(1_000, s.end[this.selected]! - s.start[this.selected]!);
    return show(this.view, s.start[this.selected]! - length, s.end[this.selected]! + length);
  }

  /** Selects the span `by` places further in the active lane, or the first in view. */
  step(by: 1 | -1): void {
    const lane = this.activeLane() ?? this.#firstLane();
    if (lane === undefined) return;
    const { spans } = lane.index.lane;
    const at = spans.indexOf(this.selected);
    const to = at < 0 ? lane.index.firstAfter(this.view.start) : at + by;
    const row = spans[to];
    if (row !== undefined) this.select(row);
  }

  moveLane(by: 1 | -1): void {
    for (let i = this.activeRow + by; i >= -1 && i < this.rows.length; i += by) {
      if (this.rows[i]?.kind !== "lane") continue;
      this.activeRow = i;
      return;
    }
  }

  follow(): void {
    const to = this.selected < 0 ? -1 : wakerRun(this.timeline, this.selected);
    if (to >= 0) this.select(to);
  }

  #firstLane(): LaneRow | undefined {
    this.activeRow = this.rows.findIndex((r) => r.kind === "lane");
    return this.activeLane();
  }

  #goroutinesShown(): LaneIndex[] {
    const gi = this.selected < 0 ? 0 : this.timeline.spans.g[this.selected]!;
    if (!this.goroutines) return gi === 0 ? [] : [this.#goLane(gi)];
    const longest = this.#longest();
    return (gi === 0 || longest.includes(gi) ? longest : [gi, ...longest]).map((g) => this.#goLane(g));
  }

  #longest(): number[] {
    const { spans, goroutines } = this.timeline;
    const run = new Float64Array(goroutines.count);
    for (let i = 0; i < spans.count; i++) {
      if (spans.kind[i] === SpanKind.Running) run[spans.g[i]!]! += spans.end[i]! - spans.start[i]!;
    }
    const order = Array.from({ length: goroutines.count - 1 }, (_, i) => i + 1).sort((a, b) => run[b]! - run[a]!);
    return order.slice(0, MAX_GOROUTINES);
  }

  #goLane(gi: number): LaneIndex {
    let index = this.#goLanes.get(gi);
    if (index === undefined) {
      index = new LaneIndex(this.timeline, goLane(this.timeline, gi), this.#slot);
      this.#goLanes.set(gi, index);
    }
    return index;
  }
}

// What stands where on the canvas: titles, lanes and graphs from top to bottom.

import { percent } from "../format.ts";
import type { Lane, Timeline } from "../timeline.ts";
import { LaneIndex } from "./lane-index.ts";
import { StepIndex } from "./step-index.ts";

/** A strip of the canvas. */
export type Row =
  | { readonly kind: "title"; readonly y: number; readonly h: number; readonly text: string; readonly note: string }
  | { readonly kind: "lane"; readonly y: number; readonly h: number; readonly index: LaneIndex; readonly sub: string }
  | {
      readonly kind: "graph";
      readonly y: number;
      readonly h: number;
      readonly label: string;
      readonly all: StepIndex;
      readonly part: StepIndex | null;
    };

export type LaneRow = Extract<Row, { kind: "lane" }>;

export const RULER_H = 26;
const TITLE_H = 26;
const LANE_H = 34;
const G_LANE_H = 24;
const GRAPH_H = 56;
const GAP = 4;

/** Index structures of a timeline that outlive a change of rows. */
export interface Indexes {
  readonly ps: readonly LaneIndex[];
  readonly ms: readonly LaneIndex[];
  readonly runnable: StepIndex;
  readonly fresh: StepIndex;
  readonly waiting: StepIndex;
}

/** Builds the indexes. `slot` gives the colour slot of a function. */
export function indexes(t: Timeline, slot: (nameId: number) => number): Indexes {
  const series = (key: string): StepIndex => new StepIndex(t.series.find((s) => s.key === key)!);
  const lanes = (all: readonly Lane[]): LaneIndex[] => all.map((lane) => new LaneIndex(t, lane, slot));
  return {
    ps: lanes(t.ps),
    ms: lanes(t.ms),
    runnable: series("runnable"),
    fresh: series("fresh"),
    waiting: series("waiting"),
  };
}

/** Lays the rows out; `gs` are the goroutine lanes asked for, `note` says which they are. */
export function layout(
  t: Timeline,
  ix: Indexes,
  gs: readonly LaneIndex[],
  note: string,
): { rows: Row[]; height: number } {
  const rows: Row[] = [];
  let y = RULER_H;
  const title = (text: string, words: string): void => {
    rows.push({ kind: "title", y, h: TITLE_H, text, note: words });
    y += TITLE_H;
  };
  const lanes = (all: readonly LaneIndex[], h: number, sub: (l: Lane) => string): void => {
    for (const index of all) {
      rows.push({ kind: "lane", y, h, index, sub: sub(index.lane) });
      y += h + GAP;
    }
  };
  const graph = (label: string, whole: StepIndex, part: StepIndex | null): void => {
    rows.push({ kind: "graph", y, h: GRAPH_H, label, all: whole, part });
    y += GRAPH_H + GAP;
  };
  title("Processors", "the right to run: one goroutine at a time on each");
  lanes(ix.ps, LANE_H, (l) => `busy ${percent(busyShare(t, l))}`);
  title("Threads", "operating system threads, each with its own JavaScript");
  lanes(ix.ms, LANE_H, (l) => l.label.split(" ")[1] ?? "");
  title("Queue", "goroutines that could run and wait for their turn; below, those that wait for something");
  graph("runnable", ix.runnable, ix.fresh);
  graph("waiting", ix.waiting, null);
  // Last, so that selecting a span moves nothing under the pointer.
  if (gs.length > 0) {
    title("Goroutines", note);
    lanes(gs, G_LANE_H, () => "");
  }
  return { rows, height: y };
}

/** The share of the trace in which a lane ran goroutines. */
export function busyShare(t: Timeline, lane: Lane): number {
  let run = 0;
  for (const row of lane.spans) if (t.spans.kind[row] === 1) run += t.spans.end[row]! - t.spans.start[row]!;
  return t.end > t.start ? run / (t.end - t.start) : 0;
}

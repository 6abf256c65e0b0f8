// The selected span in words first, then in numbers, with ways on from it.

import { explain, goName, spanAt } from "../explain.ts";
import { moment, ns } from "../format.ts";
import { SpanHow, SpanKind } from "../span-table.ts";
import type { Timeline } from "../timeline.ts";

const STATE: Readonly<Record<number, string>> = {
  [SpanKind.Running]: "Running",
  [SpanKind.Runnable]: "Runnable",
  [SpanKind.Waiting]: "Waiting",
  [SpanKind.Spinning]: "Searching for work",
  [SpanKind.Parked]: "Asleep",
  [SpanKind.HostLoop]: "In the host's event loop",
  [SpanKind.Lost]: "Lost",
};

/** The word for a span's state. */
export function stateName(kind: number): string {
  return STATE[kind] ?? "";
}

/** The run during which a runnable or running span's goroutine was woken or started, or -1. */
export function wakerRun(t: Timeline, row: number): number {
  const s = t.spans;
  const runnable = s.kind[row] === SpanKind.Running ? s.prev[row]! : row;
  if (runnable < 0 || s.kind[runnable] !== SpanKind.Runnable || s.by[runnable] === 0) return -1;
  const lane = t.ms.find((l) => l.id === s.byM[runnable]);
  if (lane === undefined) return -1;
  const at = spanAt(t, lane, s.start[runnable]!);
  return at >= 0 ? at : spanAt(t, lane, s.start[runnable]! - 1);
}

/** Fills `into` for a span, or empties it for -1. `go` selects another span, `focus` zooms to this one. */
export function showDetails(
  into: HTMLElement,
  t: Timeline,
  row: number,
  go: (row: number) => void,
  focus: () => void,
): void {
  into.replaceChildren();
  into.hidden = row < 0;
  if (row < 0) return;
  const s = t.spans;
  const [first, ...rest] = explain(t, row);
  into.append(el("p", "lead", first ?? ""));
  for (const line of rest) into.append(el("p", "", line));
  const facts = el("dl", "facts");
  const fact = (term: string, value: string): void => facts.append(pair(term, value));
  fact("State", stateName(s.kind[row]!));
  fact("From", moment(s.start[row]! - t.start, 1_000));
  fact("Length", ns(s.end[row]! - s.start[row]!));
  if (s.m[row]! >= 0) fact("Thread", `M${s.m[row]}`);
  if (s.p[row]! >= 0) fact("Processor", `P${s.p[row]}`);
  if (s.g[row]! > 0) {
    fact("Goroutine", goName(t, s.g[row]!));
    fact("Started by", goName(t, t.goroutines.parent[s.g[row]!]!));
  }
  into.append(facts);
  const ways = el("div", "ways");
  const way = (label: string, to: number): void => {
    if (to >= 0) ways.append(button(label, () => go(to)));
  };
  const runnable = s.kind[row] === SpanKind.Running ? s.prev[row]! : row;
  way(s.how[runnable] === SpanHow.Created ? "Go to who started it" : "Go to who woke it", wakerRun(t, row));
  if (s.g[row]! > 0) {
    way("Before", s.prev[row]!);
    way("After", s.next[row]!);
  }
  ways.append(
    button("Zoom to it", focus),
    button("Close", () => go(-1)),
  );
  into.append(ways);
}

function el(tag: string, cls: string, text = ""): HTMLElement {
  const e = document.createElement(tag);
  if (cls !== "") e.className = cls;
  e.textContent = text;
  return e;
}

function pair(term: string, value: string): HTMLElement {
  const box = el("div", "");
  box.append(el("dt", "", term), el("dd", "", value));
  return box;
}

function button(label: string, click: () => void): HTMLButtonElement {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = label;
  b.addEventListener("click", click);
  return b;
}

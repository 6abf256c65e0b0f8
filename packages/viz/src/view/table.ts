// The timeline as tables, for screen readers and for those who would rather read.

import { goName } from "../explain.ts";
import { moment, ns, number, percent } from "../format.ts";
import type { Lane, Timeline } from "../timeline.ts";
import { stateName } from "./details.ts";
import { busyShare } from "./rows.ts";
import type { Viewport } from "./viewport.ts";

const MAX_ROWS = 200;

/** Fills `into` with a table of the lanes and one of the spans in view. */
export function showTables(
  into: HTMLElement,
  t: Timeline,
  v: Viewport,
  lanes: readonly Lane[],
  go: (row: number) => void,
): void {
  const lanesRows = lanes.map((lane) => [lane.label, percent(busyShare(t, lane)), number(lane.spans.length)]);
  const spans = inView(t, v, lanes);
  const spanRows = spans.slice(0, MAX_ROWS).map(({ lane, row }) => {
    const s = t.spans;
    const who = s.g[row]! > 0 ? goName(t, s.g[row]!) : "";
    return [
      lane.label,
      moment(s.start[row]! - t.start, 1_000),
      ns(s.end[row]! - s.start[row]!),
      stateName(s.kind[row]!),
      who,
    ];
  });
  const caption =
    spans.length > MAX_ROWS
      ? `First ${MAX_ROWS} of ${number(spans.length)} spans in view; zoom in to see the others`
      : `The ${number(spans.length)} spans in view`;
  into.replaceChildren(
    table("Lanes", ["Lane", "Busy", "Spans"], lanesRows),
    table(caption, ["Lane", "From", "Length", "State", "Goroutine"], spanRows, (i) => go(spans[i]!.row)),
  );
}

function inView(t: Timeline, v: Viewport, lanes: readonly Lane[]): { lane: Lane; row: number }[] {
  const found: { lane: Lane; row: number }[] = [];
  for (const lane of lanes) {
    for (const row of lane.spans)
      if (t.spans.end[row]! > v.start && t.spans.start[row]! < v.end) found.push({ lane, row });
  }
  return found.sort((a, b) => t.spans.start[a.row]! - t.spans.start[b.row]!);
}

function table(
  title: string,
  head: readonly string[],
  rows: readonly string[][],
  go?: (i: number) => void,
): HTMLElement {
  const el = document.createElement("table");
  el.createCaption().textContent = title;
  const headRow = el.createTHead().insertRow();
  for (const text of head) {
    const th = document.createElement("th");
    th.scope = "col";
    th.textContent = text;
    headRow.append(th);
  }
  const body = el.createTBody();
  rows.forEach((cells, i) => {
    const tr = body.insertRow();
    cells.forEach((text, column) => {
      const cell = column === 0 ? document.createElement("th") : document.createElement("td");
      if (column === 0) (cell as HTMLTableCellElement).scope = "row";
      if (column === 4 && go !== undefined && text !== "") {
        const b = document.createElement("button");
        b.type = "button";
        b.textContent = text;
        b.addEventListener("click", () => go(i));
        cell.append(b);
      } else cell.textContent = text;
      tr.append(cell);
    });
  });
  const box = document.createElement("div");
  box.className = "scroll";
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", title);
  box.append(el);
  return box;
}

// Everything on the main canvas that is not a lane: ruler, titles, graphs, selection, arrows, cursor.

import { moment, number } from "../format.ts";
import { SpanHow, SpanKind } from "../span-table.ts";
import { paintLane } from "./paint-lanes.ts";
import { type Row, RULER_H } from "./rows.ts";
import { LEFT, type Scene, xOf } from "./scene.ts";
import { ticks } from "./viewport.ts";

const FONT = "11px ui-sans-serif, system-ui, sans-serif";
const TITLE_FONT = "600 11px ui-sans-serif, system-ui, sans-serif";
const MAX_ARROWS = 40;

/** Paints a whole frame. */
export function paintFrame(s: Scene): void {
  const { ctx, theme } = s;
  ctx.setTransform(s.dpr, 0, 0, s.dpr, 0, 0);
  ctx.fillStyle = theme.ground;
  ctx.fillRect(0, 0, s.width, s.height);
  paintRuler(s);
  s.rows.forEach((row, i) => {
    if (row.kind === "title") paintTitle(s, row);
    else if (row.kind === "lane") paintLane(s, row, i === s.activeRow);
    else paintGraph(s, row);
  });
  paintSelection(s);
  paintCursor(s);
}

function paintRuler(s: Scene): void {
  const { step, times } = ticks(s.view, (s.width - s.gutter) / 90);
  const { ctx, theme } = s;
  ctx.font = FONT;
  ctx.textBaseline = "middle";
  for (const t of times) {
    const x = Math.round(xOf(s, t)) + 0.5;
    ctx.globalAlpha = 0.55;
    ctx.strokeStyle = theme.line;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x, RULER_H - 6);
    ctx.lineTo(x, s.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const text = t === s.view.min ? "0" : moment(t - s.view.min, step);
    if (x + 4 + text.length * 6 > s.width) continue;
    ctx.fillStyle = theme.soft;
    ctx.fillText(text, x + 4, RULER_H / 2 - 1);
  }
}

function paintTitle(s: Scene, row: Extract<Row, { kind: "title" }>): void {
  const { ctx, theme } = s;
  const y = row.y + row.h / 2 + 3;
  ctx.textBaseline = "middle";
  ctx.font = TITLE_FONT;
  ctx.fillStyle = theme.ink;
  ctx.fillText(row.text, LEFT, y);
  const after = Math.max(s.gutter, LEFT + ctx.measureText(row.text).width + 12);
  ctx.font = FONT;
  ctx.fillStyle = theme.soft;
  ctx.fillText(clipText(ctx, row.note, s.width - after - 8), after, y);
}

function clipText(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 0 && ctx.measureText(`${text.slice(0, n)}…`).width > width) n -= 2;
  return n > 4 ? `${text.slice(0, n).trimEnd()}…` : "";
}

function paintGraph(s: Scene, row: Extract<Row, { kind: "graph" }>): void {
  const { ctx, theme } = s;
  const width = s.width - s.gutter;
  ctx.fillStyle = theme.lane;
  ctx.fillRect(s.gutter, row.y, width, row.h);
  const max = Math.max(1, row.all.maxIn(s.view.start, s.view.end));
  const colour = row.label === "runnable" ? theme.runnable : theme.waiting;
  const room = row.h - 6;
  area(s, row.y + row.h, room / max, row.all, colour, 0.5);
  if (row.part !== null) area(s, row.y + row.h, room / max, row.part, colour, 1);
  ctx.textBaseline = "middle";
  ctx.font = TITLE_FONT;
  ctx.fillStyle = theme.ink;
  ctx.fillText(row.label, LEFT, row.y + row.h / 2 - 7);
  ctx.font = FONT;
  ctx.fillStyle = theme.soft;
  const at = Number.isNaN(s.cursor) ? `max ${number(max)}` : `${number(row.all.at(s.cursor))} of ${number(max)}`;
  ctx.fillText(at, LEFT, row.y + row.h / 2 + 8);
}

function area(
  s: Scene,
  base: number,
  scale: number,
  steps: { maxIn(a: number, b: number): number },
  colour: string,
  alpha: number,
): void {
  const { ctx } = s;
  const perPx = (s.view.end - s.view.start) / (s.width - s.gutter);
  ctx.beginPath();
  ctx.moveTo(s.gutter, base);
  for (let x = 0; x < s.width - s.gutter; x++) {
    const t = s.view.start + x * perPx;
    const y = base - steps.maxIn(t, t + perPx) * scale;
    ctx.lineTo(s.gutter + x, y);
    ctx.lineTo(s.gutter + x + 1, y);
  }
  ctx.lineTo(s.width, base);
  ctx.closePath();
  ctx.globalAlpha = alpha * 0.55;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.25;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function paintSelection(s: Scene): void {
  if (s.selected < 0) return;
  const { ctx, theme, timeline } = s;
  const { spans } = timeline;
  ctx.save();
  ctx.beginPath();
  ctx.rect(s.gutter, 0, s.width - s.gutter, s.height);
  ctx.clip();
  for (const row of s.rows) {
    if (row.kind !== "lane" || !laneShows(s, row.index.lane, s.selected)) continue;
    const x1 = xOf(s, spans.start[s.selected]!);
    const w = Math.max(3, xOf(s, spans.end[s.selected]!) - x1);
    ctx.strokeStyle = theme.ground;
    ctx.lineWidth = 5;
    ctx.strokeRect(x1 - 1, row.y + 1, w + 2, row.h - 2);
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 2;
    ctx.strokeRect(x1 - 1, row.y + 1, w + 2, row.h - 2);
  }
  for (const a of arrowsOf(s, s.selected)) arrow(s, a);
  ctx.restore();
}

function laneShows(s: Scene, lane: { kind: string; id: number }, span: number): boolean {
  const { spans, goroutines } = s.timeline;
  if (lane.kind === "g") return spans.g[span] !== 0 && goroutines.id[spans.g[span]!] === lane.id;
  const own = spans.kind[span] === SpanKind.Runnable || spans.kind[span] === SpanKind.Waiting;
  return (
    !own &&
    (lane.kind === "p" ? spans.kind[span] === SpanKind.Running && spans.p[span] === lane.id : spans.m[span] === lane.id)
  );
}

interface Arrow {
  readonly fromM: number;
  readonly from: number;
  readonly toM: number;
  readonly to: number;
}

/** Wake and start arrows into a span and out of it. */
function arrowsOf(s: Scene, span: number): Arrow[] {
  const { spans } = s.timeline;
  const arrows: Arrow[] = [];
  const add = (runnable: number): void => {
    const run = spans.next[runnable]!;
    if (run < 0 || spans.kind[run] !== SpanKind.Running || spans.how[runnable]! < SpanHow.Created) return;
    arrows.push({
      fromM: spans.byM[runnable]!,
      from: spans.start[runnable]!,
      toM: spans.m[run]!,
      to: spans.start[run]!,
    });
  };
  const before =
    spans.kind[span] === SpanKind.Runnable
      ? span
      : spans.kind[span] === SpanKind.Running
        ? spans.prev[span]!
        : spans.next[span]!;
  if (before >= 0 && spans.kind[before] === SpanKind.Runnable) add(before);
  if (spans.kind[span] !== SpanKind.Running) return arrows;
  for (let i = 0; i < spans.count && arrows.length < MAX_ARROWS; i++) {
    if (spans.by[i] !== spans.g[span] || spans.kind[i] !== SpanKind.Runnable) continue;
    if (spans.start[i]! >= spans.start[span]! && spans.start[i]! <= spans.end[span]!) add(i);
  }
  return arrows;
}

function arrow(s: Scene, a: Arrow): void {
  const lane = (m: number): Row | undefined =>
    s.rows.find((r) => r.kind === "lane" && r.index.lane.kind === "m" && r.index.lane.id === m);
  const from = lane(a.fromM);
  const to = lane(a.toM);
  if (from === undefined || to === undefined) return;
  const { ctx, theme } = s;
  const [x1, y1] = [xOf(s, a.from), from.y + from.h / 2];
  const [x2, y2] = [xOf(s, a.to), to.y + to.h / 2];
  const bend = from === to ? -26 : 0;
  ctx.lineCap = "round";
  for (const [colour, width] of [
    [theme.ground, 5],
    [theme.accent, 2],
  ] as const) {
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.bezierCurveTo(x1 + (x2 - x1) / 2, y1 + bend, x1 + (x2 - x1) / 2, y2 + bend, x2 - 5, y2);
    ctx.stroke();
  }
  ctx.beginPath();
  ctx.arc(x1, y1, 3.5, 0, 7);
  ctx.moveTo(x2, y2);
  ctx.lineTo(x2 - 8, y2 - 4.5);
  ctx.lineTo(x2 - 8, y2 + 4.5);
  ctx.fill();
}

function paintCursor(s: Scene): void {
  if (Number.isNaN(s.cursor)) return;
  const x = Math.round(xOf(s, s.cursor)) + 0.5;
  if (x < s.gutter) return;
  const { ctx, theme } = s;
  ctx.strokeStyle = theme.accent;
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x, RULER_H - 6);
  ctx.lineTo(x, s.height);
  ctx.stroke();
  ctx.globalAlpha = 1;
  const text = moment(s.cursor - s.view.min, (s.view.end - s.view.start) / 1000);
  ctx.font = TITLE_FONT;
  const w = ctx.measureText(text).width + 10;
  const left = Math.min(x - w / 2, s.width - w - 2);
  ctx.fillStyle = theme.accent;
  ctx.beginPath();
  ctx.roundRect(Math.max(s.gutter, left), 3, w, 17, 4);
  ctx.fill();
  ctx.fillStyle = theme.ground;
  ctx.fillText(text, Math.max(s.gutter, left) + 5, 12);
}

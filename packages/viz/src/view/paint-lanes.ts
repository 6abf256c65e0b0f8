// Lanes on the canvas: crowded ones as pixels, others span by span with pattern and name.

import { goName } from "../explain.ts";
import { SpanKind } from "../span-table.ts";
import { CLASSES, Class, type LaneIndex } from "./lane-index.ts";
import { pixel, type RasterColours, rasterLane } from "./raster.ts";
import type { LaneRow } from "./rows.ts";
import { LEFT, type Scene, xOf } from "./scene.ts";
import { classColour } from "./theme.ts";

const LABEL_FONT = "600 12px ui-sans-serif, system-ui, sans-serif";
const SUB_FONT = "11px ui-sans-serif, system-ui, sans-serif";
const SPAN_FONT = "500 11px ui-sans-serif, system-ui, sans-serif";
const RESTING: ReadonlySet<number> = new Set([Class.HostLoop, Class.Waiting]);
/** Mean width of a character of SPAN_FONT, to decide without measuring. */
const CHAR = 6.1;

/** Paints one lane and its label. */
export function paintLane(s: Scene, row: LaneRow, active: boolean): void {
  const { ctx, theme } = s;
  ctx.fillStyle = theme.lane;
  ctx.fillRect(s.gutter, row.y, s.width - s.gutter, row.h);
  label(s, row, active);
  ctx.save();
  ctx.beginPath();
  ctx.rect(s.gutter, row.y, s.width - s.gutter, row.h);
  ctx.clip();
  const crowded = row.index.countIn(s.view.start, s.view.end) > (s.width - s.gutter) / 3;
  if (crowded) paintPixels(s, row);
  else {
    paintHeld(s, row);
    paintSpans(s, row);
  }
  ctx.restore();
}

function label(s: Scene, row: LaneRow, active: boolean): void {
  const { ctx, theme } = s;
  const lane = row.index.lane;
  if (active) {
    ctx.fillStyle = theme.held;
    ctx.fillRect(0, row.y, s.gutter - 6, row.h);
    ctx.fillStyle = theme.accent;
    ctx.fillRect(0, row.y, 3, row.h);
  }
  const name = lane.kind === "g" ? lane.label : lane.label.split(" ")[0]!;
  const roomy = row.sub !== "" && row.h >= 30;
  ctx.textBaseline = "middle";
  ctx.fillStyle = theme.ink;
  ctx.font = LABEL_FONT;
  ctx.fillText(laneName(ctx, name, s.gutter - LEFT - 6), LEFT, row.y + (roomy ? row.h / 2 - 7 : row.h / 2));
  if (!roomy) return;
  ctx.fillStyle = theme.soft;
  ctx.font = SUB_FONT;
  ctx.fillText(row.sub, LEFT, row.y + row.h / 2 + 8);
}

/** `G371 countWords` as far as it fits; only `G371` where hardly more would. */
function laneName(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  const id = text.indexOf(" ");
  let n = text.length - 1;
  while (n > id + 3 && ctx.measureText(`${text.slice(0, n)}…`).width > width) n--;
  return n > id + 3 ? `${text.slice(0, n)}…` : text.slice(0, id < 0 ? n : id);
}

/** Where a P is held by some M, if or not a goroutine runs. */
function paintHeld(s: Scene, row: LaneRow): void {
  const { held } = row.index.lane;
  s.ctx.fillStyle = s.theme.held;
  for (let i = 0; i < held.length; i += 2) {
    const x1 = xOf(s, held[i]!);
    const x2 = xOf(s, held[i + 1]!);
    if (x2 >= s.gutter && x1 <= s.width) s.ctx.fillRect(x1, row.y + row.h - 4, Math.max(1, x2 - x1), 4);
  }
}

function paintPixels(s: Scene, row: LaneRow): void {
  const x0 = Math.round(s.gutter * s.dpr);
  const width = Math.round(s.width * s.dpr) - x0;
  const height = Math.round(row.h * s.dpr);
  if (width <= 0) return;
  const image = s.ctx.createImageData(width, height);
  const colours: RasterColours = {
    classes: Uint32Array.from({ length: CLASSES }, (_, c) => pixel(classColour(s.theme, c))),
    ground: pixel(s.theme.lane),
    resting: RESTING,
  };
  const perColumn = (s.view.end - s.view.start) / width;
  rasterLane(row.index, s.view.start, perColumn, width, height, colours, new Uint32Array(image.data.buffer));
  s.ctx.putImageData(image, x0, Math.round(row.y * s.dpr));
}

function paintSpans(s: Scene, row: LaneRow): void {
  const { spans } = s.timeline;
  const lane = row.index.lane;
  let lastText = Number.NEGATIVE_INFINITY;
  for (let i = row.index.firstAfter(s.view.start); i < lane.spans.length; i++) {
    const span = lane.spans[i]!;
    if (spans.start[span]! >= s.view.end) break;
    const x1 = Math.max(s.gutter - 4, xOf(s, spans.start[span]!));
    const x2 = Math.min(s.width + 4, xOf(s, spans.end[span]!));
    const w = Math.max(1, x2 - x1 - (x2 - x1 > 4 ? 1 : 0));
    paintSpan(s, row, row.index, i, x1, w);
    if (w > 5 * CHAR && x1 > lastText) lastText = paintText(s, row, span, row.index.cls[i]!, x1, w);
  }
}

function paintSpan(s: Scene, row: LaneRow, index: LaneIndex, i: number, x: number, w: number): void {
  const { ctx, theme, patterns } = s;
  const cls = index.cls[i]!;
  const y = row.y + 3;
  const h = row.h - 6;
  const mid = row.y + row.h / 2;
  switch (s.timeline.spans.kind[index.lane.spans[i]!]) {
    case SpanKind.Running:
      block(ctx, x, y, w, h, classColour(theme, cls));
      if (w > 8) block(ctx, x, y, w, h, patterns.slot(theme, cls));
      return;
    case SpanKind.Runnable:
      block(ctx, x, y + h / 4, w, h / 2, w > 6 ? patterns.stripes(theme.runnable) : theme.runnable);
      return;
    case SpanKind.Waiting:
      dashes(ctx, x, mid, w, theme.waiting, [4, 3]);
      return;
    case SpanKind.Spinning:
      block(ctx, x, y + h / 4, w, h / 2, w > 6 ? patterns.dots(theme.spinning) : theme.spinning);
      return;
    case SpanKind.HostLoop:
      ctx.fillStyle = theme.hostLoop;
      ctx.fillRect(x, mid - 1, w, 2);
      return;
    case SpanKind.Parked:
      dashes(ctx, x, mid, w, theme.line, [1, 4]);
      return;
    default:
      block(ctx, x, y, w, h, w > 6 ? patterns.stripes(theme.lost) : theme.lost);
  }
}

function block(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  fill: string | CanvasPattern | null,
): void {
  if (fill === null) return;
  ctx.fillStyle = fill;
  if (w < 6) {
    ctx.fillRect(x, y, w, h);
    return;
  }
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, 3);
  ctx.fill();
}

function dashes(ctx: CanvasRenderingContext2D, x: number, y: number, w: number, colour: string, dash: number[]): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + w, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** The name inside a span; returns where it ends. */
function paintText(s: Scene, row: LaneRow, span: number, cls: number, x: number, w: number): number {
  const { ctx, theme, timeline } = s;
  const kind = timeline.spans.kind[span];
  const onFill = kind === SpanKind.Running;
  if (!onFill && kind !== SpanKind.Waiting && kind !== SpanKind.Parked) return Number.NEGATIVE_INFINITY;
  const full = onFill
    ? spanName(s, row, span)
    : kind === SpanKind.Parked
      ? "asleep"
      : (timeline.reasons[timeline.spans.reason[span]!] ?? "");
  const from = Math.max(x, s.gutter) + 6;
  const room = Math.floor((x + w - from - 4) / CHAR);
  const id = full.slice(0, full.indexOf(" "));
  const text = full.length <= room ? full : onFill && id.length <= room ? id : "";
  if (text.length < 2) return Number.NEGATIVE_INFINITY;
  ctx.font = SPAN_FONT;
  ctx.textBaseline = "middle";
  const mid = row.y + row.h / 2 + 0.5;
  const width = ctx.measureText(text).width;
  ctx.fillStyle = onFill ? classColour(theme, cls) : theme.lane;
  ctx.fillRect(from - 3, mid - 8, width + 6, 16);
  ctx.fillStyle = onFill ? theme.onFill : theme.soft;
  ctx.fillText(text, from, mid);
  return from + width;
}

function spanName(s: Scene, row: LaneRow, span: number): string {
  if (row.index.lane.kind === "g")
    return s.timeline.spans.p[span]! >= 0 ? `P${s.timeline.spans.p[span]}` : `M${s.timeline.spans.m[span]}`;
  return goName(s.timeline, s.timeline.spans.g[span]!);
}

// The whole trace in a strip, with a window that shows, and moves, what the lanes show.

import { CLASSES, type LaneIndex } from "./lane-index.ts";
import { pixel } from "./raster.ts";
import { classColour, type Theme } from "./theme.ts";
import type { Viewport } from "./viewport.ts";

/** The strip as an image: all Ps' work, stacked by function. */
export function minimapImage(
  ps: readonly LaneIndex[],
  v: Viewport,
  theme: Theme,
  width: number,
  height: number,
): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(pixel(theme.lane));
  const perColumn = (v.max - v.min) / width;
  const total = new Float64Array(width * CLASSES);
  for (const p of ps) {
    p.sweep(v.min, perColumn, width, (x, shares) => {
      for (let c = 0; c < CLASSES; c++) total[x * CLASSES + c]! += shares[c]! / ps.length;
    });
  }
  const colours = Array.from({ length: CLASSES }, (_, c) => pixel(classColour(theme, c)));
  for (let x = 0; x < width; x++) {
    let filled = 0;
    let y = height;
    for (let c = 0; c < CLASSES; c++) {
      filled += total[x * CLASSES + c]!;
      const top = height - Math.min(height, Math.round(filled * (height - 2)));
      while (y > top) pixels[--y * width + x] = colours[c]!;
    }
  }
  return image;
}

/** Dims what is outside the window and draws its frame. */
export function paintWindow(
  ctx: CanvasRenderingContext2D,
  v: Viewport,
  theme: Theme,
  width: number,
  height: number,
): void {
  const x1 = ((v.start - v.min) / (v.max - v.min)) * width;
  const x2 = Math.max(x1 + 6, ((v.end - v.min) / (v.max - v.min)) * width);
  ctx.globalAlpha = 0.72;
  ctx.fillStyle = theme.ground;
  ctx.fillRect(0, 0, x1, height);
  ctx.fillRect(x2, 0, width - x2, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 2;
  ctx.strokeRect(Math.max(1, x1), 1, Math.min(width - 1, x2) - Math.max(1, x1), height - 2);
}

// A crowded lane as pixels: each column is a stack whose heights are the shares of time. Pure, so it runs in tests.

import { CLASSES, type LaneIndex } from "./lane-index.ts";

/** Colours as 32-bit pixels (ABGR), by class; `ground` where nothing is. */
export interface RasterColours {
  readonly classes: Uint32Array;
  readonly ground: number;
  /** Classes that are states of rest: a line in the middle where nothing else is, not a part of the stack. */
  readonly resting: ReadonlySet<number>;
}

/** Fills `pixels` (width x height, row by row) with the lane from time a on, `nsPerColumn` per column. */
export function rasterLane(
  index: LaneIndex,
  a: number,
  nsPerColumn: number,
  width: number,
  height: number,
  colours: RasterColours,
  pixels: Uint32Array,
): void {
  pixels.fill(colours.ground, 0, width * height);
  const line = Math.max(1, Math.round(height / 18));
  const mid = Math.round((height - line) / 2);
  index.sweep(a, nsPerColumn, width, (column, shares) => {
    let filled = 0;
    let y = height;
    for (const c of colours.resting) {
      if (shares[c]! < 0.5) continue;
      for (let i = 0; i < line; i++) pixels[(mid + i) * width + column] = colours.classes[c]!;
    }
    for (let c = 0; c < CLASSES; c++) {
      const share = shares[c]!;
      if (share <= 0 || colours.resting.has(c)) continue;
      filled += share;
      // Rounding the running total, not each part, keeps the height of a full column exact.
      const top = height - Math.min(height, Math.max(Math.round(filled * height), y < height ? 0 : 1));
      while (y > top) {
        y--;
        pixels[y * width + column] = colours.classes[c]!;
      }
    }
  });
}

/** `#rrggbb` as a pixel of little-endian RGBA image data. */
export function pixel(hex: string): number {
  const n = Number.parseInt(hex.slice(1), 16);
  return ((0xff << 24) | ((n & 0xff) << 16) | (n & 0xff00) | (n >>> 16)) >>> 0;
}

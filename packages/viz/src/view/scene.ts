// What the painters draw: one frame's worth of state, made by the viewer, changed by nobody.

import type { Timeline } from "../timeline.ts";
import type { Patterns } from "./patterns.ts";
import type { Row } from "./rows.ts";
import type { Theme } from "./theme.ts";
import type { Viewport } from "./viewport.ts";

/** Where the labels in the gutter begin. */
export const LEFT = 16;

export interface Scene {
  readonly ctx: CanvasRenderingContext2D;
  readonly timeline: Timeline;
  readonly theme: Theme;
  readonly patterns: Patterns;
  readonly view: Viewport;
  readonly rows: readonly Row[];
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly dpr: number;
  readonly selected: number;
  /** Row under the pointer, or with the keyboard's lane, -1 if none. */
  readonly activeRow: number;
  /** Time under the pointer, NaN if none. */
  readonly cursor: number;
}

/** CSS pixel of a time. */
export function xOf(s: Scene, time: number): number {
  return s.gutter + ((time - s.view.start) / (s.view.end - s.view.start)) * (s.width - s.gutter);
}

/** Time of a CSS pixel. */
export function timeAt(s: Scene, x: number): number {
  return s.view.start + ((x - s.gutter) / (s.width - s.gutter)) * (s.view.end - s.view.start);
}

// Which stretch of time is on screen. Pure: every change gives a new viewport.

/** `start` and `end` in ns, within the trace's `min` and `max`. */
export interface Viewport {
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly end: number;
}

/** The shortest stretch that can be shown: a tick over the whole width would be a wall of one colour. */
const MIN_SPAN_NS = 500;

/** All of the trace. */
export function whole(min: number, max: number): Viewport {
  const end = Math.max(max, min + 1);
  return { min, max: end, start: min, end };
}

/** Shows from start to end, kept inside the trace and no shorter than can be shown. */
export function show(v: Viewport, start: number, end: number): Viewport {
  const span = Math.min(v.max - v.min, Math.max(Math.min(MIN_SPAN_NS, v.max - v.min), end - start));
  const from = Math.min(Math.max(v.min, start), v.max - span);
  return { ...v, start: from, end: from + span };
}

/** Makes the shown stretch `factor` times as long, with `at` staying where it is. */
export function zoom(v: Viewport, factor: number, at: number): Viewport {
  const left = (at - v.start) / (v.end - v.start);
  const full = v.max - v.min;
  const span = Math.min(full, Math.max(Math.min(MIN_SPAN_NS, full), (v.end - v.start) * factor));
  return show(v, at - left * span, at - left * span + span);
}

/** Moves by a share of what is shown. */
export function pan(v: Viewport, share: number): Viewport {
  const by = (v.end - v.start) * share;
  return show(v, v.start + by, v.end + by);
}

/** Times for a ruler: round steps, about `wanted` of them. */
export function ticks(v: Viewport, wanted: number): { step: number; times: number[] } {
  const rough = (v.end - v.start) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10);
  const times: number[] = [];
  for (let t = Math.ceil((v.start - v.min) / step) * step; t <= v.end - v.min; t += step) times.push(v.min + t);
  return { step, times };
}

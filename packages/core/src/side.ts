// Side: what few goroutines have, kept out of G so that a parked one stays small.

import type { G } from "./g.ts";

export interface Side {
  reason: unknown;
  /** Host time at which operations stop working during unwinding. */
  budgetEnds: number;
  swallowed: number;
  site: string | undefined;
  onEnd: ((g: G) => void) | undefined;
}

/** The goroutine's side record, made when first needed. */
export function sideOf(g: G): Side {
  g.side ??= { reason: undefined, budgetEnds: 0, swallowed: 0, site: undefined, onEnd: undefined };
  return g.side;
}

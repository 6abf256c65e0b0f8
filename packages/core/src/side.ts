// Side: what few goroutines have, kept out of G so that a parked one stays small.

import type { Frame } from "./frame.ts";
import type { G } from "./g.ts";
import type { Timer } from "./timers.ts";

export interface Side {
  reason?: unknown;
  /** Host time at which operations stop working during unwinding. */
  budgetEnds: number;
  swallowed: number;
  /** The generators below G.gen, suspended in call(). */
  stack: Frame | null;
  site?: string | undefined;
  onEnd?: ((g: G) => void) | undefined;
  /** Its name, if it was given one. */
  label?: string | undefined;
  /** During unwinding: where the generator that was thrown into last will return to; what is called above is not unwound. */
  floor?: Frame | null | undefined;
  /** During unwinding: ends a wait that outlasts the budget. */
  budget?: Timer | null | undefined;
}

/** The innermost generator that g is suspended in by call(), if any. */
export function frameOf({ side }: G): Frame | null {
  return side === null ? null : side.stack;
}

/** The goroutine's side record, made when first needed. */
export function sideOf(g: G): Side {
  g.side ??= { budgetEnds: 0, swallowed: 0, stack: null };
  return g.side;
}

// Far goroutines: those that run here for a start record of another M (or of this one).

import type { G, Program, Side } from "@gr/core/internal";
import type { Handed } from "./handed.ts";
import * as n from "./numbers.ts";
import type { AnyPortable } from "./task-table.ts";

/** What the side record of such a goroutine says besides. */
export class FarSide implements Side {
  reason: unknown;
  budgetEnds: number;
  swallowed: number;
  stack: Side["stack"];
  site: string | undefined;
  onEnd: ((g: G) => void) | undefined;
  /** Its start record. */
  readonly record: number;
  /** Index in the table of those that run here. */
  readonly at: number;

  constructor(record: number, at: number, onEnd: (g: G) => void) {
    this.reason = undefined;
    this.budgetEnds = 0;
    this.swallowed = 0;
    this.stack = null;
    this.site = undefined;
    this.onEnd = onEnd;
    this.record = record;
    this.at = at;
  }
}

/** Scheduler side. Makes one, on no run queue. Whether its failure is somebody's is decided at home. */
export function makeFar(
  h: Handed,
  id: number,
  portable: AnyPortable,
  args: readonly unknown[],
  program: Program,
  parent: number,
  side: FarSide,
): G {
  const g = new h.G(id, portable.body, args, program, parent);
  g.flags = n.Fjoined;
  g.side = side;
  h.enlist(g);
  if (program.ending) g.cancel();
  return g;
}

/** How it ended, as GoEndWhy. */
export function howEnded({ flags }: G): number {
  if ((flags & n.Ffailed) !== 0) return n.Panic;
  if ((flags & n.Fcancelled) !== 0) return n.Cancelled;
  return (flags & n.Fgoexit) !== 0 ? n.Goexit : n.Return;
}

/** Those that run here, by index. */
export class FarTable {
  private readonly list: (G | null)[];
  private readonly free: number[];

  constructor() {
    this.list = [];
    this.free = [];
  }
  next(): number {
    return this.free.length > 0 ? (this.free[this.free.length - 1] as number) : this.list.length;
  }
  add(g: G, at: number): void {
    if (this.free.length > 0) this.free.pop();
    this.list[at] = g;
  }
  get(at: number): G | null {
    return this.list[at] ?? null;
  }
  remove(at: number): void {
    this.list[at] = null;
    this.free.push(at);
  }
}

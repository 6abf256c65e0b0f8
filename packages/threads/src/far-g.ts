// FarG: a goroutine that runs here for a start record of another M (or of this one).

import { enlist, Fcancelled, Ffailed, Fgoexit, Fjoined, G, GoEndWhy, type Program, type Side } from "@gr/core/internal";
import type { AnyPortable } from "./task-table.ts";

type End = (g: FarG) => void;

class FarSide implements Side {
  reason: unknown;
  budgetEnds: number;
  swallowed: number;
  site: string | undefined;
  onEnd: ((g: G) => void) | undefined;

  constructor(onEnd: End) {
    this.reason = undefined;
    this.budgetEnds = 0;
    this.swallowed = 0;
    this.site = undefined;
    this.onEnd = onEnd as (g: G) => void;
  }
}

export class FarG extends G {
  /** Its start record. */
  readonly record: number;
  /** Index in the table of those that run here. */
  readonly at: number;

  constructor(
    id: number,
    portable: AnyPortable,
    args: readonly unknown[],
    program: Program,
    parent: number,
    record: number,
    at: number,
    onEnd: End,
  ) {
    super(id, portable.body, args, program, parent);
    this.record = record;
    this.at = at;
    // Whether its failure is somebody's is decided at home.
    this.flags = Fjoined;
    this.side = new FarSide(onEnd);
    enlist(this);
    if (program.ending) this.cancel();
  }

  /** How it ended, as GoEndWhy. */
  get how(): number {
    const { flags } = this;
    if ((flags & Ffailed) !== 0) return GoEndWhy.Panic;
    if ((flags & Fcancelled) !== 0) return GoEndWhy.Cancelled;
    return (flags & Fgoexit) !== 0 ? GoEndWhy.Goexit : GoEndWhy.Return;
  }
}

/** Those that run here, by index. */
export class FarTable {
  private readonly list: (FarG | null)[];
  private readonly free: number[];

  constructor() {
    this.list = [];
    this.free = [];
  }
  next(): number {
    return this.free.length > 0 ? (this.free[this.free.length - 1] as number) : this.list.length;
  }
  add(g: FarG): void {
    if (this.free.length > 0) this.free.pop();
    this.list[g.at] = g;
  }
  get(at: number): FarG | null {
    return this.list[at] ?? null;
  }
  remove(g: FarG): void {
    this.list[g.at] = null;
    this.free.push(g.at);
  }
}

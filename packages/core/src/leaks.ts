// Leaks: a parked goroutine that neither a waker nor a handle can reach will never run again. The engine finds it.
//
// What.  Lets the engine collect such a goroutine, and says so: id, name, where it was started, what it waited for.
// Words. ghost: a row of a table with a weak reference to a goroutine and what a report needs.
// How.   A program holds its goroutines strongly at first, in a list through themselves. One that has been parked for
//        about a second is moved to the table, and registered with a finaliser that names its row: from then on only
//        its waker and its handle hold it. The row of one that has ended is empty, and its finaliser frees it.
// Invariants.
//   I1  A live goroutine is in its program's list or has a row, never both; Fweak says which, allprev is the row.
//   I2  A ghost holds nothing that could lead back to its goroutine: not the body, whose closure may hold the channel.
//   I3  A collected goroutine is reported once, and no longer counted.
// The hard part. Who else holds a parked goroutine? Its timer does, so one that sleeps is not registered; main is held
//        by its run. Nothing else of ours may: not the last callee, not the result object of the last operation.
// Rejected. Weak references from the start: 104 bytes and a microsecond for each goroutine, and most live shorter than
//        that. An unregister token: as much again, and it only saves a look at an empty row. An object per ghost: 50
//        bytes more than a row.
// Sources. Go's goroutine leak profile (go#191-193), which marks from those that can run.

import type { G } from "./g.ts";
import type * as flags from "./g-status.ts";
import type { Program } from "./program.ts";
import { waitReasonText } from "./wait-words.ts";

const Fweak: typeof flags.Fweak = 1024;

/** A goroutine as a leak report names it. */
export interface LeakedGoroutine {
  readonly id: number;
  readonly name: string;
  /** What it waited for, in Go's words. */
  readonly waitReason: string;
  /** Where it was started, if sites are recorded (GRDEBUG=sites=1). */
  readonly site: string | undefined;
}

/** What onLeak is told. */
export interface LeakReport {
  /** "unreachable": nobody could ever wake them, and they were collected. "unended": they outlived their run. */
  readonly kind: "unreachable" | "unended";
  readonly goroutines: readonly LeakedGoroutine[];
  /** The report as one text. */
  readonly text: string;
}

/** What is left of a goroutine that was collected. */
export interface Lost {
  readonly program: Program;
  readonly goroutine: LeakedGoroutine;
}

/** The ghosts of an isolate: one row of a table each, a million of them must be cheap. */
export class Ghosts {
  private readonly registry: FinalizationRegistry<number>;
  private readonly refs: (WeakRef<G> | null)[];
  private readonly programs: (Program | null)[];
  private readonly names: string[];
  private readonly sites: Map<number, string>;
  private ids: Float64Array;
  private reasons: Uint8Array;
  private readonly free: number[];

  /** `lost` is told of each goroutine that the engine has collected. */
  constructor(lost: (lost: Lost) => void) {
    this.registry = new FinalizationRegistry((at) => this.collected(at, lost));
    this.refs = [];
    this.programs = [];
    this.names = [];
    this.sites = new Map();
    this.ids = new Float64Array(64);
    this.reasons = new Uint8Array(64);
    this.free = [];
  }

  /** Scheduler side. Holds g, which is parked and on its program's list, weakly from now on. */
  haunt(g: G): void {
    const { program } = g;
    program.unlink(g);
    const at = this.free.pop() ?? this.refs.length;
    if (at === this.ids.length) this.grow();
    this.refs[at] = new WeakRef(g);
    this.programs[at] = program;
    this.names[at] = g.name;
    this.ids[at] = g.id;
    this.reasons[at] = g.op === null ? 0 : g.op.reason;
    const site = g.side?.site;
    if (site !== undefined) this.sites.set(at, site);
    program.ghosts++;
    g.flags |= Fweak;
    // The place of a neighbour, which it has none of any more.
    g.allprev = at;
    this.registry.register(g, at);
    if (typeof g.pending === "object") g.pending.linger?.();
  }

  /** Scheduler side. g has ended. Its row is free when the engine has collected it too: the finaliser names the row. */
  ended(g: G): void {
    const at = g.allprev as number;
    g.program.ghosts--;
    g.allprev = null;
    this.refs[at] = null;
    this.programs[at] = null;
    this.names[at] = "";
    this.sites.delete(at);
  }

  /** The live goroutines of p that it holds weakly. */
  *of(p: Program): Generator<G> {
    if (p.ghosts === 0) return;
    for (let at = 0; at < this.refs.length; at++) {
      if (this.programs[at] !== p) continue;
      const g = this.refs[at]?.deref();
      if (g !== undefined) yield g;
    }
  }

  private grow(): void {
    const ids = new Float64Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
    const reasons = new Uint8Array(this.reasons.length * 2);
    reasons.set(this.reasons);
    this.reasons = reasons;
  }

  private collected(at: number, lost: (lost: Lost) => void): void {
    this.free.push(at);
    const program = this.programs[at] as Program | null;
    if (program === null) return;
    const goroutine: LeakedGoroutine = {
      id: this.ids[at] as number,
      name: this.names[at] as string,
      waitReason: waitReasonText(this.reasons[at] as number),
      site: this.sites.get(at),
    };
    program.ghosts--;
    this.refs[at] = null;
    this.programs[at] = null;
    this.names[at] = "";
    this.sites.delete(at);
    lost({ program, goroutine });
  }
}

// What the collector does when it looks: who is parked for the second time is registered, some thousand per turn, with a
// pause between turns; who was collected is reported.
//
// Loaded by the first look. Of the scheduler it imports nothing but types, see docs/decisions/0006.

import type { Collector } from "./collector.ts";
import type { G } from "./g.ts";
import { Ghosts, type LeakedGoroutine, type Lost, unreachable } from "./leaks.ts";
import type { Coroutine } from "./op.ts";
import type { Program } from "./program.ts";
import type { Sched } from "./sched.ts";

/** Goroutines looked at in one turn, and the pause after it. */
const TURN = 1000;
const PAUSE_MS = 5;

/** What a search needs of the scheduler. */
export interface SearchParts {
  readonly sched: Sched;
  readonly Fseen: number;
  readonly Fsystem: number;
  readonly Fweak: number;
  /** Wait.Sleep. */
  readonly Sleep: number;
}

export class Search {
  private readonly by: Collector;
  private readonly parts: SearchParts;
  private readonly ghosts: Ghosts;
  private lost: Lost[];

  constructor(by: Collector, parts: SearchParts) {
    this.by = by;
    this.parts = parts;
    this.ghosts = new Ghosts(parts, (lost) => this.collected(lost));
    parts.sched.ghosts = this.ghosts;
    this.lost = [];
  }

  /** Whether there is something to do. */
  get asked(): boolean {
    return this.by.due || this.lost.length > 0;
  }

  /** Goroutine side, the collector's. Does what there is to do. */
  *step(): Coroutine<void> {
    this.report();
    if (!this.by.due) return;
    this.by.due = false;
    if (yield* this.look()) this.by.stir();
  }

  // True if somebody was seen parked for the first time: then it must look again.
  private *look(): Coroutine<boolean> {
    const { sched } = this.parts;
    let fresh = 0;
    for (const p of [sched.ambient, ...sched.programs]) {
      p.sweepAt = p.first;
      while (p.sweepAt !== null) {
        fresh += this.turn(p);
        if (p.sweepAt === null) break;
        this.by.stir(PAUSE_MS);
        while (!this.by.due) {
          yield* this.by;
          this.report();
        }
        this.by.due = false;
      }
    }
    return fresh > 0;
  }

  private turn(p: Program): number {
    const { Fseen } = this.parts;
    let fresh = 0;
    for (let i = 0; i < TURN && p.sweepAt !== null; i++) {
      const g: G = p.sweepAt;
      p.sweepAt = g.allnext;
      if (!this.registrable(g)) continue;
      if ((g.flags & Fseen) !== 0) this.ghosts.haunt(g);
      else {
        g.flags |= Fseen;
        fresh++;
      }
    }
    return fresh;
  }

  // A sleeper is held by its timer and stirs when it wakes; main is held by its run, and a proxy by its table.
  private registrable(g: G): boolean {
    const { Fsystem, Sleep } = this.parts;
    if (g.status !== "waiting" || g.gen === null || g === g.program.main || (g.flags & Fsystem) !== 0) return false;
    return g.op !== null && g.op.reason !== Sleep;
  }

  // Host callback: the engine has collected a goroutine.
  private collected(lost: Lost): void {
    this.lost.push(lost);
    lost.program.gone();
    this.by.wakeUp();
  }

  private report(): void {
    const list = this.lost;
    if (list.length === 0) return;
    this.lost = [];
    const byProgram = new Map<Program, LeakedGoroutine[]>();
    for (const { program, goroutine } of list) {
      const same = byProgram.get(program);
      if (same === undefined) byProgram.set(program, [goroutine]);
      else same.push(goroutine);
    }
    for (const [program, goroutines] of byProgram) program.tell(unreachable(goroutines));
  }
}

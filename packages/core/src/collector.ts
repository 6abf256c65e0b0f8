// The collector: the runtime's own goroutine that registers parked goroutines late, and reports those that leaked.
//
// It sleeps until something has been started or woken, looks a second later who is parked, and a second after that
// registers those that still are: some thousand per turn, with a pause between turns. It never keeps the process alive,
// and when everybody is registered it does not wake up at all.

import type { G } from "./g.ts";
import { Fseen, Fsystem, Gwaiting } from "./g-status.ts";
import { startSystem } from "./go.ts";
import { Ghosts, type LeakedGoroutine, type Lost, unreachable } from "./leaks.ts";
import type { Coroutine } from "./op.ts";
import { OpBase } from "./op-base.ts";
import type { Program } from "./program.ts";
import { Done, sched } from "./sched.ts";
import type { Waiter } from "./wait-queue.ts";
import { Wait } from "./wait-reason.ts";

/** Time between two looks at who is parked. */
const LOOK_MS = 1000;
/** Goroutines looked at in one turn, and the pause after it. */
const TURN = 1000;
const PAUSE_MS = 5;

export class Collector extends OpBase<void> {
  readonly g: G;
  readonly ghosts: Ghosts;
  private waiter: Waiter | null;
  private lost: Lost[];
  /** The host will call tick(). */
  private armed: boolean;
  /** It is time to look. */
  private due: boolean;

  constructor() {
    super();
    this.ghosts = new Ghosts((lost) => this.collected(lost));
    this.waiter = null;
    this.lost = [];
    this.armed = false;
    this.due = false;
    this.g = startSystem("collector", () => this.work());
  }

  /** Scheduler side. Something was started or woken: looks in a second. */
  stir(): void {
    sched.stirred = false;
    this.arm(LOOK_MS);
  }

  private arm(ms: number): void {
    if (this.armed) return;
    this.armed = true;
    sched.host.later(ms, () => {
      this.armed = false;
      this.due = true;
      this.wakeUp();
    });
  }

  private wakeUp(): void {
    const w = this.waiter;
    if (w === null || !w.party.claim()) return;
    this.waiter = null;
    w.party.wake(w);
  }

  private *work(): Coroutine<void> {
    for (;;) {
      yield* this;
      this.report();
      if (!this.due) continue;
      this.due = false;
      if (yield* this.look()) this.arm(LOOK_MS);
    }
  }

  // True if somebody was seen parked for the first time: then it must look again.
  private *look(): Coroutine<boolean> {
    let fresh = 0;
    for (const p of [sched.ambient, ...sched.programs]) {
      p.sweepAt = p.first;
      while (p.sweepAt !== null) {
        fresh += this.turn(p);
        if (p.sweepAt === null) break;
        this.arm(PAUSE_MS);
        while (!this.due) {
          yield* this;
          this.report();
        }
        this.due = false;
      }
    }
    return fresh > 0;
  }

  private turn(p: Program): number {
    let fresh = 0;
    for (let i = 0; i < TURN && p.sweepAt !== null; i++) {
      const g: G = p.sweepAt;
      p.sweepAt = g.allnext;
      if (!registrable(g)) continue;
      if ((g.flags & Fseen) !== 0) this.ghosts.haunt(g);
      else {
        g.flags |= Fseen;
        fresh++;
      }
    }
    return fresh;
  }

  // Host callback: the engine has collected a goroutine.
  private collected(lost: Lost): void {
    this.lost.push(lost);
    lost.program.lost();
    this.wakeUp();
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

  // The Op in which it waits for work.

  get reason(): number {
    return Wait.System;
  }
  override hostWakes(): boolean {
    return true;
  }
  poll(): boolean {
    if (this.lost.length === 0 && !this.due) return false;
    Done.value = undefined;
    return true;
  }
  enqueue(w: Waiter): void {
    this.waiter = w;
  }
  dequeue(): void {
    this.waiter = null;
  }
}

/** The collector of this isolate, started when first asked for. */
export function collector(): Collector {
  if (sched.collector === null) {
    const made = new Collector();
    sched.collector = made;
    sched.ghosts = made.ghosts;
  }
  return sched.collector as Collector;
}

// A sleeper is held by its timer and stirs when it wakes; main is held by its run, and a proxy by its table.
function registrable(g: G): boolean {
  if (g.statusCode !== Gwaiting || g.gen === null || g === g.program.main || (g.flags & Fsystem) !== 0) return false;
  return g.op !== null && g.op.reason !== Wait.Sleep;
}

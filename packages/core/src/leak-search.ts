// The collector: the runtime's own goroutine that registers parked goroutines late, and reports those that leaked.
//
// It sleeps until something has been started or woken, and looks a second later: who is parked for the second time is
// registered, some thousand per turn, with a pause between turns; who was collected is reported.
//
// Loaded by the first look. Of the scheduler it imports nothing but types, see docs/decisions/0006.

import type { LOOK_MS as LookMs, Stirred } from "./collector.ts";
import type { G } from "./g.ts";
import type * as flags from "./g-status.ts";
import type { Handed } from "./handed.ts";
import { Ghosts, type LeakedGoroutine, type Lost } from "./leaks.ts";
import type { Coroutine } from "./op.ts";
import type { OpBase } from "./op-base.ts";
import type { Program } from "./program.ts";
import type { Waiter } from "./wait-queue.ts";
import type * as Wait from "./waits.ts";

const LOOK_MS: typeof LookMs = 1000;
const Fseen: typeof flags.Fseen = 512;
const Fsystem: typeof flags.Fsystem = 32;
const Sleep: typeof Wait.Sleep = 7;
const System: typeof Wait.System = 19;

/** Goroutines looked at in one turn, and the pause after it. */
const TURN = 1000;
const PAUSE_MS = 5;

/** Owner thread only. The collector of this isolate, started when first asked for. */
export function collectorOf(parts: Handed): Collector {
  const { sched } = parts;
  if (!(sched.collector instanceof Collector)) sched.collector = new Collector(parts);
  return sched.collector as Collector;
}

/** Any point of the owner thread. The same, started by the first stir. */
export function collectorLater(parts: Handed): Stirred {
  return { stir: () => collectorOf(parts).stir() };
}

/** Host callback: it is time for the first look. */
export function look(parts: Handed): void {
  collectorOf(parts).wakeUp(true);
}

export class Collector implements Stirred {
  private readonly parts: Handed;
  private readonly ghosts: Ghosts;
  /** In which its goroutine waits for work. */
  private readonly work: OpBase<void>;
  private waiter: Waiter | null;
  /** The host will say that it is time. */
  private armed: boolean;
  /** It is time to look. */
  private due: boolean;
  private lost: Lost[];

  constructor(parts: Handed) {
    const { sched } = parts;
    this.parts = parts;
    this.ghosts = new Ghosts((lost) => this.collected(lost));
    sched.ghosts = this.ghosts;
    this.work = this.workOp();
    this.waiter = null;
    this.armed = false;
    this.due = false;
    this.lost = [];
    // Counted by nobody, listed on request; nor does it start because of itself.
    const { stirred } = sched;
    const g = parts.start(() => this.run(), [], sched.ambient, false);
    sched.stirred = stirred;
    g.flags |= Fsystem;
    parts.sideOf(g).label = "collector";
    sched.live--;
  }

  stir(ms: number = LOOK_MS): void {
    if (this.armed) return;
    this.armed = true;
    this.parts.sched.host.later(ms, () => {
      this.armed = false;
      this.wakeUp(true);
    });
  }

  /** Owner thread only. There is something to do; `due`: it is to look. */
  wakeUp(due: boolean): void {
    if (due) this.due = true;
    const w = this.waiter;
    if (w === null || !w.party.claim()) return;
    this.waiter = null;
    w.party.wake(w);
  }

  private workOp(): OpBase<void> {
    const { sched, OpBase } = this.parts;
    return Object.assign(Object.create(OpBase.prototype), {
      reason: System,
      hostWakes: () => true,
      poll: () => {
        sched.done.value = undefined as never;
        return this.due || this.lost.length > 0;
      },
      enqueue: (w: Waiter) => {
        this.waiter = w;
      },
      dequeue: () => {
        this.waiter = null;
      },
    } satisfies Partial<OpBase<void>>);
  }

  private *run(): Coroutine<void> {
    for (;;) {
      yield* this.work;
      this.report();
      if (!this.due) continue;
      this.due = false;
      if (yield* this.sweep()) this.stir();
    }
  }

  // True if somebody was seen parked for the first time: then it must look again.
  private *sweep(): Coroutine<boolean> {
    const { sched } = this.parts;
    let fresh = 0;
    for (const p of [sched.ambient, ...sched.programs]) {
      p.sweepAt = p.first;
      while (p.sweepAt !== null) {
        fresh += this.turn(p);
        if (p.sweepAt === null) break;
        this.stir(PAUSE_MS);
        while (!this.due) {
          yield* this.work;
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
    if (g.status !== "waiting" || g.gen === null || g === g.program.main || (g.flags & Fsystem) !== 0) return false;
    return g.op !== null && g.op.reason !== Sleep;
  }

  // Host callback: the engine has collected a goroutine.
  private collected(lost: Lost): void {
    this.lost.push(lost);
    lost.program.gone();
    this.wakeUp(false);
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
    const { sched, rarely } = this.parts;
    for (const [program, goroutines] of byProgram) rarely((rare) => rare.unreachable(sched, program, goroutines));
  }
}

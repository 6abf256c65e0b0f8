// Vigil: what an M does at rest, so that a deadlock over all threads is found and nothing else is taken for one. The side
// of a worker is in worker-vigil.ts.
//
// What.  Says in this M's words how it rests (rest.ts), and lets its event loop drain when that is all that is missing.
// Words. keeper: what keeps an M's loop alive for our sake: on main a timer, on a worker its port. loose: the keeper
//        holds no more. drained: Node emits beforeExit, since nothing is left in the loop that could call this isolate.
// How.   A worker that has slept for a while loosens its keeper. If its loop drains it says so, and takes the keeper
//        again; if not, the host has something for it still, and it stays as it is until it is called.
//        Main loosens its keeper only while every other M has drained, so that beforeExit comes there when a program on
//        one thread would see it. Then it looks at all Ms once more: that look decides.
//        The last worker to drain rings main, and likewise the last to fall asleep while main has closed programs.
//        What looks at all Ms (judge.ts) is loaded when main waits and all others have drained, or a program is in closed
//        mode; until then main stays alive while it waits for anything.
// Invariants.
//   I1  While main waits for something on another M that may yet act, its keeper holds, or main is about to look.
//   I2  A worker whose keeper is loose takes it again before its thread can end: beforeExit comes first.
// Rejected. Draining each time an M falls asleep: it costs more than the sleep, and beforeExit is the user's event too.
// Sources. Node's SpinEventLoop: beforeExit is emitted whenever the loop has run empty, in workers as on main.

import { type Program, sched } from "@gr/core/internal";
import { ops } from "@gr/shm";
import type { Group } from "./group.ts";
import type { Judge } from "./judge.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import type { MWorld } from "./m-world.ts";
import * as n from "./numbers.ts";
import { rest, restOf, stir } from "./rest.ts";
import { Asleep, Drained, Signals } from "./rest-bits.ts";

/** All bits: nothing can be judged. */
export const UNKNOWN = -1;

export interface Vigil {
  /** First thing when this M is called. */
  stir(): void;
  /** See Peers.rests. */
  rests(able: number, closed: number): number;
  /** Host callback: the loop has drained, but for signals if an operation here waits for one. See Drained. */
  drained(signals: boolean): number;
  /** Any point of the owner thread. This M sends mail. */
  acts(): void;
  /** Any point of the owner thread. This M waits for so many things elsewhere. */
  held(holds: number): void;
}

export class MainVigil implements Vigil {
  /** Once it has been loaded. */
  judge: Judge | null;
  private readonly s: Group;
  private readonly load: () => void;
  private readonly keep: (on: boolean) => void;
  private holds: number;
  private keeps: boolean;

  /** `load` sets `judge`, and calls for another pass. */
  constructor(s: Group, world: MWorld, load: () => void) {
    this.judge = null;
    this.s = s;
    this.load = load;
    this.keep = (on) => {
      if (on !== this.keeps) world.held(on);
      this.keeps = on;
    };
    this.holds = 0;
    this.keeps = false;
  }

  stir(): void {
    stir(this.s);
  }

  rests(able: number, closed: number): number {
    const { s, judge, waits } = this;
    ops.poke(s.mem, s.slot + w.M_CLOSED, closed);
    ops.poke(s.mem, s.slot + w.M_ABLE, able);
    rest(s, Asleep);
    if (judge === null) {
      this.keep(waits);
      if (closed !== 0 || (waits && othersDrained(s.mem))) this.load();
      return UNKNOWN;
    }
    this.keep(waits && !judge.drained());
    return judge.closed();
  }

  drained(signals: boolean): number {
    const { s, judge, waits } = this;
    const both = Asleep | Drained;
    rest(s, signals ? both | Signals : both);
    if (judge === null) {
      if (waits) this.load();
      return n.Here;
    }
    const [drained, keep] = judge.exact(waits);
    this.keep(keep);
    return drained;
  }

  acts(): void {
    // At the end of a pass rests() looks anew.
    if (!this.keeps && !sched.m.inPass) this.keep(this.waits);
  }

  held(holds: number): void {
    this.holds = holds;
    if (!sched.m.inPass) this.keep(this.waits);
  }

  // Something on another M, or a program that is to be told when nobody there acts any more.
  private get waits(): boolean {
    return this.holds > 0 || [...sched.programs].some(isExact);
  }
}

/** Is p to be judged on the M where it began, once nobody will act? */
export function isExact(p: Program): boolean {
  return p.deadlock === "exact" && !p.ending && p.home === null;
}

// A hint, after rest(): the last worker to drain sees that main sleeps, and rings; or main sees that it has drained.
function othersDrained(mem: Int32Array): boolean {
  if (ops.load(mem, w.STARTING) !== 0) return false;
  const ms = ops.load(mem, w.NMS);
  for (let m = 1; m < ms; m++)
    if (ops.load(mem, w.mSlot(m) + w.M_STATE) !== MState.None && (restOf(mem, m) & Drained) === 0) return false;
  return true;
}

// Retirement: a worker beyond the number of Ps ends once it has slept for a while.
//
// Extra workers come from blocking calls, stuck threads and a gomaxprocs that was higher. Each costs some 10 MB, so those
// that have had nothing to do go, one check at a time under the lock: never more than are surplus. One that goes counts
// as blocked until its thread ends. The spare is none of them, nor is the one that could become it: it would be made anew.

import { numGoroutine } from "@gr/core";
import { isEmpty, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import { retireSelf } from "./group-rare.ts";
import { later } from "./later.ts";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";

export class Retirement {
  private readonly s: Group;
  private readonly afterMs: number;
  private readonly needed: () => boolean;
  private readonly leave: () => void;
  private due: boolean;
  private parks: number;

  /** `needed`: this M waits for goroutines elsewhere, or has something that is not one yet. */
  constructor(s: Group, afterMs: number, needed: () => boolean, leave: () => void) {
    this.s = s;
    this.afterMs = afterMs;
    this.needed = needed;
    this.leave = leave;
    this.due = false;
    this.parks = 0;
  }

  /** Scheduler side. This M has gone to sleep. At most one timer runs, and none in a worker that is to stay. */
  slept(): void {
    if (this.due || !surplus(this.s)) return;
    this.due = true;
    this.parks = this.sleeps();
    later(this.afterMs, () => this.check());
  }

  private sleeps(): number {
    return ops.peek(this.s.mem, this.s.slot + w.M_PARKS);
  }

  private check(): void {
    this.due = false;
    if (this.sleeps() !== this.parks) {
      if (asleep(this.s)) this.slept();
    } else if (this.unused() && quit(this.s)) this.leave();
  }

  private unused(): boolean {
    const { mem, slot } = this.s;
    if (ops.peek(mem, slot + w.M_LIVE) > 0 || this.needed() || numGoroutine() > 0) return false;
    return isEmpty(mem, slot + w.M_INBOX) && ops.load(mem, w.TRACE) === 0;
  }
}

/** Owner thread only. This M takes part no more, if it is asleep and one too many. */
export function quit(s: Group): boolean {
  s.lock();
  const goes = asleep(s) && surplus(s);
  if (goes) retireSelf(s);
  s.unlock();
  return goes;
}

function asleep(s: Group): boolean {
  return ops.load(s.mem, s.slot + w.M_STATE) === MState.Idle;
}

/** Any thread. Are there more workers than can ever hold a P, and the spare? */
function surplus({ mem }: Group): boolean {
  const spare = ops.load(mem, w.SYS_UP) === 1 && ops.load(mem, w.SPARE) === 0 ? 1 : 0;
  return ops.load(mem, w.NWORKERS) - ops.load(mem, w.NSTUCK) - spare > ops.load(mem, w.MAX_WORKERS);
}

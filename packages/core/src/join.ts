// Join: waiting for a goroutine's end, and what its end means to those who wait.

import { CancelledError, GoexitError } from "./errors.ts";
import type { G } from "./g.ts";
import { Fabandoned, Fcancelled, Ffailed, Fgoexit, Fjoined, Gdead } from "./g-status.ts";
import { OpBase } from "./op-base.ts";
import { Done } from "./sched.ts";
import { type Waiter, WaitQueue } from "./wait-queue.ts";
import type { WaitWords } from "./wait-reason.ts";
import * as Wait from "./waits.ts";

export class JoinOp extends OpBase<unknown> {
  readonly g: G;

  constructor(g: G) {
    super();
    this.g = g;
  }

  get reason(): number {
    return Wait.Join;
  }
  override get object(): number {
    return this.g.id;
  }

  override describe(words: WaitWords): string {
    return `${super.describe(words)} of ${this.g}`;
  }

  poll(): boolean {
    const g = this.g;
    if (g.statusCode !== Gdead) return false;
    g.flags |= Fjoined;
    Done.value = outcome(g);
    return true;
  }
  enqueue(w: Waiter): void {
    this.g.joiners ??= new WaitQueue();
    this.g.joiners.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.g.joiners?.remove(w);
  }
  override finish(_w: Waiter, _own: Waiter): unknown {
    return outcome(this.g);
  }
}

/** The result of an ended goroutine, or the throw that stands for it. */
export function outcome(g: G): unknown {
  if ((g.flags & Ffailed) !== 0) throw g.value;
  if ((g.flags & (Fcancelled | Fabandoned)) !== 0) throw new CancelledError(g.toString(), g.side?.reason);
  if ((g.flags & Fgoexit) !== 0) throw new GoexitError(g.toString());
  return g.value;
}

/** Owner thread only. Wakes everybody who joins g, in the order they came. */
export function wakeJoiners(g: G): void {
  const queue = g.joiners;
  if (queue === null) return;
  for (;;) {
    const w = queue.dequeue();
    if (w === null) return;
    g.flags |= Fjoined;
    w.party.wake(w);
  }
}

// A wait group over shared words: the end of one isolate. The protocol is in shared-count.ts.

import { expected } from "@gr/core/internal";
import { OK_DONE, ops } from "@gr/shm";
import { ADDED, addNow, addUnder, BELOW_ZERO, MOST, matchWait, STEP, TOO_MANY } from "./shared-count.ts";
import type { SharedGroupEnd } from "./shared-end.ts";
import { claimAll } from "./shared-queue.ts";
import { SharedThingAt } from "./shared-thing.ts";
import { BROKEN, STATE } from "./shared-words.ts";
import { belowZero } from "./wait-group.ts";

export class SharedGroup extends SharedThingAt implements SharedGroupEnd {
  protected readonly lost = "a thread died while it changed this wait group, and its count is lost";

  get broken(): boolean {
    return ops.load(this.iso.mem, this.at + STATE) === BROKEN;
  }
  get count(): number {
    return Math.max(0, ops.load(this.iso.mem, this.at + STATE));
  }

  isDone(): boolean {
    const count = ops.load(this.iso.mem, this.at + STATE);
    if (count === BROKEN) throw this.lostError();
    return count === 0;
  }

  add(n: number): void {
    let came = addNow(this.iso.mem, this.at, n);
    // The hot path of a done that is not the last.
    if (came === ADDED) return;
    if (came === STEP) came = this.step(n);
    if (came === ADDED || came === STEP) return;
    if (came === BELOW_ZERO) throw belowZero();
    if (came === TOO_MANY)
      throw new RangeError(expected("WaitGroup.add", `a counter of at most ${MOST}`, this.count + n));
    throw this.lostError();
  }

  private step(n: number): number {
    const { mem, to } = this.iso;
    this.lock();
    const came = addUnder(mem, this.at, n);
    const list = came === STEP ? claimAll(mem, this.at, to.m, OK_DONE) : 0;
    this.unlock();
    this.wakeAll(list);
    return came;
  }

  protected match(cell: number): number {
    return matchWait(this.iso.mem, this.at, this.iso.to.m, cell);
  }
  protected granted(): undefined {
    return undefined;
  }
}

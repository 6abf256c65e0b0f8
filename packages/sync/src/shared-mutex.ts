// A mutex over shared words: the end of one isolate. The protocol is in shared-hold.ts.

import { ops } from "@gr/shm";
import { HeldLock, type Mutex } from "./mutex.ts";
import type { SharedMutexEnd } from "./shared-end.ts";
import { holdNow, isLost, matchHold, passOn } from "./shared-hold.ts";
import type { SyncIsolate } from "./shared-isolate.ts";
import { COMPLETED, ON_BROKEN } from "./shared-queue.ts";
import { SharedThingAt } from "./shared-thing.ts";
import { STATE } from "./shared-words.ts";

export class SharedMutex extends SharedThingAt implements SharedMutexEnd {
  protected readonly lost = "the thread that held this mutex died, and what it guards may be half changed";
  private readonly mu: Mutex;

  constructor(iso: SyncIsolate, at: number, mu: Mutex) {
    super(iso, at);
    this.mu = mu;
  }

  get broken(): boolean {
    return isLost(this.iso.mem, this.at);
  }
  get locked(): boolean {
    return ops.load(this.iso.mem, this.at + STATE) !== 0;
  }

  tryLock(): boolean {
    const came = holdNow(this.iso.mem, this.at, this.iso.to.m);
    if (came === ON_BROKEN) throw this.lostError();
    return came === COMPLETED;
  }
  passOn(): void {
    this.lock();
    const list = passOn(this.iso.mem, this.at, this.iso.to.m);
    this.unlock();
    this.wakeAll(list);
  }

  protected match(cell: number): number {
    return matchHold(this.iso.mem, this.at, this.iso.to.m, cell);
  }
  protected granted(): HeldLock {
    return new HeldLock(this.mu);
  }
}

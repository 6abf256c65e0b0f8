// The queues of start records: this P's own and the global one. How records are taken from them, and from other Ps', is
// in take.ts.

import { Deque, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import * as w from "./layout.ts";

export class Queues {
  readonly group: Group;
  private readonly views: Deque[];
  readonly spill: Int32Array;
  /** The term in which the P was found to be taken. */
  private lost: number;
  /** Of the choice of victims. */
  seed: number;
  /** How many came with the last take, and from which P; for traces. 0: from the own queue. */
  got: number;
  from: number;

  constructor(group: Group, seed: number = 1) {
    this.group = group;
    this.views = [];
    this.spill = new Int32Array(256);
    this.lost = -1;
    this.seed = seed | 1;
    this.got = 0;
    this.from = -1;
  }

  /** Any thread. The queue of P p, whose deque exists. */
  of(p: number): Deque {
    let view = this.views[p];
    if (view === undefined) {
      const { mem } = this.group;
      const at = this.group.pSlot(p);
      view = new Deque(mem, ops.load(mem, at + w.P_DEQUE));
      this.views[p] = view;
    }
    return view;
  }

  /** Any thread. Number of queued records; exact when nobody changes it. */
  queued(): number {
    const { mem } = this.group;
    let n = ops.load(mem, w.NGLOBAL);
    const procs = this.group.procs;
    for (let p = 0; p < procs; p++) n += this.of(p).length;
    return n;
  }

  /** Any point of the owner thread. Queues a record: on this P's queue, or on the global one if this M holds no P. */
  put(record: number): number {
    const s = this.group;
    if (!this.enter()) {
      s.lock();
      s.pushGlobal(record, record, 1);
      s.unlock();
      return 0;
    }
    const n = this.of(s.p).put(record, this.spill);
    this.leave();
    if (n > 0) this.spillOver(n);
    return n;
  }

  private spillOver(n: number): void {
    const { group: s, spill } = this;
    for (let i = 0; i < n - 1; i++) ops.poke(s.mem, spill[i]!, spill[i + 1]!);
    s.lock();
    s.pushGlobal(spill[0]!, spill[n - 1]!, n);
    s.unlock();
  }

  /** Caller holds the lock and the P. Moves everything of this P's queue to the global one. */
  flush(): void {
    const s = this.group;
    const own = this.of(s.p);
    for (let record = own.get(); record !== 0; record = own.get()) s.pushGlobal(record, record, 1);
  }

  /**
   * Scheduler side. A P may be taken from an M that is stuck, so who changes its queue says so first; false if it was
   * taken. That stays so, and the word is another M's by then: it is not asked for again.
   */
  enter(): boolean {
    const s = this.group;
    if (s.p < 0 || s.term === this.lost) return false;
    const me = s.m + 1;
    if (ops.compareExchange(s.mem, s.pSlot(s.p) + w.P_OWNER, me, me | w.BUSY) === me) return true;
    this.lost = s.term;
    return false;
  }
  /** Scheduler side. After enter. */
  leave(): void {
    const s = this.group;
    ops.store(s.mem, s.pSlot(s.p) + w.P_OWNER, s.m + 1);
  }
}

// The queues of start records: this P's own, the global one, and other Ps' halves.

import { Deque, ops } from "@gr/shm";
import type { Group } from "./group.ts";
import { trySpin } from "./idle.ts";
import * as w from "./layout.ts";

/** Records taken from the global queue at once (go#163). */
const GLOBAL_BATCH = 128;
const PASSES = 4;

export class Queues {
  private readonly group: Group;
  private readonly views: Deque[];
  private readonly spill: Int32Array;
  private seed: number;
  /** How many came with the last take, and from which P; for traces. 0: from the own queue. */
  got: number;
  from: number;

  constructor(group: Group, seed: number = 1) {
    this.group = group;
    this.views = [];
    this.spill = new Int32Array(256);
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

  /** Scheduler side. A record for this M to start; 0 if there is none, or it may not look for one now. */
  take(globalFirst: boolean): number {
    const s = this.group;
    if (s.p < 0) return 0;
    this.got = 0;
    if (globalFirst) {
      const record = this.global(1);
      if (record !== 0) return record;
    }
    const own = this.of(s.p).get();
    if (own !== 0) return own;
    const record = this.global(GLOBAL_BATCH);
    if (record !== 0) return record;
    return trySpin(s) ? this.steal() : 0;
  }

  // Takes min(n / procs + 1, max) from the global queue: one to start, the rest into this P's queue.
  private global(max: number): number {
    const s = this.group;
    const { mem } = s;
    if (ops.load(mem, w.NGLOBAL) === 0 || !this.enter()) return 0;
    s.lock();
    const all = ops.load(mem, w.NGLOBAL);
    const n = Math.min(all, Math.floor(all / s.procs) + 1, max);
    const first = s.popGlobal();
    const own = this.of(s.p);
    for (let i = 1; i < n; i++) own.put(s.popGlobal(), this.spill);
    s.unlock();
    this.leave();
    if (first === 0) return 0;
    this.got = n;
    this.from = -1;
    s.count(w.M_GLOBGETS, 1);
    return first;
  }

  // Four passes over the other Ps in a random order (go#164).
  private steal(): number {
    const s = this.group;
    const procs = s.procs;
    if (procs < 2 || !this.enter()) return 0;
    const own = this.of(s.p);
    let record = 0;
    for (let pass = 0; pass < PASSES && record === 0; pass++) {
      const stride = coprime(procs, this.random());
      let victim = this.random() % procs;
      for (let i = 0; i < procs && record === 0; i++, victim = (victim + stride) % procs) {
        if (victim === s.p) continue;
        const before = own.length;
        record = own.stealFrom(this.of(victim));
        if (record !== 0) {
          this.got = own.length - before + 1;
          this.from = victim;
          s.count(w.M_STEALS, 1);
          s.count(w.M_STOLEN, this.got);
        }
      }
    }
    this.leave();
    return record;
  }

  // A P may be taken from an M that is stuck, so who changes its queue says so first; false if it was taken.
  private enter(): boolean {
    const s = this.group;
    if (s.p < 0) return false;
    const me = s.m + 1;
    return ops.compareExchange(s.mem, s.pSlot(s.p) + w.P_OWNER, me, me | w.BUSY) === me;
  }
  private leave(): void {
    const s = this.group;
    ops.store(s.mem, s.pSlot(s.p) + w.P_OWNER, s.m + 1);
  }

  private random(): number {
    let x = this.seed;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.seed = x;
    return x >>> 1;
  }
}

/** A stride that visits every one of n in n steps. */
function coprime(n: number, random: number): number {
  let stride = (random % n) + 1;
  while (gcd(stride, n) !== 1) stride = (stride % n) + 1;
  return stride;
}

function gcd(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

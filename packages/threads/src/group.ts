// Group: Sched in shared words, as one M sees it. Lists, counts and the P this M holds.
//
// Everything here happens under LOCK, for a few dozen instructions, and runs no other code. The protocols that use it
// are in idle.ts; the words are in layout.ts; what only some Ms ever do to the lists is in group-rare.ts, as functions,
// so that who does not call them does not carry them.
//
// Invariants.
//   I1  A P is held (P_OWNER names an M whose M_HELD names it), or on the idle list, or dead (beyond NPROCS).
//   I2  While a P is on the idle list, no M is on the wantP list.
//   I3  An M is on the idle list or on the wantP list or on neither, as M_STATE says; M_NEXTP is set only while it is
//       Awake and has not yet looked.
//   I4  The queue of an idle P is empty: what is left is moved to the global queue first.

import { lock, ops, slotOf, unlock } from "@gr/shm";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";

export interface GroupOptions {
  /** May this thread block on the lock? False on a browser's main thread. */
  readonly canBlock?: boolean;
  /** Number of M slots; models shrink it. */
  readonly ms?: number;
}

export class Group {
  readonly mem: Int32Array;
  /** This M's slot, and where its words are. */
  readonly m: number;
  readonly slot: number;
  /** The P this M believes it holds; -1 if none. */
  p: number;
  /** How many Ps it has been given: names the time between two. */
  term: number;
  /** This M counts in NSPINNING. */
  spinning: boolean;
  private lastP: number;
  private readonly canBlock: boolean;
  private readonly p0: number;

  constructor(mem: Int32Array, m: number, options: GroupOptions = {}) {
    this.mem = mem;
    this.m = slotOf(m);
    this.slot = w.mSlot(m);
    this.p = -1;
    this.term = 0;
    this.spinning = false;
    this.lastP = -1;
    this.canBlock = options.canBlock ?? true;
    this.p0 = w.pBase(options.ms ?? w.MAX_MS);
  }

  lock(): void {
    lock(this.mem, w.LOCK, this.m, this.canBlock);
  }
  unlock(): void {
    unlock(this.mem, w.LOCK, this.m);
  }

  pSlot(p: number): number {
    return this.p0 + p * w.P_WORDS;
  }
  /** Any thread. */
  get procs(): number {
    return ops.load(this.mem, w.NPROCS);
  }
  /** Owner thread only. True while the P that this M holds has not been taken from it. */
  holds(): boolean {
    return this.p >= 0 && (ops.peek(this.mem, this.pSlot(this.p) + w.P_OWNER) & ~w.BUSY) === this.m + 1;
  }
  /** Owner thread only. This M counts in NSPINNING from now on, or no more. */
  spin(on: boolean): void {
    this.spinning = on;
    ops.poke(this.mem, this.slot + w.M_SPINNING, on ? 1 : 0);
    ops.add(this.mem, w.NSPINNING, on ? 1 : -1);
  }
  /** Owner thread only. Adds to one of this M's counters. */
  count(word: number, n: number): void {
    ops.poke(this.mem, this.slot + word, ops.peek(this.mem, this.slot + word) + n);
  }

  /** The holder of the lock or of P p. Adds to one of the P's counters. */
  countP(p: number, word: number, n: number): void {
    const at = this.pSlot(p) + word;
    ops.poke(this.mem, at, ops.peek(this.mem, at) + n);
  }
  /** Caller holds the lock. M m holds P p no longer: its looks since it lost the one before are the P's. */
  countTicks(p: number, m: number): void {
    const { mem } = this;
    const tick = ops.peek(mem, w.mSlot(m) + w.M_TICK);
    this.countP(p, w.P_TICK, tick - ops.peek(mem, w.mSlot(m) + w.M_COUNTED));
    ops.poke(mem, w.mSlot(m) + w.M_COUNTED, tick);
  }

  // Ps.

  /** Caller holds the lock. Puts P p on the idle list. */
  pushIdleP(p: number): void {
    const { mem } = this;
    const at = this.pSlot(p);
    ops.store(mem, at + w.P_OWNER, 0);
    ops.store(mem, at + w.P_LINK, ops.load(mem, w.PIDLE));
    ops.store(mem, w.PIDLE, p + 1);
    ops.add(mem, w.NPIDLE, 1);
  }

  /** Caller holds the lock. Takes an idle P, the one this M held last if it is there; -1 if none. */
  popIdleP(): number {
    const { mem } = this;
    let before = w.PIDLE;
    let p = ops.load(mem, w.PIDLE) - 1;
    if (p < 0) return -1;
    if (this.lastP >= 0 && p !== this.lastP) {
      for (let at = p, prev = before; at >= 0; ) {
        if (at === this.lastP) {
          p = at;
          before = prev;
          break;
        }
        prev = this.pSlot(at) + w.P_LINK;
        at = ops.load(mem, prev) - 1;
      }
    }
    ops.store(mem, before, ops.load(mem, this.pSlot(p) + w.P_LINK));
    ops.sub(mem, w.NPIDLE, 1);
    return p;
  }

  /** Caller holds the lock. This M holds P p from now on. */
  takeP(p: number): void {
    const { mem } = this;
    this.term++;
    this.p = p;
    this.lastP = p;
    ops.store(mem, this.slot + w.M_HELD, p + 1);
    ops.store(mem, this.pSlot(p) + w.P_OWNER, this.m + 1);
  }

  /** Caller holds the lock. This M no longer holds its P, which the caller gives to somebody or puts on the idle list. */
  dropP(): number {
    const p = this.p;
    this.countTicks(p, this.m);
    this.p = -1;
    ops.store(this.mem, this.slot + w.M_HELD, 0);
    return p;
  }

  /**
   * Caller holds the lock. Gives P p to M m, which is on no list any more; it finds it when it wakes. With `spin` it
   * counts as spinning already. Unpark m after the unlock.
   */
  hand(m: number, p: number, spin: boolean): void {
    const { mem } = this;
    const slot = w.mSlot(m);
    this.countP(p, spin ? w.P_WAKES : w.P_HANDOFFS, 1);
    ops.store(mem, this.pSlot(p) + w.P_OWNER, m + 1);
    ops.store(mem, slot + w.M_STATE, MState.Awake);
    ops.store(mem, slot + w.M_SPIN, spin ? 1 : 0);
    ops.store(mem, slot + w.M_HELD, p + 1);
    ops.store(mem, slot + w.M_NEXTP, p + 1);
  }

  /** Caller holds the lock. Gives P p to the M that has wanted one longest, or to nobody. Returns the M to unpark, or -1. */
  giveP(p: number): number {
    if (p >= ops.load(this.mem, w.NPROCS)) {
      // gomaxprocs shrank: the token dies here.
      ops.store(this.mem, this.pSlot(p) + w.P_OWNER, 0);
      return -1;
    }
    const m = this.popWanting();
    if (m < 0) this.pushIdleP(p);
    else this.hand(m, p, false);
    return m;
  }

  /** Caller holds the lock. M m goes on; if it was the spare, it takes part now. */
  unstick(m: number): void {
    const { mem } = this;
    const slot = w.mSlot(m);
    if (ops.load(mem, slot + w.M_STUCK) === 0) return;
    ops.store(mem, slot + w.M_STUCK, 0);
    ops.sub(mem, w.NSTUCK, 1);
    if (ops.load(mem, w.SPARE) !== m + 1) return;
    ops.store(mem, w.SPARE, 0);
    ops.store(mem, slot + w.M_STATE, MState.Awake);
  }

  // Idle Ms.

  /** Caller holds the lock. Puts this M on the idle list (Go: mput); `listed` false: asleep, but woken for nothing. */
  sleepM(listed: boolean): void {
    const { mem } = this;
    ops.store(mem, this.slot + w.M_STATE, MState.Idle);
    if (listed) this.linkIdle(this.m);
  }

  /** Caller holds the lock. */
  linkIdle(m: number): void {
    const { mem } = this;
    ops.store(mem, w.mSlot(m) + w.M_LINK, ops.load(mem, w.MIDLE));
    ops.store(mem, w.MIDLE, m + 1);
    ops.add(mem, w.NMIDLE, 1);
  }

  /** Caller holds the lock. Takes this M off whichever list it is on. */
  wakeSelf(): void {
    const { mem } = this;
    this.unstick(this.m);
    const state = ops.load(mem, this.slot + w.M_STATE);
    if (state === MState.Idle) this.unlinkIdle(this.m);
    else if (state === MState.Wanting) this.unlinkWanting(this.m);
    ops.store(mem, this.slot + w.M_STATE, MState.Awake);
  }

  /** Caller holds the lock. Takes the idle M with the fewest live portables, of those the last to sleep; -1 if none. */
  popIdleM(): number {
    const { mem } = this;
    let best = -1;
    let least = 0;
    for (let m = ops.load(mem, w.MIDLE) - 1; m >= 0; m = ops.load(mem, w.mSlot(m) + w.M_LINK) - 1) {
      const live = ops.peek(mem, w.mSlot(m) + w.M_LIVE);
      if (best < 0 || live < least) {
        best = m;
        least = live;
      }
    }
    if (best >= 0) this.unlinkIdle(best);
    return best;
  }

  /** Caller holds the lock. */
  unlinkIdle(m: number): void {
    const { mem } = this;
    let link = w.MIDLE;
    for (let at = ops.load(mem, link) - 1; at >= 0; at = ops.load(mem, link) - 1) {
      if (at === m) {
        ops.store(mem, link, ops.load(mem, w.mSlot(m) + w.M_LINK));
        ops.sub(mem, w.NMIDLE, 1);
        return;
      }
      link = w.mSlot(at) + w.M_LINK;
    }
  }

  // Ms that want a P.

  /** Caller holds the lock. Puts this M on the wantP list; the main M goes first. */
  wantP(): void {
    const { mem } = this;
    ops.store(mem, this.slot + w.M_STATE, MState.Wanting);
    this.appendWanting(this.m);
  }

  /** Caller holds the lock. */
  appendWanting(m: number): void {
    const { mem } = this;
    ops.add(mem, w.NWANT, 1);
    const tail = ops.load(mem, w.WANT_TAIL);
    if (m === 0 || tail === 0) {
      ops.store(mem, w.mSlot(m) + w.M_LINK, ops.load(mem, w.WANT_HEAD));
      ops.store(mem, w.WANT_HEAD, m + 1);
      if (tail === 0) ops.store(mem, w.WANT_TAIL, m + 1);
      return;
    }
    ops.store(mem, w.mSlot(m) + w.M_LINK, 0);
    ops.store(mem, w.mSlot(tail - 1) + w.M_LINK, m + 1);
    ops.store(mem, w.WANT_TAIL, m + 1);
  }

  /** Caller holds the lock. Takes the M that has wanted a P longest off its list; -1 if none does. */
  popWanting(): number {
    const m = ops.load(this.mem, w.WANT_HEAD) - 1;
    if (m >= 0) this.unlinkWanting(m);
    return m;
  }

  /** Caller holds the lock. */
  unlinkWanting(m: number): void {
    const { mem } = this;
    let before = 0;
    let link = w.WANT_HEAD;
    for (let at = ops.load(mem, link) - 1; at >= 0; at = ops.load(mem, link) - 1) {
      if (at === m) {
        ops.store(mem, link, ops.load(mem, w.mSlot(m) + w.M_LINK));
        if (ops.load(mem, w.WANT_TAIL) === m + 1) ops.store(mem, w.WANT_TAIL, before);
        ops.sub(mem, w.NWANT, 1);
        return;
      }
      before = at + 1;
      link = w.mSlot(at) + w.M_LINK;
    }
  }

  // The global queue: records linked through their first word.

  /** Caller holds the lock. Appends `n` records, linked from first to last. */
  pushGlobal(first: number, last: number, n: number): void {
    const { mem } = this;
    ops.poke(mem, last, 0);
    const tail = ops.peek(mem, w.GTAIL);
    if (tail === 0) ops.store(mem, w.GHEAD, first);
    else ops.poke(mem, tail, first);
    ops.poke(mem, w.GTAIL, last);
    // Order matters: after the links; pairs with the walk of global-batch.ts, which goes as far as this count.
    ops.add(mem, w.NGLOBAL, n);
  }
}

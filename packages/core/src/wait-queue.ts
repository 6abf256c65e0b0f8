// Waiter (Go: sudog) and the queue of them.
//
// A waiter says "this party waits here for this operation". A goroutine is its own waiter for a plain operation;
// a select or an outside await makes one waiter per case. Queues are intrusive, so leaving from the middle is O(1)
// and parking allocates nothing.
//
// Invariants.
//   I1  A waiter is on at most one queue; `queue` names it, and is null exactly when the links are.
//   I2  A waiter on a queue has not completed, or its party was claimed through another of its waiters.

import { fatal } from "./errors.ts";
import type { OpBase } from "./op-base.ts";
import type { Party } from "./party.ts";

export abstract class Waiter {
  /** Who waits. A goroutine's own waiter names the goroutine itself. */
  abstract party: Party;
  qnext: Waiter | null;
  qprev: Waiter | null;
  /** Where the waiter is recorded: a WaitQueue, or what the Op put there to find its record again (a timer, say). */
  queue: unknown;
  /** In: what is to be sent. Out: what was received, or the error. */
  value: unknown;
  /** Out: false if the operation ended without success (channel closed, goroutine failed). What that means is the Op's. */
  ok: boolean;
  /** The operation waited for. */
  op: OpBase<unknown> | null;

  constructor(op: OpBase<unknown> | null) {
    this.qnext = null;
    this.qprev = null;
    this.queue = null;
    this.value = undefined;
    this.ok = false;
    this.op = op;
  }
}

/** A waiter that an operation made of others (select, timeout) leaves for one of its cases. */
export class CaseWaiter extends Waiter {
  party: Party;
  /** The waiter that the outer operation was given. */
  outer: Waiter;
  /** Which of the cases it stands for. */
  index: number;
  /** The waiter of the next case, or null. */
  sibling: CaseWaiter | null;

  constructor(outer: Waiter, op: OpBase<unknown>, index: number, sibling: CaseWaiter | null) {
    super(op);
    this.party = outer.party;
    this.outer = outer;
    this.index = index;
    this.sibling = sibling;
  }
}

/** The case waiter of `own`'s operation through which `leaf` completed, however deep operations are nested. */
export function caseOf(leaf: Waiter, own: Waiter): CaseWaiter {
  let c = leaf as CaseWaiter;
  while (c.outer !== own) c = c.outer as CaseWaiter;
  return c;
}

export class WaitQueue {
  first: Waiter | null;
  last: Waiter | null;
  /** Number of waiters on the queue, lost ones of a select that has not resumed yet included. */
  size: number;

  constructor() {
    this.first = null;
    this.last = null;
    this.size = 0;
  }

  /** Owner thread only. Appends w. */
  enqueue(w: Waiter): void {
    const last = this.last;
    w.queue = this;
    w.qprev = last;
    if (last === null) this.first = w;
    else last.qnext = w;
    this.last = w;
    this.size++;
  }

  /** Owner thread only. Takes w out, wherever it stands; nothing if it is not here. */
  remove(w: Waiter): void {
    if (w.queue !== this) return;
    const { qprev, qnext } = w;
    if (qprev === null) this.first = qnext;
    else qprev.qnext = qnext;
    if (qnext === null) this.last = qprev;
    else qnext.qprev = qprev;
    w.qnext = null;
    w.qprev = null;
    w.queue = null;
    this.size--;
  }

  /**
   * Owner thread only. Takes and claims the longest waiting party; null if none waits. Waiters whose party was
   * claimed elsewhere meanwhile (a select that another case won) are dropped on the way.
   */
  dequeue(): Waiter | null {
    for (;;) {
      const w = this.first;
      if (w === null) return null;
      if (w.queue !== this) fatal("wait-queue I1");
      this.remove(w);
      if (w.party.claim()) return w;
    }
  }
}

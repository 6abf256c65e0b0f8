// Lent handles: the goroutines of this M whose handles other Ms have, or messages on their way name.
//
// A goroutine stays here, strongly held, as long as anybody elsewhere may ask for it: so it is no leak for the search, and
// its result keeps. While an M joins it, it has one joiner more here, whoever waits there. When it ends, every M that has
// its handle is told at once how, joined there or not: a select over there that only looks finds it ended too.
//
// A failure that nobody here joins is nobody's only if nobody elsewhere joins it either, and a joiner there may be on its
// way: each M says what it found when it heard of the failure. It surfaces when all have said that nobody waits there,
// and when a second is over: a message may never be read.

import type { G, Party as PartyType, Side } from "@gr/core/internal";
import type { Handed } from "./handed.ts";
import * as n from "./numbers.ts";

interface Loan {
  readonly g: G;
  /** By M: how many handles it has that are alive. Two, while one is not yet known to be collected. */
  readonly users: Map<number, number>;
  /** The Ms where somebody joins it, and what stands among its joiners for all of them. */
  readonly joins: Set<number>;
  joiner: PartyType | null;
  /** Messages that name it. Below zero for a moment, if one is read here before the mail that says so. */
  messages: number;
  /** Nobody joined it when it ended, but other Ms. */
  alone: boolean;
  /** It failed, and nobody has taken it yet; joins are then the Ms that have not said that nobody does there. */
  owed: boolean;
}

/** Milliseconds that a failure waits for a joiner elsewhere. */
const OWED_MS = 1000;

export class Lent {
  private readonly h: Handed;
  private readonly loans: Map<number, Loan>;
  private readonly tell: (m: number, g: G) => void;
  private readonly held: (change: 1 | -1) => void;
  private readonly onEnd: (g: G) => void;
  private readonly joinerOf: (loan: Loan) => PartyType;

  /** `tell` tells M m how g, which has ended, did; `held`: one answer more, or less, is waited for. */
  constructor(h: Handed, tell: (m: number, g: G) => void, held: (change: 1 | -1) => void) {
    this.h = h;
    this.loans = new Map();
    this.tell = tell;
    this.held = held;
    this.onEnd = (g) => this.ended(g);
    this.joinerOf = joiners(h);
  }

  get size(): number {
    return this.loans.size;
  }

  of(id: number): G | undefined {
    return this.loans.get(id)?.g;
  }

  /** Owner thread only. One message more names g (1), or one less does (-1). */
  named(g: G, change: 1 | -1): void {
    let loan = this.loans.get(g.id);
    if (loan === undefined) {
      loan = { g, users: new Map(), joins: new Set(), joiner: null, messages: 0, alone: false, owed: false };
      this.loans.set(g.id, loan);
      if (g.statusCode !== n.Gdead) this.watch(this.h.sideOf(g));
    }
    loan.messages += change;
    this.settle(loan);
  }

  // One that runs here for another M has its own say in what its end is.
  private watch(side: Side): void {
    const { onEnd } = this;
    const before = side.onEnd;
    if (before === onEnd) return;
    side.onEnd =
      before === undefined
        ? onEnd
        : (g) => {
            before(g);
            onEnd(g);
          };
  }

  /** Mail: M m has a handle of it, made of a message. */
  wanted(id: number, m: number): void {
    const loan = this.loans.get(id) as Loan;
    loan.users.set(m, (loan.users.get(m) ?? 0) + 1);
    if (loan.owed) loan.joins.add(m);
    if (loan.g.statusCode === n.Gdead) this.tell(m, loan.g);
    this.named(loan.g, -1);
  }

  /** Mail: M m has one handle less. */
  released(id: number, m: number): void {
    const loan = this.loans.get(id) as Loan;
    const left = (loan.users.get(m) ?? 1) - 1;
    if (left > 0) loan.users.set(m, left);
    else this.without(loan, m);
    this.settle(loan);
  }

  /** Mail: somebody on M m joins it. */
  joined(id: number, m: number): void {
    const loan = this.loans.get(id) as Loan;
    const { g } = loan;
    loan.joins.add(m);
    if (g.statusCode !== n.Gdead && loan.joiner === null) {
      loan.joiner = this.joinerOf(loan);
      g.asOp().enqueue(loan.joiner);
    }
  }

  /** Mail: nobody on M m does any more. */
  left(id: number, m: number): void {
    const loan = this.loans.get(id) as Loan;
    this.leave(loan, m);
    this.settle(loan);
  }

  private leave(loan: Loan, m: number): void {
    const { g, joins, joiner } = loan;
    if (!joins.delete(m) || joins.size > 0 || joiner === null) return;
    loan.joiner = null;
    g.asOp().dequeue(joiner);
  }
  private without(loan: Loan, m: number): void {
    this.leave(loan, m);
    loan.users.delete(m);
  }

  private ended(g: G): void {
    const loan = this.loans.get(g.id);
    if (loan === undefined) return;
    const { users } = loan;
    loan.joiner = null;
    const joined = (g.flags & n.Fjoined) !== 0 && !loan.alone;
    if ((g.flags & n.Ffailed) !== 0 && !joined) {
      const { sched } = this.h;
      g.flags &= ~n.Fjoined;
      sched.unjoined = sched.unjoined.filter((other) => other !== g);
      loan.owed = true;
      for (const m of users.keys()) loan.joins.add(m);
      this.held(1);
      sched.host.later(OWED_MS, () => this.surface(loan));
    }
    for (const m of users.keys()) this.tell(m, g);
  }

  /** Mail: its failure is somebody's. */
  taken(id: number): void {
    this.answered(this.loans.get(id) as Loan);
  }
  private answered(loan: Loan): boolean {
    const { owed } = loan;
    loan.owed = false;
    if (owed) this.held(-1);
    return owed;
  }

  private surface(loan: Loan): void {
    if (!this.answered(loan)) return;
    const { sched, kick } = this.h;
    sched.unjoined.push(loan.g);
    kick();
  }

  /** Owner thread only. M m is no more. */
  died(m: number): void {
    for (const loan of [...this.loans.values()]) {
      this.without(loan, m);
      this.settle(loan);
    }
  }

  private settle(loan: Loan): void {
    if (loan.messages !== 0) return;
    if (loan.joins.size === 0) this.surface(loan);
    if (loan.users.size === 0) this.loans.delete(loan.g.id);
  }

  /** Owner thread only. Nobody elsewhere will answer. */
  clear(): void {
    for (const loan of this.loans.values()) this.surface(loan);
    this.loans.clear();
  }
}

function joiners({ Party }: Handed): (loan: Loan) => PartyType {
  class FarJoiners extends Party {
    private readonly loan: Loan;
    private others: boolean;

    constructor(loan: Loan) {
      super();
      this.loan = loan;
      this.others = false;
      this.pending = true;
    }
    override claim(): boolean {
      this.others = (this.loan.g.flags & n.Fjoined) !== 0;
      return super.claim();
    }
    override wake(): void {
      this.loan.alone = !this.others && (this.loan.g.joiners?.first ?? null) === null;
    }
  }
  return (loan) => new FarJoiners(loan);
}

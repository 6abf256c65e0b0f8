// TaskOp: an operation that is done by a goroutine: each use starts one and joins it.

import { type G, Gdead, JoinOp, OpBase, outcome, sched, Timer, type Waiter, type WaitReason } from "@gr/core/internal";

export class TaskOp<T> extends OpBase<T> {
  private readonly why: WaitReason;
  private readonly start: () => G;
  private readonly uses: Map<Waiter, G>;

  /** `start` is called once per use. A waiter that leaves cancels what it started. */
  constructor(why: WaitReason, start: () => G) {
    super();
    this.why = why;
    this.start = start;
    this.uses = new Map();
  }

  get reason(): WaitReason {
    return this.why;
  }
  poll(): boolean {
    return false;
  }
  enqueue(w: Waiter): void {
    const g = this.start();
    this.uses.set(w, g);
    const join = new JoinOp(g);
    // Says that the end is somebody's; a goroutine that was just started has not ended, but for one whose program has.
    join.poll();
    if (g.statusCode === Gdead) sched.timers.add(new Timer(sched.host.now(), ended, w));
    else join.enqueue(w);
  }
  dequeue(w: Waiter): void {
    const g = this.uses.get(w) as G;
    this.uses.delete(w);
    new JoinOp(g).dequeue(w);
    g.cancel();
  }
  override finish(w: Waiter, _own: Waiter): T {
    const g = this.uses.get(w) as G;
    this.uses.delete(w);
    return outcome(g) as T;
  }
}

function ended(t: Timer): void {
  const w = t.arg as Waiter;
  if (w.party.claim()) w.party.wake(w);
}

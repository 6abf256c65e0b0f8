// G: one goroutine. Its status, the generator it is executing, why it waits.
//
// A G is its own wait record (see party.ts), its own handle (the public Goroutine) and an Op (join), so that a parked
// goroutine is one object and one generator. Fields are set once, in the constructor, in one order.

import * as Ev from "./events.ts";
import { Grunnable, type GStatus, STATUS } from "./g-status.ts";
import { JoinOp } from "./join.ts";
import type { AnyBody, Coroutine, Crosses, Op, Resumed, Yielded } from "./op.ts";
import type { OpBase } from "./op-base.ts";
import { ready } from "./park.ts";
import { Party } from "./party.ts";
import type { Program } from "./program.ts";
import { sched } from "./sched.ts";
import { type Side, sideOf } from "./side.ts";
import { cancelG } from "./unwind.ts";
import type { Waiter, WaitQueue } from "./wait-queue.ts";

/** A running, waiting or ended goroutine: joins when awaited, throws what it threw. On another thread it is one too. */
export interface Goroutine<out T> extends Op<T>, Crosses {
  /** Unique in the process, never used again (go#9). */
  readonly id: number;
  /** For dumps and traces; the body's name unless set. */
  name: string;
  readonly status: GStatus;
  /** Unwinds it: at once if it is parked, else at its next operation. Does not block. A second call changes nothing. */
  cancel(reason?: unknown): void;
}

/** The arguments of all that have none: a million arrays that wait with their goroutines are felt. */
export const NO_ARGS: readonly unknown[] = [];

export class G extends Party implements Goroutine<unknown> {
  declare readonly "~op": unknown;
  declare readonly "~crosses": true;
  readonly id: number;
  statusCode: number;
  flags: number;
  /** The generator on top: the body, or what it called. Null before the first step, and after the last. */
  gen: Coroutine<unknown> | null;
  /** What it was started with; `value` holds the arguments until it starts. */
  readonly body: AnyBody;
  readonly program: Program;
  /** Id of its creator; 0 outside every goroutine. */
  readonly parent: number;
  joiners: WaitQueue | null;
  /** cancel's reason and what goes with it; where it was made, when sites are recorded. */
  side: Side | null;
  /** Neighbours in the program's list of live goroutines; or the row of one that is held weakly, see leaks.ts. */
  allnext: G | null;
  allprev: G | number | null;

  constructor(id: number, body: AnyBody, args: readonly unknown[], program: Program, parent: number) {
    super();
    this.id = id;
    this.statusCode = Grunnable;
    this.flags = 0;
    this.gen = null;
    this.body = body;
    this.program = program;
    this.parent = parent;
    this.joiners = null;
    this.side = null;
    this.allnext = null;
    this.allprev = null;
    this.value = args;
  }

  /**
   * What it is resumed with: the waiter that completed; undefined begins afresh; null throws the unwinding sentinel. Who
   * is runnable stands in no wait queue, so a link serves: a million goroutines feel each word.
   */
  get param(): Waiter | null | undefined {
    return this.qprev;
  }
  set param(w: Waiter | null | undefined) {
    this.qprev = w as Waiter | null;
  }
  /** A name that was given, as against the body's; setting it tells no trace. */
  get label(): string | undefined {
    return this.side?.label;
  }
  set label(text: string | undefined) {
    sideOf(this).label = text;
  }
  get name(): string {
    return this.label ?? (this.body.name || "anonymous");
  }
  set name(text: string) {
    this.label = String(text);
    const { trace } = sched;
    if (trace !== null) trace.event(Ev.GoLabel, 0, trace.string(this.name), this.id, 0);
  }
  get status(): GStatus {
    return STATUS[this.statusCode] as GStatus;
  }
  cancel(reason?: unknown): void {
    cancelG(this, reason);
  }

  override wake(w: Waiter): void {
    ready(this, w);
  }

  asOp(): OpBase<unknown> {
    return new JoinOp(this);
  }
  [Symbol.iterator](): Iterator<Yielded, unknown, Resumed> {
    return new JoinOp(this)[Symbol.iterator]();
  }
  then<A = unknown, B = never>(
    onFulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new JoinOp(this).then(onFulfilled, onRejected);
  }

  /** The goroutine as texts name it: `goroutine 7 (worker)`. */
  override toString(): string {
    return `goroutine ${this.id} (${this.name})`;
  }
}

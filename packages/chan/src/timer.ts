// after, Timer and ticker: channels that the clock sends on, with the semantics of Go 1.23.
//
// Nothing is sent ahead of time: a receive asks the clock. So len and cap are 0, no stale value survives stop or reset,
// and a timer that nobody waits for is in no heap and can be collected without being stopped (go#70-75). Only while
// somebody waits does a timer of the scheduler stand for the queue.

import type { Body, Op, RecvOp } from "@gr/core";
import {
  awaitOutside,
  Done,
  expected,
  OpBase,
  Timer as SchedTimer,
  SignalOp,
  sched,
  Wait,
  type Waiter,
  WaitQueue,
  type WaitWords,
} from "@gr/core/internal";
import type { OpOptions, Received, Receiver } from "./channel.ts";
import { FuncTimer } from "./func-timer.ts";

/** What Timer and Ticker have in common: a due time, and those who wait for it. */
abstract class Clock implements Receiver<number> {
  declare readonly "~receives": number;
  readonly name: string;
  /** @internal Host time at which the next value is due; Infinity: none will come. */
  due: number;
  /** @internal */
  readonly waiters: WaitQueue;
  /** Stands for `due` in the scheduler's heap while somebody waits. */
  private armed: SchedTimer | null;
  private readonly op: ClockRecv;
  private readonly fire: () => void;

  constructor(name: string, due: number) {
    this.name = name;
    this.due = due;
    this.waiters = new WaitQueue();
    this.armed = null;
    this.op = new ClockRecv(this);
    this.fire = () => {
      this.armed = null;
      this.serve();
    };
  }

  /** As every receiver has it. No crossing takes a timer: its thread's scheduler keeps it. */
  get "~crosses"(): true {
    return true;
  }
  get len(): number {
    return 0;
  }
  get cap(): number {
    return 0;
  }

  recv(options?: OpOptions): RecvOp<number> {
    const signal = options?.signal;
    return (signal === undefined ? this.op : new SignalOp(this.op, signal)) as unknown as RecvOp<number>;
  }
  recvOk(options?: OpOptions): Op<Received<number>> {
    const op = new ClockRecvOk(this);
    const signal = options?.signal;
    return (signal === undefined ? op : new SignalOp(op, signal)) as unknown as Op<Received<number>>;
  }
  tryRecv(): Received<number> | undefined {
    const at = this.take();
    return at === undefined ? undefined : { value: at, ok: true };
  }

  /** @internal Owner thread only. The moment a value was due, if it is; then the next one's turn. */
  take(): number | undefined {
    const now = sched.host.now();
    if (now < this.due) return undefined;
    const at = this.due;
    this.due = this.after(now);
    return at;
  }
  /** @internal The due time after a value was taken at `now`. */
  protected abstract after(now: number): number;

  /** @internal Owner thread only. Sees to it that the scheduler wakes the queue when it is due. */
  arm(): void {
    if (this.armed !== null) {
      if (this.armed.when === this.due && this.waiters.size > 0) return;
      sched.timers.stop(this.armed);
      this.armed = null;
    }
    if (this.waiters.size === 0 || this.due === Number.POSITIVE_INFINITY) return;
    this.armed = new SchedTimer(this.due, this.fire, null);
    sched.timers.add(this.armed);
  }

  // Scheduler side. One value per due time, to the one who waited longest.
  private serve(): void {
    while (sched.host.now() >= this.due) {
      const w = this.waiters.dequeue();
      if (w === null) break;
      w.value = this.take();
      w.ok = true;
      w.party.wake(w);
    }
    this.arm();
  }

  /** @internal */
  protected setDue(due: number): void {
    this.due = due;
    this.arm();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<number> {
    for (;;) yield (await awaitOutside(this.op)) as number;
  }
  /** Stops it. */
  [Symbol.dispose](): void {
    this.setDue(Number.POSITIVE_INFINITY);
  }
}

class ClockRecv extends OpBase<unknown> {
  readonly clock: Clock;
  constructor(clock: Clock) {
    super();
    this.clock = clock;
  }
  override get receives(): boolean {
    return true;
  }
  get reason(): number {
    return Wait.Timer;
  }
  // A stopped timer wakes nobody, unless somebody resets it.
  override hostWakes(): boolean {
    return this.clock.due !== Number.POSITIVE_INFINITY;
  }
  override describe(words: WaitWords): string {
    return `${super.describe(words)} ${this.clock.name}`;
  }
  poll(): boolean {
    const at = this.clock.take();
    if (at === undefined) return false;
    Done.value = at;
    Done.ok = true;
    return true;
  }
  enqueue(w: Waiter): void {
    this.clock.waiters.enqueue(w);
    this.clock.arm();
  }
  dequeue(w: Waiter): void {
    this.clock.waiters.remove(w);
    this.clock.arm();
  }
}

class ClockRecvOk extends ClockRecv {
  override poll(): boolean {
    if (!super.poll()) return false;
    Done.value = { value: Done.value, ok: true };
    return true;
  }
  override finish(w: Waiter, _own: Waiter): unknown {
    return { value: w.value, ok: true };
  }
}

function checkMs(who: string, ms: unknown): number {
  if (typeof ms !== "number" || Number.isNaN(ms)) throw new TypeError(expected(who, "a number of milliseconds", ms));
  return ms;
}

// A time before now is now: nothing can have been due before it was set. And for ever is a time too, or a timer that was
// set for so long could not be told from one that was stopped.
function dueIn(ms: number): number {
  return Math.min(sched.host.now() + Math.max(0, ms), Number.MAX_VALUE);
}

/** A channel on which one value comes, `ms` milliseconds from now: the moment it was due, on the clock of performance.now(). */
export class Timer extends Clock implements Disposable {
  constructor(ms: number) {
    super("timer", dueIn(checkMs("Timer", ms)));
  }
  /**
   * Runs body(...args) in a goroutine of its own, `ms` milliseconds from now, unless stopped before (Go:
   * time.AfterFunc). Does not block.
   */
  static afterFunc<A extends readonly unknown[]>(ms: number, body: Body<A, unknown>, ...args: A): FuncTimer<A> {
    if (typeof body !== "function") throw new TypeError(expected("Timer.afterFunc", "a function", body));
    return new FuncTimer(checkMs("Timer.afterFunc", ms), body, args);
  }

  /** @internal */
  protected after(): number {
    return Number.POSITIVE_INFINITY;
  }
  /** Withdraws the value; true if it had not been received (go#73). Never blocks. */
  stop(): boolean {
    const active = this.due !== Number.POSITIVE_INFINITY;
    this.setDue(Number.POSITIVE_INFINITY);
    return active;
  }
  /** Sets it again, `ms` from now; nothing of the earlier setting can be received. Returns as stop() does. */
  reset(ms: number): boolean {
    const active = this.due !== Number.POSITIVE_INFINITY;
    this.setDue(dueIn(checkMs("Timer.reset", ms)));
    return active;
  }
}

/** A channel on which a value comes every `ms` milliseconds; slow receivers miss some (go#79). */
export class Ticker extends Clock implements Disposable {
  private period: number;
  constructor(ms: number) {
    super("ticker", sched.host.now() + checkPeriod("ticker", ms));
    this.period = ms;
  }
  /** @internal */
  protected after(now: number): number {
    const late = now - this.due;
    return this.due + this.period * (1 + Math.floor(late / this.period));
  }
  /** No more values come; the channel is not closed (go#80). */
  stop(): void {
    this.setDue(Number.POSITIVE_INFINITY);
  }
  /** A new period, from now on. */
  reset(ms: number): void {
    this.period = checkPeriod("Ticker.reset", ms);
    this.setDue(sched.host.now() + ms);
  }
}

function checkPeriod(who: string, ms: unknown): number {
  const n = checkMs(who, ms);
  if (n <= 0) throw new RangeError(expected(`${who}: non-positive interval`, "milliseconds > 0", ms));
  return n;
}

/** A channel on which one value comes, `ms` milliseconds from now. The same as new Timer(ms) without its methods. */
export function after(ms: number): Receiver<number> {
  return new Timer(checkMs("after", ms));
}

/** A channel on which a value comes every `ms` milliseconds, until stopped. */
export function ticker(ms: number): Ticker {
  return new Ticker(ms);
}

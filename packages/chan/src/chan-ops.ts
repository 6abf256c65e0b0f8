// The operations of a channel: send, recv and recvOk, each a try of hand-over.ts and, where that would block, a waiter.
//
// OpBase does the rest. recv() needs no state of its own, so a channel has one RecvOpOf; send() makes one small object,
// which holds the value. Hot path.

import type { Yielded } from "@gr/core";
import { Done, interrupt, OpBase, park, sched, Wait, type Waiter, type WaitWords } from "@gr/core/internal";
import type { LocalChan } from "./chan.ts";
import type { Received } from "./channel.ts";
import { SendOnClosedChannelError } from "./errors.ts";
import { Failure } from "./failure.ts";
import { recvOrSoon, takeReceived, tryRecv, trySend } from "./hand-over.ts";

abstract class ChanOp<R> extends OpBase<R> {
  // Set by the constructors of the leaves: one level of constructors less is a tenth of a buffered send.
  abstract readonly c: LocalChan<unknown>;

  override get object(): number {
    return this.c.id;
  }
  override get version(): number {
    return this.c.shared === null ? 0 : this.c.shared.version;
  }
  override hostWakes(_own: Waiter): boolean {
    return this.c.hostFed || (this.c.shared?.hostWakes ?? false);
  }
  override describe(words: WaitWords): string {
    return `${super.describe(words)} on ${this.c}`;
  }
}

export class SendOp extends ChanOp<void> {
  readonly c: LocalChan<unknown>;
  private readonly value: unknown;

  constructor(c: LocalChan<unknown>, value: unknown) {
    super();
    this.c = c;
    this.value = value;
  }

  // OpBase's next, with calls that engines can inline: there, poll is a different function for every kind of Op.
  override next(resumed?: Waiter): IteratorResult<Yielded, void> {
    if (resumed !== undefined) return this.resume(resumed);
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, void>;
    }
    const { c, value } = this;
    if (!trySend(c, value) && !(c.shared?.sendSoon() && trySend(c, value)))
      return park(this) as IteratorResult<Yielded, void>;
    Done.value = undefined;
    return Done as unknown as IteratorResult<Yielded, void>;
  }
  get reason(): number {
    return Wait.ChanSend;
  }
  poll(): boolean {
    if (!trySend(this.c, this.value)) return false;
    Done.value = undefined;
    return true;
  }
  // A value is encoded for another thread as it begins to wait.
  override get late(): boolean {
    return this.c.shared !== null;
  }
  enqueue(w: Waiter): void {
    const { c } = this;
    w.value = this.value;
    w.ok = false;
    if (c.shared !== null) c.shared.enqueueSend(w);
    else c.sendq.enqueue(w);
  }
  dequeue(w: Waiter): void {
    const { c } = this;
    if (c.shared !== null) c.shared.dequeue(w);
    else c.sendq.remove(w);
    w.value = undefined;
  }
  override finish(w: Waiter, _own: Waiter): void {
    if (!w.ok) throw w.value instanceof Failure ? w.value.error : new SendOnClosedChannelError();
  }
}

/** What the receives have in common. */
abstract class ReceiveOp<R> extends ChanOp<R> {
  get reason(): number {
    return Wait.ChanReceive;
  }
  enqueue(w: Waiter): void {
    const { c } = this;
    w.value = undefined;
    w.ok = false;
    if (c.shared !== null) c.shared.enqueueRecv(w);
    else c.recvq.enqueue(w);
  }
  dequeue(w: Waiter): void {
    const { c } = this;
    if (c.shared !== null) c.shared.dequeue(w);
    else c.recvq.remove(w);
  }
}

function received(w: Waiter): unknown {
  const value = w.value;
  w.value = undefined;
  if (!w.ok && value instanceof Failure) throw value.error;
  return value;
}

export class RecvOpOf<T> extends ReceiveOp<T | undefined> {
  override get receives(): boolean {
    return true;
  }
  readonly c: LocalChan<unknown>;

  constructor(c: LocalChan<T>) {
    super();
    this.c = c as LocalChan<unknown>;
  }
  // As in SendOp.
  override next(resumed?: Waiter): IteratorResult<Yielded, T | undefined> {
    if (resumed !== undefined) return this.resume(resumed);
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, T | undefined>;
    }
    return (recvOrSoon(this.c) ? Done : park(this)) as IteratorResult<Yielded, T | undefined>;
  }
  poll(): boolean {
    return tryRecv(this.c);
  }
  override finish(w: Waiter, _own: Waiter): T | undefined {
    return received(w) as T | undefined;
  }
}

export class RecvOkOp<T> extends ReceiveOp<Received<T>> {
  readonly c: LocalChan<unknown>;

  constructor(c: LocalChan<T>) {
    super();
    this.c = c as LocalChan<unknown>;
  }
  // As in SendOp.
  override next(resumed?: Waiter): IteratorResult<Yielded, Received<T>> {
    if (resumed !== undefined) return this.resume(resumed);
    if (--sched.fuel < 0) {
      const held = interrupt();
      if (held !== null) return held as IteratorResult<Yielded, Received<T>>;
    }
    if (!recvOrSoon(this.c)) return park(this) as IteratorResult<Yielded, Received<T>>;
    Done.value = takeReceived<T>();
    return Done as IteratorResult<Yielded, Received<T>>;
  }
  poll(): boolean {
    if (!tryRecv(this.c)) return false;
    Done.value = takeReceived<T>();
    return true;
  }
  override finish(w: Waiter, _own: Waiter): Received<T> {
    return { value: received(w), ok: w.ok } as Received<T>;
  }
}

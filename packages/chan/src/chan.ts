// The channel on one thread.
//
// What.  Typed conduit with a buffer of fixed capacity (0: none). Send and receive block; close says that no more comes.
// Words. waiter: a party in sendq or recvq, with its value. hand over: give a value straight to a waiting receiver.
// How.   poll of a send hands over to the longest waiting receiver, else puts into the buffer, else says it would block;
//        poll of a receive takes from the buffer (and moves the longest waiting sender's value in), else from a waiting
//        sender, else reports closed, else says it would block. OpBase does the rest. recv() needs no state of its own,
//        so a channel has one RecvOp; send() makes one small object, which holds the value.
// Invariants.
//   I1  Of sendq and recvq at most one holds a party that can be claimed, unless one select waits on both (go#52).
//   I2  count > 0 implies nobody waits in recvq; count < cap implies nobody waits in sendq.
//   I3  Waiters are served first in, first out, plain operations and select cases alike; a woken party already has its
//       value, so nobody can take it on the way (go#49, go#50).
//   I4  closed is final; a closed channel has no waiters.
// The hard part. A receive that makes room must move the oldest blocked sender's value in within the same step, or a
//        newcomer's send would overtake it (go#42). Close collects all waiters before it wakes the first: a woken party
//        never sees a half-closed channel.
// Rejected. A promise or a callback per operation; a growing buffer (a send would never block); waking a sender and
//        letting it compete for the room (barging: order is lost, and a slow one starves).
// Sources. Go's chan.go: chansend, chanrecv, closechan.

import type { Op, RecvOp, Yielded } from "@gr/core";
import {
  awaitOutside,
  Done,
  interrupt,
  OpBase,
  park,
  SignalOp,
  sched,
  Wait,
  type Waiter,
  WaitQueue,
  type WaitWords,
} from "@gr/core/internal";
import { checkCapacity } from "./capacity.ts";
import type { Chan, ChanOptions, OpOptions, Received } from "./channel.ts";
import { CloseOfClosedChannelError, SendOnClosedChannelError } from "./errors.ts";
import { Failure } from "./failure.ts";
import type { SharedEnd } from "./shared-end.ts";
import { watchReceives } from "./watch-receives.ts";

let ids = 0;

export class LocalChan<T> implements Chan<T> {
  declare readonly "~sends": (value: T) => void;
  declare readonly "~receives": T;
  readonly id: number;
  readonly cap: number;
  readonly options: ChanOptions | undefined;
  /** Ring of `cap` values; empty until the first value is buffered. */
  buf: unknown[];
  head: number;
  count: number;
  closed: boolean;
  readonly recvq: WaitQueue;
  readonly sendq: WaitQueue;
  /** Values come from the host (a stream, events): waiting for one is no deadlock. */
  hostFed: boolean;
  /** Why it was closed, if it was closed by a failing source: what receivers are thrown once it is drained. */
  failure: Failure | undefined;
  /** Set once the channel has been shared: then this object only passes on. */
  shared: SharedEnd | null;
  private readonly receive: RecvOpOf<T>;

  constructor(cap: number, options: ChanOptions | undefined, recvq: WaitQueue = new WaitQueue()) {
    this.id = ++ids;
    this.cap = cap;
    this.options = options;
    this.buf = EMPTY;
    this.head = 0;
    this.count = 0;
    this.closed = false;
    this.recvq = recvq;
    this.sendq = new WaitQueue();
    this.hostFed = false;
    this.failure = undefined;
    this.shared = null;
    this.receive = new RecvOpOf<T>(this);
    if (sched.opMade !== null) watchReceives(this, this.receive, RecvOpOf);
  }

  get "~crosses"(): true {
    return true;
  }
  get len(): number {
    return this.shared === null ? this.count : this.shared.len;
  }
  get name(): string {
    return this.options?.name ?? `chan#${this.id}`;
  }

  send(value: T, options?: OpOptions): Op<void> {
    const op = new SendOp(this as LocalChan<unknown>, value);
    const signal = options?.signal;
    return signal === undefined ? op : (new SignalOp(op, signal) as unknown as Op<void>);
  }
  recv(options?: OpOptions): RecvOp<T> {
    const signal = options?.signal;
    return (signal === undefined ? this.receive : new SignalOp(this.receive, signal)) as unknown as RecvOp<T>;
  }
  recvOk(options?: OpOptions): Op<Received<T>> {
    const op = new RecvOkOp<T>(this);
    const signal = options?.signal;
    return (signal === undefined ? op : new SignalOp(op, signal)) as unknown as Op<Received<T>>;
  }

  trySend(value: T): boolean {
    return trySend(this as LocalChan<unknown>, value);
  }
  tryRecv(): Received<T> | undefined {
    return tryRecv(this as LocalChan<unknown>) ? takeReceived<T>() : undefined;
  }

  close(): void {
    if (this.shared !== null) this.shared.close();
    else close(this as LocalChan<unknown>);
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return new ChanIterator<T>(this);
  }
  [Symbol.dispose](): void {
    const closed = this.shared === null ? this.closed : this.shared.closed;
    if (!closed) this.close();
  }
  toString(): string {
    return `${this.name} (${this.len}/${this.cap})`;
  }
}

const EMPTY: unknown[] = [];

/**
 * Makes a channel: unbuffered, or with room for `capacity` values. It becomes shared by itself when it is handed to a
 * goroutine on another thread.
 * @throws RangeError if capacity is no integer >= 0
 */
export function chan<T>(capacity = 0, options?: ChanOptions): Chan<T> {
  return new LocalChan<T>(checkCapacity("chan", capacity), options);
}

/** Owner thread only. Sends now, or says that it would block. */
function trySend(c: LocalChan<unknown>, value: unknown): boolean {
  if (c.shared !== null) return c.shared.trySend(value);
  if (c.closed) throw new SendOnClosedChannelError();
  if (c.recvq.first !== null) {
    const w = c.recvq.dequeue();
    if (w !== null) {
      w.value = value;
      w.ok = true;
      w.party.wake(w);
      return true;
    }
  }
  if (c.count === c.cap) return false;
  putLast(c, value);
  return true;
}

/** Owner thread only. Receives now into Done (value and ok), or says that it would block. */
function tryRecv(c: LocalChan<unknown>): boolean {
  if (c.shared !== null) return c.shared.tryRecv();
  if (c.count > 0) {
    Done.value = takeFirst(c);
    Done.ok = true;
    if (c.sendq.first !== null) {
      const w = c.sendq.dequeue();
      if (w !== null) {
        putLast(c, w.value);
        sent(w);
      }
    }
    return true;
  }
  if (c.sendq.first !== null) {
    const w = c.sendq.dequeue();
    if (w !== null) {
      Done.value = w.value;
      Done.ok = true;
      sent(w);
      return true;
    }
  }
  if (!c.closed) return false;
  if (c.failure !== undefined) throw c.failure.error;
  Done.value = undefined;
  Done.ok = false;
  return true;
}

function recvOrSoon(c: LocalChan<unknown>): boolean {
  return tryRecv(c) || (c.shared?.recvSoon() === true && tryRecv(c));
}

function sent(w: Waiter): void {
  w.value = undefined;
  w.ok = true;
  w.party.wake(w);
}

function putLast(c: LocalChan<unknown>, value: unknown): void {
  if (c.buf === EMPTY) c.buf = new Array(Math.min(c.cap, 1024)).fill(undefined);
  let at = c.head + c.count;
  if (at >= c.cap) at -= c.cap;
  c.buf[at] = value;
  c.count++;
}

function takeFirst(c: LocalChan<unknown>): unknown {
  const { buf, head } = c;
  const value = buf[head];
  buf[head] = undefined;
  c.head = head + 1 === c.cap ? 0 : head + 1;
  c.count--;
  return value;
}

/** Owner thread only. Closes, and wakes everybody; in Go's order, which is last in, first out of the queue (go#48). */
function close(c: LocalChan<unknown>): void {
  if (c.closed) throw new CloseOfClosedChannelError();
  c.closed = true;
  const woken: Waiter[] = [];
  for (let w = c.recvq.dequeue(); w !== null; w = c.recvq.dequeue()) woken.push(w);
  for (let w = c.sendq.dequeue(); w !== null; w = c.sendq.dequeue()) woken.push(w);
  for (let w = woken.pop(); w !== undefined; w = woken.pop()) {
    w.value = c.failure;
    w.ok = false;
    w.party.wake(w);
  }
}

/** The outcome of the receive that has just completed, as an object of its own. */
export function takeReceived<T>(): Received<T> {
  const value = Done.value;
  Done.value = undefined;
  return { value, ok: Done.ok } as Received<T>;
}

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

class RecvOkOp<T> extends ReceiveOp<Received<T>> {
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

/** `for await` over a channel: leaving early leaves the channel as it is. */
class ChanIterator<T> implements AsyncIterator<T> {
  private readonly op: RecvOkOp<T>;
  constructor(c: LocalChan<T>) {
    this.op = new RecvOkOp<T>(c);
  }
  async next(): Promise<IteratorResult<T>> {
    const r = await awaitOutside(this.op);
    return r.ok ? { done: false, value: r.value } : { done: true, value: undefined };
  }
  async return(): Promise<IteratorResult<T>> {
    return { done: true, value: undefined };
  }
}

// The channel on one thread, as its users hold it.
//
// What.  Typed conduit with a buffer of fixed capacity (0: none). Send and receive block; close says that no more comes.
// Words. waiter: a party in sendq or recvq, with its value. hand over: give a value straight to a waiting receiver.
// How.   poll of a send hands over to the longest waiting receiver, else puts into the buffer, else says it would block;
//        poll of a receive takes from the buffer (and moves the longest waiting sender's value in), else from a waiting
//        sender, else reports closed, else says it would block. These steps, and close, are in
//        hand-over.ts; chan-ops.ts makes operations of them, which wait. Once it is shared with other threads this object
//        only passes on.
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

import type { Op, RecvOp } from "@gr/core";
import { SignalOp, sched, WaitQueue } from "@gr/core/internal";
import { checkCapacity } from "./capacity.ts";
import { RecvOkOp, RecvOpOf, SendOp } from "./chan-ops.ts";
import type { Chan, ChanOptions, OpOptions, Received } from "./channel.ts";
import type { Failure } from "./failure.ts";
import { close, EMPTY, takeReceived, tryRecv, trySend } from "./hand-over.ts";
import { ChanIterator } from "./iterate.ts";
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

/**
 * Makes a channel: unbuffered, or with room for `capacity` values. It becomes shared by itself when it is handed to a
 * goroutine on another thread.
 * @throws RangeError if capacity is no integer >= 0
 */
export function chan<T>(capacity = 0, options?: ChanOptions): Chan<T> {
  return new LocalChan<T>(checkCapacity("chan", capacity), options);
}

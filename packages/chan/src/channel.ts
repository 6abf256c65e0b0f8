// The types of a channel: Chan, and its two directions Sender and Receiver.
//
// Members that begin with `~` exist for the compiler only: they make Sender contravariant and Receiver covariant, so
// that a Chan<number> is assignable to no other Chan (method syntax alone is bivariant).

import type { Crosses, Op, RecvOp } from "@gr/core";

/** What recvOk gives: the value, and whether it was sent. `ok` is false only when the channel is closed and drained. */
export type Received<T> = { readonly value: T; readonly ok: true } | { readonly value: undefined; readonly ok: false };

export interface OpOptions {
  /** Gives the operation up when it fires; ignored if the operation completes at once. */
  readonly signal?: AbortSignal | undefined;
}

/** The sending half. */
export interface Sender<in T> extends Crosses {
  readonly "~sends": (value: T) => void;
  /** Sends value: blocks until a receiver takes it or the buffer has room. Throws SendOnClosedChannelError. */
  send(value: T, options?: OpOptions): Op<void>;
  /** Sends value if that is possible at once; says whether it was. Never blocks. Throws SendOnClosedChannelError. */
  trySend(value: T): boolean;
  /** No more values will be sent. Never blocks. Throws CloseOfClosedChannelError. */
  close(): void;
  /** Values in the buffer; blocked senders are not counted (go#27). */
  readonly len: number;
  readonly cap: number;
  readonly name: string;
}

/** The receiving half. `for await` over it receives until it is closed and drained. */
export interface Receiver<out T> extends AsyncIterable<T>, Crosses {
  readonly "~receives": T;
  /** Receives a value: blocks until there is one. undefined when closed and drained; recvOk tells that from a sent undefined. */
  recv(options?: OpOptions): RecvOp<T>;
  recvOk(options?: OpOptions): Op<Received<T>>;
  /** Receives if that is possible at once; undefined if it would block. Never blocks. */
  tryRecv(): Received<T> | undefined;
  readonly len: number;
  readonly cap: number;
  readonly name: string;
}

/** A channel: both halves. Disposing closes it. */
export interface Chan<in out T> extends Sender<T>, Receiver<T>, Disposable {}

export interface ChanOptions {
  /** For dumps and traces. */
  readonly name?: string | undefined;
  /** Never to be shared with another thread: handing it to one throws. */
  readonly local?: boolean | undefined;
}

// How a planted bug gets at the classes it breaks: through instances, since packages export factories only.
import { chan, select } from "@gr/chan";
import { Done, type Waiter, type WaitQueue } from "@gr/core/internal";

/** The parts of a local channel that bugs meddle with. */
export interface ChanInside {
  readonly cap: number;
  buf: unknown[];
  head: number;
  count: number;
  closed: boolean;
  readonly recvq: WaitQueue;
  readonly sendq: WaitQueue;
  close(): void;
  trySend(value: unknown): boolean;
  tryRecv(): unknown;
}

/** An Op of a channel. */
export interface ChanOpInside {
  readonly c: ChanInside;
  readonly value: unknown;
  poll(): boolean;
  enqueue(w: Waiter): void;
  dequeue(w: Waiter): void;
  finish(w: Waiter, own: Waiter): unknown;
}

export interface SelectInside {
  readonly keys: readonly (string | number)[];
  readonly ops: readonly ChanOpInside[];
  readonly order: number[];
  readonly hasDefault: boolean;
  poll(): boolean;
  enqueue(w: Waiter): void;
  dequeue(w: Waiter): void;
  finish(w: Waiter, own: Waiter): unknown;
}

const proto = (instance: unknown): object => Object.getPrototypeOf(instance) as object;

const sample = chan<number>(1);
export const chanProto: ChanInside = proto(sample) as ChanInside;
export const sendProto: ChanOpInside = proto(sample.send(0)) as ChanOpInside;
export const recvProto: ChanOpInside = proto(sample.recv()) as ChanOpInside;
export const recvOkProto: ChanOpInside = proto(sample.recvOk()) as ChanOpInside;
/** What recv and recvOk have in common. */
export const receiveProto: ChanOpInside = proto(recvProto) as ChanOpInside;
export const selectProto: SelectInside = proto(select({})) as SelectInside;

// Some operations have a next of their own, whose calls engines can inline. OpBase's does the same by way of poll, which
// is what bugs are planted in.
for (const fast of [sendProto, recvProto, selectProto]) Reflect.deleteProperty(fast, "next");

/** The result object of completed operations. */
export const done: { value: unknown; ok?: boolean } = Done as unknown as { value: unknown; ok?: boolean };

/** Wraps every way to receive without blocking: recv, recvOk and tryRecv. `before` may change the channel. */
export function aroundReceive(around: (c: ChanInside, receive: () => unknown) => unknown): void {
  for (const p of [recvProto, recvOkProto]) {
    const { poll } = p;
    p.poll = function (this: ChanOpInside) {
      return around(this.c, () => poll.call(this)) as boolean;
    };
  }
  const { tryRecv } = chanProto;
  chanProto.tryRecv = function (this: ChanInside) {
    return around(this, () => tryRecv.call(this));
  };
}

/** Wraps every way to send without blocking: send and trySend. */
export function aroundSend(around: (c: ChanInside, value: unknown, send: () => boolean) => boolean): void {
  const { poll } = sendProto;
  sendProto.poll = function (this: ChanOpInside) {
    const sent = around(this.c, this.value, () => poll.call(this));
    if (sent) done.value = undefined;
    return sent;
  };
  const { trySend } = chanProto;
  chanProto.trySend = function (this: ChanInside, value: unknown) {
    return around(this, value, () => trySend.call(this, value));
  };
}

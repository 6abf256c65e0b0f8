// go#30 T6: which end of a channel may be used for what, and become what. Checked by the compiler alone.
//
// Every line marked as an error must be one (an unused @ts-expect-error is an error itself), and every
// other line must compile. Nothing here runs.
import { type Chan, chan, type Receiver, range, type Sender, select } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { describe } from "vitest";

describe("go#30 directions of channels (types only)", () => {});

declare const both: Chan<number>;
declare const sending: Sender<number>;
declare const receiving: Receiver<number>;

// Narrowing goes one way.
export const c1: Chan<number> = both;
export const s1: Sender<number> = both;
export const r1: Receiver<number> = both;
export const s2: Sender<number> = sending;
export const r2: Receiver<number> = receiving;
// @ts-expect-error a sender is not a whole channel
export const c2: Chan<number> = sending;
// @ts-expect-error a receiver is not a whole channel
export const c3: Chan<number> = receiving;
// @ts-expect-error a receiver is not a sender
export const s3: Sender<number> = receiving;
// @ts-expect-error a sender is not a receiver
export const r3: Receiver<number> = sending;

export function* operations(): Coroutine<void> {
  yield* both.send(1);
  yield* both.recv();
  both.close();

  yield* sending.send(1);
  sending.trySend(1);
  sending.close();
  // @ts-expect-error receiving from a sender
  yield* sending.recv();
  // @ts-expect-error the same without blocking
  sending.tryRecv();
  // @ts-expect-error ranging over a sender
  yield* range(sending, () => {});

  yield* receiving.recv();
  yield* receiving.recvOk();
  receiving.tryRecv();
  yield* range(receiving, () => {});
  // @ts-expect-error sending on a receiver
  yield* receiving.send(1);
  // @ts-expect-error the same without blocking
  receiving.trySend(1);
  // @ts-expect-error closing a receiver
  receiving.close();

  // In select the same holds case by case.
  yield* select({ s: sending.send(1), r: receiving.recv() });
  // @ts-expect-error a receive case of a sender
  yield* select({ s: sending.recv() });
  // @ts-expect-error a send case of a receiver
  yield* select({ r: receiving.send(1) });
}

// A channel takes exactly its element type.
export const n1: Chan<number> = chan<number>();
// @ts-expect-error numbers are not strings
export const n2: Chan<string> = chan<number>();
// @ts-expect-error one could send anything on it
export const n3: Chan<unknown> = chan<number>();
// @ts-expect-error one could receive a string from it
export const n4: Chan<number> = chan<number | string>();

// A sender may take more than it is asked for, a receiver may give less.
export const v1: Sender<number> = chan<number | string>();
export const v2: Receiver<number | string> = chan<number>();
// @ts-expect-error it would be sent strings
export const v3: Sender<number | string> = chan<number>();
// @ts-expect-error it would give strings
export const v4: Receiver<number> = chan<number | string>();

export function* values(): Coroutine<void> {
  // @ts-expect-error not a number
  yield* both.send("1");
  const v: number | undefined = yield* both.recv();
  // @ts-expect-error it may be undefined, when closed
  const w: number = yield* both.recv();
  const r = yield* select({ a: both.recv(), b: chan<string>().recv() });
  if (r.key === "a" && r.ok) {
    const a: number = r.value;
    // @ts-expect-error the case of a gives a number
    const b: string = r.value;
    void [a, b];
  }
  // @ts-expect-error there is no such case
  if (r.key === "c") return;
  void [v, w];
}

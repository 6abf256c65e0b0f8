// GRDEBUG=ops=1 for receives: one that was made and never used can be told only if it is not the same object each time.

import type { RecvOp } from "@gr/core";
import { type OpBase, SignalOp, toOp } from "@gr/core/internal";
import type { Chan, OpOptions } from "./channel.ts";

/** Makes each recv() of this channel an operation of its own. `own` is the one that it would give otherwise. */
export function watchReceives<T>(c: Chan<T>, own: OpBase<unknown>, Receive: new (c: never) => OpBase<unknown>): void {
  // The channel made it, not the user: asked for, it counts as used.
  toOp(own);
  c.recv = (options?: OpOptions): RecvOp<T> => {
    const op = new Receive(c as never);
    const signal = options?.signal;
    return (signal === undefined ? op : new SignalOp(op, signal)) as unknown as RecvOp<T>;
  };
}

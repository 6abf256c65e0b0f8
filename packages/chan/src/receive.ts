// Which operations are receives: select tells `ok` for them, however they are wrapped.

import { type OpBase, SignalOp } from "@gr/core/internal";

/** The mark on the prototype of every receive. */
export const RECEIVES = "~recv";

/** True for an operation that leaves `ok` in Done (poll) or in its waiter. */
export function isReceive(op: OpBase<unknown>): boolean {
  if (RECEIVES in op) return true;
  return op instanceof SignalOp && isReceive(op.inner);
}

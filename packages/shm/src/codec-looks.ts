// What the encoder asks of a value before it copies it.

import { CannotCrossError } from "./data-clone-error.ts";

/** What means something in its own thread only: copied it would arrive dead. */
export function refuseOurs(v: { asOp?: unknown; cancel?: unknown; "~crosses"?: unknown }): void {
  // Not a plain object to be copied: its package registers it when it has been loaded.
  if (v["~crosses"] === true)
    throw new CannotCrossError(
      v,
      "an object that belongs to the thread that made it (if it is a channel, a mutex or a wait group, its code for threads is still loading: import its package before startThreads(), or wait a moment)",
    );
  if (typeof v.asOp !== "function") return;
  throw new CannotCrossError(
    v,
    typeof v.cancel === "function"
      ? "a goroutine's handle (hand over a channel or a wait group instead)"
      : "an operation (hand over its channel, mutex or wait group instead)",
  );
}

/** Looks at three places; a miss costs a word per hole. */
export function mayBeSparse(v: readonly unknown[]): boolean {
  const n = v.length;
  return n > 64 && (isHole(v, 0) || isHole(v, n >> 1) || isHole(v, n - 1));
}

const isHole = (v: readonly unknown[], i: number): boolean => v[i] === undefined && !(i in v);

/** Does the key name an item of an array of n? */
export function isIndex(key: string, n: number): boolean {
  const index = Number(key) >>> 0;
  return index < n && String(index) === key;
}

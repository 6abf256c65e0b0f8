// The error for a blocking call that would have to be a goroutine. Its caller's side and the thread that calls both need it.

import { expected } from "@gr/core/internal";

const isGenerator = (it: object): boolean => /Generator/.test(Object.prototype.toString.call(it));

/** The error if `it`, a function or what one has returned, is a generator's; null if not. */
export function noGoroutine(it: unknown, name: string): TypeError | null {
  if (it === null || (typeof it !== "object" && typeof it !== "function") || !isGenerator(it)) return null;
  const what = typeof it === "function" ? "a plain or an async function" : `${name} to return no generator`;
  return new TypeError(
    `${expected("blocking", what, it)}: a blocking call has no scheduler to run it; new Thread(fn) has, and may block`,
  );
}

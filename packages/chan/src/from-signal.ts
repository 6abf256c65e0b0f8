// fromSignal: an AbortSignal as a channel that is closed when the signal fires (Go: ctx.Done()).

import { expected } from "@gr/core/internal";
import type { Receiver } from "./channel.ts";
import { HoldingQueue } from "./holding-queue.ts";
import { HostChan } from "./host-chan.ts";

// One channel and one listener per signal, however often it is asked for.
const channels = new WeakMap<AbortSignal, Receiver<never>>();

/**
 * A channel on which nothing comes, and which is closed when signal fires: as a case of select it is "stop". The reason
 * stands in signal.reason. The same signal gives the same channel.
 * @throws TypeError if signal is no AbortSignal
 */
export function fromSignal(signal: AbortSignal): Receiver<never> {
  if (typeof signal?.addEventListener !== "function" || typeof signal.aborted !== "boolean")
    throw new TypeError(expected("fromSignal", "an AbortSignal", signal));
  const known = channels.get(signal);
  if (known !== undefined) return known;
  const c = new HostChan<never>(0, "signal", new HoldingQueue());
  if (signal.aborted) c.end();
  else signal.addEventListener("abort", () => c.end(), { once: true });
  channels.set(signal, c);
  return c;
}

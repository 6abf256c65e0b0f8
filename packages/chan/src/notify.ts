// notify: events as a channel, from an EventTarget or an EventEmitter.
//
// An event cannot be held back, so there is no backpressure: what happens when the channel is full is the caller's
// choice, and has no default.

import { expected } from "@gr/core/internal";
import { checkCapacity } from "./capacity.ts";

import { ChannelFullError } from "./errors.ts";
import { HoldingQueue } from "./holding-queue.ts";
import { HostChan, type Source } from "./host-chan.ts";

/** What is used of an EventTarget. */
export interface Target {
  addEventListener(event: string, listener: (event: Event) => void): void;
  removeEventListener(event: string, listener: (event: Event) => void): void;
}

/** What is used of Node's EventEmitter; no package of Node's is imported for it. */
export interface Emitter {
  on(event: never, listener: (...args: unknown[]) => void): unknown;
  removeListener(event: never, listener: (...args: unknown[]) => void): unknown;
}

/**
 * What becomes of an event when nobody waits for it and the buffer is full:
 * "drop-newest": it is forgotten (as Go's signal.Notify does).
 * "drop-oldest": the oldest in the buffer makes room for it.
 * "throw": the channel fails; receivers get what is in the buffer and are then thrown a ChannelFullError.
 */
export type WhenFull = "drop-newest" | "drop-oldest" | "throw";

export interface NotifyOptions {
  /** Events kept until somebody receives them. */
  readonly capacity: number;
  readonly full: WhenFull;
  /** The event that ends the source and closes the channel ("close", say). */
  readonly end?: string | symbol | undefined;
  /** For dumps and traces. */
  readonly name?: string | undefined;
}

/** The event that `on…` of the target takes; Event where the target has no such property. */
export type EventOf<T, E extends string> = T extends { readonly [P in `on${E}`]: infer H }
  ? NonNullable<H> extends (event: infer V, ...rest: never[]) => unknown
    ? V
    : Event
  : Event;

/**
 * A channel of the events of target: of an EventTarget the event objects; of an EventEmitter the arguments of each
 * emit, as an array, and its "error" event fails the channel. Disposing takes the listeners away.
 * @throws TypeError if target is neither; RangeError for a bad capacity or an unknown `full`
 */
export function notify<T extends Target, E extends string>(
  target: T,
  event: E,
  options: NotifyOptions,
): Source<EventOf<T, E>>;
export function notify<V>(target: Target, event: string, options: NotifyOptions): Source<V>;
export function notify<A extends readonly unknown[] = unknown[]>(
  target: Emitter,
  event: string | symbol,
  options: NotifyOptions,
): Source<A>;
export function notify(target: unknown, event: string | symbol, options: NotifyOptions): Source<unknown> {
  const capacity = checkCapacity("notify", options?.capacity);
  const { full } = options;
  if (full !== "drop-newest" && full !== "drop-oldest" && full !== "throw")
    throw new RangeError(expected("notify", 'full to be "drop-newest", "drop-oldest" or "throw"', full));
  const name = options.name ?? `events ${String(event)}`;
  const c = new HostChan<unknown>(capacity, name, unheld(target, event) ? new HoldingQueue() : undefined);

  const isTarget = typeof (target as Target | null)?.addEventListener === "function";
  const listeners: [event: string | symbol, listener: Listener][] = [
    [event, isTarget ? (e) => took(c, e, full) && stop() : (...args) => took(c, args, full) && stop()],
  ];
  if (!isTarget && event !== "error") listeners.push(["error", (err) => ended(() => c.fail(err))]);
  if (options.end !== undefined) listeners.push([options.end, () => ended(() => c.end())]);

  const { add, remove } = doors(target, isTarget);
  const stop = (): void => {
    for (const [each, listener] of listeners) remove.call(target, each, listener);
  };
  const ended = (how: () => void): void => {
    stop();
    how();
  };
  for (const [each, listener] of listeners) add.call(target, each, listener);
  c.onLeave(stop);
  return c;
}

type Listener = (...args: unknown[]) => void;
type Door = (event: string | symbol, listener: Listener) => unknown;

function doors(target: unknown, isTarget: boolean): { add: Door; remove: Door } {
  const t = target as { addEventListener: Door; removeEventListener: Door; on: Door; removeListener: Door };
  if (isTarget) return { add: t.addEventListener, remove: t.removeEventListener };
  if (typeof t?.on === "function" && typeof t.removeListener === "function")
    return { add: t.on, remove: t.removeListener };
  throw new TypeError(expected("notify", "an EventTarget or an EventEmitter", target));
}

// Puts an event into the channel. True if that failed the channel, so that the listeners must go.
function took(c: HostChan<unknown>, value: unknown, full: WhenFull): boolean {
  if (c.closed || c.trySend(value)) return false;
  if (full === "throw") {
    c.fail(new ChannelFullError(c.name, c.cap));
    return true;
  }
  // With no buffer there is no oldest.
  if (full === "drop-oldest" && c.tryRecv() !== undefined) c.trySend(value);
  return false;
}

// Listeners that do not keep Node's event loop alive.
function unheld(target: unknown, event: string | symbol): boolean {
  if (typeof AbortSignal !== "undefined" && target instanceof AbortSignal) return true;
  const world = globalThis as { process?: unknown };
  return target === world.process && typeof event === "string" && event.startsWith("SIG");
}

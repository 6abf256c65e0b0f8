// The table of bodies that may start on any thread, and the one way to start them.
//
// Programs call spawn() and never go(): here a body is exchanged for its portable twin, so the same
// text runs on one thread (where a portable is an ordinary function) and over many.
import { type Goroutine, go, portable } from "@gr/core";
import type { Task } from "./maker.ts";

// Filled while modules are evaluated, never afterwards.
const portables = new WeakMap<object, object>();

/** Registers the bodies of one module under their own names. Call it once, at the end of the module. */
export function tasks(moduleUrl: string, bodies: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  for (const [name, body] of Object.entries(bodies)) {
    portables.set(body, portable(moduleUrl, `conformance:${name}`, body as never));
  }
}

/** Starts a registered body. One that was never registered is a mistake of the suite and throws. */
export function spawn<A extends readonly unknown[], T>(body: Task<A, T>, ...args: A): Goroutine<T> {
  const twin = portables.get(body);
  if (twin === undefined) throw new TypeError(`conformance: ${body.name} is not registered with tasks()`);
  return go(twin as Task<A, T>, ...args);
}

/** The same for a body that is a plain function. */
export function spawnPlain<A extends readonly unknown[], T>(body: (...args: A) => T, ...args: A): Goroutine<T> {
  return spawn(body as unknown as Task<A, T>, ...args);
}

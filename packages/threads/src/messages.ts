// Every message that crosses postMessage. Work does not: it goes through shared words.

import type { Known, ObjectMessage } from "./bus.ts";

/** To a new worker: become M m of this group, or its sysmon. */
export interface Boot {
  readonly gr: "boot";
  readonly buffer: SharedArrayBuffer;
  readonly m: number;
  /** The record that this M is for; 0: it serves the queues. */
  readonly record: number;
  /** A worker beyond the number of Ps ends after so much sleep. */
  readonly idleMs: number;
  /** Modules to import before any work is taken: those whose objects cross by reference. */
  readonly modules: readonly string[];
  /** Workers run the package's own file; else main alone can start them. */
  readonly ours: boolean;
  /** The line for shared objects; empty: they come over this port. */
  readonly bus: string;
  /** The shared objects that the starter knows. */
  readonly objects: readonly Known[];
}
/** Sysmon to main: a worker that it had started is gone. */
export interface Gone {
  readonly gr: "gone";
  readonly m: number;
  readonly error: unknown;
}
/** Sysmon to main: workers are needed (NEED). */
export interface Needed {
  readonly gr: "need";
}
/** To an M whose host has no Atomics.waitAsync: look at your words. From a worker to main: tell M `to`. */
export interface Ping {
  readonly gr: "ping";
  readonly to: number;
}
/** A web worker to the page: it ends, and what ended it, if it is not its own doing. */
export interface Failed {
  readonly gr: "failed";
  readonly error: unknown;
}

export type Message = Boot | Ping | Failed | Gone | Needed | ObjectMessage;

/** The message in what a port delivered, or null if it is somebody else's. */
export function messageOf(data: unknown): Message | null {
  return typeof data === "object" && data !== null && "gr" in data ? (data as Message) : null;
}

// Thread: one worker as the main M sees it, and the worker's own end. Node and browsers each implement it.

import type { Bus, ObjectMessage } from "./bus.ts";
import type { Message } from "./messages.ts";

/** A worker, seen from main. Never keeps the process alive. */
export interface Thread {
  post(message: Message): void;
  /** Ends it at once, wherever it is. */
  terminate(): Promise<void>;
}

/** What main is told of a worker. */
export interface ThreadEvents {
  message(message: Message): void;
  /** It is gone; error is why, if it did not end by itself. Called once. */
  gone(error: unknown): void;
}

/** The platform's threads. */
export interface Platform {
  /** Number of Ps unless the user says otherwise. */
  readonly cores: number;
  /** May main block, and may it spin for a lock only? False in browsers. */
  readonly mainBlocks: boolean;
  /** Is there to be a sysmon? */
  readonly watches: boolean;
  start(name: string, events: ThreadEvents, options: StartOptions): Thread;
  /** Opens the line of that name for shared objects; null if this host has none. Keeps nothing alive. */
  bus(name: string, told: (message: ObjectMessage) => void): Bus | null;
  /** Keeps the process alive while `on`. */
  hold(on: boolean): void;
}

export interface StartOptions {
  /** Makes the worker; null: the package's own worker file. */
  readonly make: (() => unknown) | null;
  readonly resourceLimits: Readonly<Record<string, number>> | undefined;
  readonly idleMs: number;
}

/** A worker's own end of its line to main. */
export interface WorkerEnd {
  readonly mainBlocks: boolean;
  /** The host's number of this thread; 0 if it has none. */
  readonly thread: number;
  onMessage(told: (message: Message) => void): void;
  post(message: Message): void;
  /** The thread is about to end: `told` is the last to run here. Hosts that do not say so never call it. */
  onEnd(told: (error: unknown) => void): void;
  /** With `on` the line does not keep the thread alive. Null where nobody is told that an event loop has drained. */
  readonly loosen: ((on: boolean) => void) | null;
  /** Lets go of the line: the thread ends when nothing else holds it. */
  close(): void;
}

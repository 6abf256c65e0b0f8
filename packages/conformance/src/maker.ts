// Maker: all a behaviour suite may know about the backend it runs on.
//
// A suite is a function of a Maker, so that the same sentences are proven for channels on one
// thread and for channels that cross threads. Bodies that a suite spawns are named functions of
// channels and plain values, registered in task.ts; what they find out they send on a channel. Only
// the main body of a test may close over state, because main never leaves the thread of the test.
import type { Chan } from "@gr/chan";
import type { Coroutine, Goroutine } from "@gr/core";

/** A goroutine body that may start on another thread: it captures nothing. */
export type Task<A extends readonly unknown[], T> = (...args: A) => Coroutine<T>;

export interface Maker {
  readonly name: string;
  /** Multiplies iteration counts. 1 fits a CI run; a nightly run passes more. */
  readonly scale: number;
  chan<T>(capacity?: number, options?: { readonly name?: string }): Chan<T>;
  /** How often a loop that polls and yields may come round before it is taken to be stuck. */
  readonly patience: number;
  /** Whether cancel() has reached its goroutine when it returns. */
  readonly cancelsAtOnce: boolean;
  /** Runs main as a program that nothing outside will wake, so that a deadlock is reported at once. */
  run<T>(main: () => Coroutine<T>): Promise<T>;
  spawn<A extends readonly unknown[], T>(body: Task<A, T>, ...args: A): Goroutine<T>;
  /** Goroutine side. Returns when every other goroutine of the program is blocked or gone. */
  settle(): Coroutine<void>;
}

/** An iteration count for this backend, never below one. */
export function scaled(make: Maker, count: number): number {
  return Math.max(1, Math.round(count * make.scale));
}

// What a goroutine is in the middle of, below its top generator.

import type { Coroutine } from "./op.ts";

/** A generator that waits until the one above it has ended. */
export class Frame {
  readonly gen: Coroutine<unknown>;
  readonly up: Frame | null;
  /** What stands above it, for dumps. */
  readonly callee: string;

  constructor(gen: Coroutine<unknown>, up: Frame | null, callee: string) {
    this.gen = gen;
    this.up = up;
    this.callee = callee;
  }

  /** Scheduler side. An error came out of what stands above it. */
  note(_err: unknown): void {}
}

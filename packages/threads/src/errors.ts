// Errors that cross threads keep their class: core's by their code, everybody else's as the codec made them.

import {
  CancelledError,
  DeadlockError,
  GoexitError,
  MisuseError,
  NotPortableError,
  PanicError,
  ThreadLostError,
  TimeoutError,
} from "@gr/core";
import { type Codec, DataCloneError } from "@gr/shm";

const CLASSES: Readonly<Record<string, { readonly prototype: object }>> = {
  GR_CANCELLED: CancelledError,
  GR_DATA_CLONE: DataCloneError,
  GR_DEADLOCK: DeadlockError,
  GR_GOEXIT: GoexitError,
  GR_MISUSE: MisuseError,
  GR_NOT_PORTABLE: NotPortableError,
  GR_PANIC: PanicError,
  GR_THREAD_LOST: ThreadLostError,
  GR_TIMEOUT: TimeoutError,
};

/** An error that came from another M, as the class it was there. */
export function revive(err: unknown): unknown {
  if (!(err instanceof Error)) return err;
  const made = CLASSES[String((err as { code?: unknown }).code)];
  if (made !== undefined && !(err instanceof (made as unknown as new () => Error)))
    Object.setPrototypeOf(err, made.prototype);
  return err;
}

/** Owner thread only. Encodes an error into a slot; one that cannot cross is replaced by one with its text. */
export function encodeError(codec: Codec, err: unknown, at: number): void {
  try {
    codec.encodeSlot(err, at, "error");
  } catch {
    const text = new Error(err instanceof Error ? err.message : String(err));
    if (err instanceof Error) {
      text.name = String(err.name);
      if (typeof err.stack === "string") text.stack = err.stack;
    }
    codec.encodeSlot(text, at, "error");
  }
}

// Errors of core keep their class when they cross threads, by their code; and one that cannot cross is replaced.

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
import { type Codec, registerErrors } from "@gr/shm";

registerErrors({
  GR_CANCELLED: CancelledError,
  GR_DEADLOCK: DeadlockError,
  GR_GOEXIT: GoexitError,
  GR_MISUSE: MisuseError,
  GR_NOT_PORTABLE: NotPortableError,
  GR_PANIC: PanicError,
  GR_THREAD_LOST: ThreadLostError,
  GR_TIMEOUT: TimeoutError,
});

/** Owner thread only. Encodes an error into a slot; one that cannot cross is replaced by one with its text, if it has one. */
export function encodeError(codec: Codec, err: unknown, at: number): void {
  try {
    codec.encodeSlot(err, at, "error");
  } catch {
    codec.encodeSlot(textOf(err), at, "error");
  }
}

// Reading it may throw: a getter's code, a value without toString.
function textOf(err: unknown): unknown {
  try {
    if (!(err instanceof Error)) return new Error(String(err));
    const text = new Error(err.message);
    text.name = String(err.name);
    // Tells its class.
    const { code } = err as { code?: unknown };
    if (typeof code === "string") Object.assign(text, { code });
    if (typeof err.stack === "string") text.stack = err.stack;
    return text;
  } catch {
    return new Error("no text");
  }
}

// The words of wait reasons, as they stand in dumps (go#183). A part of rare.ts.

import type { WaitReason } from "./wait-reason.ts";

const TEXT: readonly string[] = [
  "",
  "chan receive",
  "chan send",
  "chan receive (nil chan)",
  "chan send (nil chan)",
  "select",
  "select (no cases)",
  "sleep",
  "sync.Mutex.Lock",
  "sync.RWMutex.RLock",
  "sync.RWMutex.Lock",
  "sync.WaitGroup.Wait",
  "sync.Cond.Wait",
  "semacquire",
  "IO wait",
  "join",
  "scope",
  "syscall",
  "timer",
  "system goroutine wait",
];

/** The text of a wait reason, as it stands in dumps. */
export function waitReasonText(reason: WaitReason): string {
  return TEXT[reason] ?? `wait reason ${reason}`;
}

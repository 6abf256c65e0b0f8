// What a mutex or a wait group becomes once another thread holds it too, as seen by this isolate.
//
// mutex.ts and wait-group.ts know no more of shared memory than this; shared-mutex.ts and shared-group.ts implement it.

import type { Waiter } from "@gr/core/internal";

export interface SharedEnd {
  /** Changes with every change that makes possible what another operation waits for. */
  readonly version: number;
  /** Another thread may complete an operation here, and nobody judges all threads (runSync): waiting is no deadlock. */
  readonly hostWakes: boolean;
  enqueue(w: Waiter): void;
  dequeue(w: Waiter): void;
}

export interface SharedMutexEnd extends SharedEnd {
  readonly locked: boolean;
  /** Owner thread only. Takes it if it is free. @throws ThreadLostError if the thread that held it died */
  tryLock(): boolean;
  /** Owner thread only, by whoever holds it. Hands it on, or frees it. */
  passOn(): void;
}

export interface SharedGroupEnd extends SharedEnd {
  readonly count: number;
  /** A thread died while it changed the group. */
  readonly broken: boolean;
  /** Owner thread only. Adds n, which is not 0. Throws as WaitGroup.add, and ThreadLostError. */
  add(n: number): void;
  /** Owner thread only. Is the counter zero? @throws ThreadLostError */
  isDone(): boolean;
}

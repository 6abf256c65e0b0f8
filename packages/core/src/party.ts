// Party: who waits, and the one question that decides every race: who won it?
//
// A party (a goroutine, or an outside await) is its own waiter for a plain operation, and may stand in many queues at
// once through the waiters of a select. Whoever wants to complete one of them first claims the party; exactly one claim
// succeeds per wait. On one thread that is one boolean. When one of the queues belongs to a shared channel, that
// channel puts a SharedClaim in its place, and every waker, local ones too, goes through it. Core names no shared
// memory: this is the seam.

import { Waiter } from "./wait-queue.ts";

/** A claim that other threads can make too. */
export interface SharedClaim {
  /** Any thread. True for exactly one caller. */
  take(): boolean;
  /** Owner thread only. The party has waited for long: its program holds it weakly from now on, and others should. */
  linger?(): void;
}

export abstract class Party extends Waiter {
  /**
   * Not false while the party waits and nobody of this thread has claimed it. A SharedClaim while one of its waiters
   * stands where other threads can claim it too.
   */
  pending: boolean | SharedClaim;

  constructor() {
    super(null);
    this.pending = false;
  }

  // No field: a million goroutines would each hold eight bytes that name themselves.
  get party(): Party {
    return this;
  }

  /** Owner thread only. True if the caller may complete one waiter of this party; it must then call wake(). */
  claim(): boolean {
    const { pending } = this;
    if (pending === false) return false;
    if (pending !== true && !pending.take()) return false;
    this.pending = false;
    return true;
  }

  /** Owner thread only. Tells a claimed party which of its waiters completed. It runs later, never inside this call. */
  abstract wake(w: Waiter): void;
}

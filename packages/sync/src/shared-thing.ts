// A mutex or a wait group over shared words, as this isolate sees it: how waiters are queued, left and told.
//
// What.  What both kinds have in common: each brings its protocol (shared-hold.ts, shared-count.ts).
// How.   The protocol runs under the lock, on words only; then the lock is let go, and who was claimed is told: here if it
//        lives here, else by its cell, as mail. A waiter that completes while it queues itself is told by mail to this
//        isolate, since enqueue must complete nothing.

import { ThreadLostError } from "@gr/core";
import { sched, type Waiter } from "@gr/core/internal";
import {
  inside,
  isAlone,
  OK_DONE,
  OK_NO,
  ops,
  type SharedRecord,
  type SharedThing,
  sendMail,
  W_NEXT,
  W_OK,
} from "@gr/shm";
import type { SharedEnd } from "./shared-end.ts";
import { OURS, type SyncIsolate } from "./shared-isolate.ts";
import { BLOCKED, COMPLETED, LOST, lockAt, unlink, unlockAt, versionOf } from "./shared-queue.ts";
import { REF_WORDS } from "./shared-words.ts";

export abstract class SharedThingAt implements SharedEnd, SharedThing {
  readonly at: number;
  readonly iso: SyncIsolate;
  loose: Set<SharedRecord> | null;

  constructor(iso: SyncIsolate, at: number) {
    this.iso = iso;
    this.at = at;
    this.loose = null;
  }

  abstract get broken(): boolean;
  /** What the error of a broken one says. */
  protected abstract readonly lost: string;
  /** Holder of LOCK. Completes the waiter in `cell`, or queues it. */
  protected abstract match(cell: number): number;
  /** What a waiter that has completed gets. */
  protected abstract granted(): unknown;

  get alone(): boolean {
    return isAlone(this.iso.mem, this.at, REF_WORDS);
  }
  get version(): number {
    return versionOf(this.iso.mem, this.at);
  }
  get hostWakes(): boolean {
    // Mail comes from goroutines, which the judgement over all threads counts. Without an event loop none is delivered.
    return sched.host.kind === "none";
  }

  settle({ w }: SharedRecord, ok: boolean): void {
    w.ok = ok;
    w.value = ok ? this.granted() : this.lostError();
  }

  enqueue(w: Waiter): void {
    const { waiters } = this.iso;
    if (!w.party.pending) return;
    let cell: number;
    try {
      cell = waiters.newCell();
    } catch (err) {
      waiters.fail(w, err);
      return;
    }
    this.adopt(w, cell);
  }

  /** Owner thread only. Queues w in `cell`; or completes it, if that has become possible since poll. */
  adopt(w: Waiter, cell: number): void {
    const { mem, to, waiters } = this.iso;
    waiters.record(w, cell, this, 0);
    this.lock();
    const came = this.match(cell);
    this.unlock();
    if (came === BLOCKED || came === LOST) return;
    ops.store(mem, cell + W_OK, came === COMPLETED ? OK_DONE : OK_NO);
    sendMail(to.m, cell);
  }

  dequeue(w: Waiter): void {
    const record = w.queue as SharedRecord | null;
    if (record === null) return;
    this.lock();
    unlink(this.iso.mem, this.at, record.cell);
    this.unlock();
    this.iso.waiters.release(record);
  }

  lostError(): ThreadLostError {
    return new ThreadLostError(this.lost);
  }

  // All of a list by W_NEXT.
  protected wakeAll(list: number): void {
    const { mem, waiters } = this.iso;
    for (let w = list; w !== 0; ) {
      const next = ops.peek(mem, w + W_NEXT);
      waiters.wake(w);
      w = next;
    }
  }

  protected lock(): void {
    const { mem, to } = this.iso;
    inside(mem, to.m, this.at | OURS);
    lockAt(mem, this.at, to.m, to.canBlock);
  }
  protected unlock(): void {
    const { mem, to } = this.iso;
    unlockAt(mem, this.at, to.m);
    inside(mem, to.m, 0);
  }
}

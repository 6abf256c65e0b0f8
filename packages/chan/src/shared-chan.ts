// A channel over shared words: the same contract as chan.ts, for several threads.
//
// What.  The SharedEnd of one isolate for one channel: every operation of the channel object goes through it once the
//        channel is shared.
// Words. end: this object. slot, cell, claim: see shared-words.ts and shared-protocol.ts. mail: a waiter cell on its way
//        to the isolate that owns it.
// How.   A value is encoded into a slot first, with no lock held, since that may run the user's code. Then the protocol
//        runs under the channel's lock, on words only. Then the lock is let go and the partner, if one was found, is
//        told: directly if it lives here, else its cell goes into its M's inbox. A waiter re-checks when it queues
//        itself, for between poll and enqueue another thread may have come.
// Invariants.
//   I1  No user code, no allocation and no encoding runs while the lock is held.
//   I2  A message in a slot belongs to one place: the buffer, one waiter, or the operation that holds it; whoever takes
//       it decodes or drops it.
//   I3  A waiter cell is freed by its owner alone: after its mail has come, or after it was unlinked under the lock.
// The hard part. A loser's cell. Another thread may be about to claim the waiter through it. Both happen under the lock
//   of the channel it is queued on, and dequeue takes that lock: afterwards nobody can reach the cell. The claim word of
//   the party may live in a cell whose own waiter is done while others still point to it: WordClaim frees it last.
// Rejected. Waking by message (a wake costs ten times an inbox push, and a MessagePort per pair of threads).
// Sources. Go's chan.go; the rest is our own.

import { Done, type Waiter } from "@gr/core/internal";
import { lock, ops, sendMail, unlock } from "@gr/shm";
import { CloseOfClosedChannelError, SendOnClosedChannelError } from "./errors.ts";
import type { SharedEnd } from "./shared-end.ts";
import { type Record, type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import {
  BLOCKED,
  COMPLETED,
  closeAll,
  LOST,
  matchRecv,
  matchSend,
  ON_CLOSED,
  offer,
  take,
  unlink,
  type Woken,
} from "./shared-protocol.ts";
import { CLOSED, COUNT, LOCK, M, NEXT, OK, RECVQ, SENDQ, SLOT, VERSION } from "./shared-words.ts";

export class SharedChan implements SharedEnd {
  /** Address of the channel's cell. */
  readonly at: number;
  private readonly iso: SharedIsolate;
  private readonly woken: Woken;

  constructor(iso: SharedIsolate, at: number) {
    this.iso = iso;
    this.at = at;
    this.woken = { cell: 0 };
  }

  get len(): number {
    return ops.load(this.iso.mem, this.at + COUNT);
  }
  get closed(): boolean {
    return ops.load(this.iso.mem, this.at + CLOSED) !== 0;
  }
  get version(): number {
    return ops.load(this.iso.mem, this.at + VERSION);
  }
  get hostWakes(): boolean {
    return true;
  }

  trySend(value: unknown): boolean {
    const { iso, woken } = this;
    if (this.closed) throw new SendOnClosedChannelError();
    const slot = iso.scratch;
    iso.codec.encodeSlot(value, slot);
    this.lock();
    const came = offer(iso.mem, this.at, slot, woken);
    this.unlock();
    if (came === COMPLETED) {
      if (woken.cell !== 0) this.wake(woken.cell);
      return true;
    }
    iso.codec.dropSlot(slot);
    if (came === ON_CLOSED) throw new SendOnClosedChannelError();
    return false;
  }

  tryRecv(): boolean {
    const { iso, woken } = this;
    const slot = iso.scratch;
    this.lock();
    const came = take(iso.mem, this.at, slot, woken);
    this.unlock();
    if (came === BLOCKED) return false;
    if (woken.cell !== 0) this.wake(woken.cell);
    Done.ok = came === COMPLETED;
    Done.value = came === COMPLETED ? iso.codec.takeSlot(slot) : undefined;
    return true;
  }

  close(): void {
    const { iso, woken } = this;
    this.lock();
    const closed = closeAll(iso.mem, this.at, woken);
    this.unlock();
    if (!closed) throw new CloseOfClosedChannelError();
    for (let w = woken.cell; w !== 0; ) {
      const next = ops.peek(iso.mem, w + NEXT);
      this.wake(w);
      w = next;
    }
  }

  enqueueSend(w: Waiter): void {
    const { iso } = this;
    const { value } = w;
    const record = iso.record(w, false, this);
    try {
      iso.codec.encodeSlot(value, record.cell + SLOT);
    } catch (err) {
      ops.poke(iso.mem, record.cell + SLOT, 0);
      iso.failed(record, err);
      return;
    }
    w.value = undefined;
    this.match(record, matchSend);
  }

  enqueueRecv(w: Waiter): void {
    this.match(this.iso.record(w, true, this), matchRecv);
  }

  // Queues the waiter, or completes it on the spot if its partner came since poll.
  private match(record: Record, how: typeof matchSend): void {
    const { iso, woken } = this;
    this.lock();
    const came = how(iso.mem, this.at, record.cell, woken);
    this.unlock();
    if (came === BLOCKED || came === LOST) return;
    const partner = woken.cell;
    ops.poke(iso.mem, record.cell + OK, came === COMPLETED ? 1 : 0);
    iso.completed(record.cell);
    if (partner !== 0) this.wake(partner);
  }

  dequeueSend(w: Waiter): void {
    this.dequeue(w, SENDQ);
  }
  dequeueRecv(w: Waiter): void {
    this.dequeue(w, RECVQ);
  }

  private dequeue(w: Waiter, q: number): void {
    const { iso } = this;
    const record = w.queue as Record | null;
    if (record === null) return;
    this.lock();
    unlink(iso.mem, this.at, q, record.cell);
    this.unlock();
    if (!record.receives) iso.codec.dropSlot(record.cell + SLOT);
    iso.release(record);
  }

  // A claimed waiter is told: here, or by mail.
  private wake(cell: number): void {
    const { iso } = this;
    const m = ops.peek(iso.mem, cell + M);
    if (m === iso.to.m) iso.completed(cell);
    else sendMail(m, cell);
  }

  private lock(): void {
    lock(this.iso.mem, this.at + LOCK, this.iso.to.m, this.iso.to.canBlock);
  }
  private unlock(): void {
    unlock(this.iso.mem, this.at + LOCK, this.iso.to.m);
  }
}

/** The end of this isolate for the channel at `at`. */
export function endOf(at: number): SharedChan {
  return new SharedChan(sharedIsolate() as SharedIsolate, at);
}

// A channel over shared words: the same contract as chan.ts, for several threads.
//
// What.  The SharedEnd of one isolate for one channel: every operation of the channel object goes through it once the
//        channel is shared.
// Words. end: this object. slot, cell, claim: see shared-words.ts and shared-protocol.ts. mail: a waiter cell on its way
//        to the isolate that owns it.
// How.   A value is encoded into a slot first, with no lock held, since that may run the user's code. Then the protocol
//        runs under the channel's lock, on words only. Then the lock is let go and the partner, if one was found, is
//        told: directly if it lives here, else its cell goes into its M's inbox. A waiter re-checks when it queues
//        itself, for between poll and enqueue another thread may have come; what completes or fails there is told by
//        mail to this isolate itself, since enqueue must complete nothing. A poll that would block finds out without
//        the lock, and without encoding.
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

import { Done, sched, type Waiter } from "@gr/core/internal";
import {
  detach,
  encodeMoving,
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
  W_SLOT,
} from "@gr/shm";
import { CloseOfClosedChannelError, SendOnClosedChannelError } from "./errors.ts";
import { Failure } from "./failure.ts";
import type { SharedEnd } from "./shared-end.ts";
import { lostChannel, type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import {
  closeAll,
  matchRecv,
  matchSend,
  mayRecv,
  maySend,
  recvNow,
  sendNow,
  spentBuffer,
  unlink,
  versionOf,
  type Woken,
} from "./shared-protocol.ts";
import { BLOCKED, COMPLETED, countOf, LOST, lockBoth, mayGet, mayPut, ON_CLOSED, unlockBoth } from "./shared-ring.ts";
import { CAP, CLOSED, REF_WORDS } from "./shared-words.ts";

/** Loads before somebody parks at a buffer, about 5 µs in all; and between two looks at it. */
const LOADS = 1024;
const MIN_GAP = 32;
const MAX_GAP = 512;
const MOST_LEFT_OUT = 32;

/** In a record: what the waiter waits for. */
const SENDS = 0;
const RECEIVES = 1;

/** The buffers that move with what a waiter sends, if it sends some: once it has been served they are emptied. */
type Moving = readonly ArrayBuffer[] | null;

export class SharedChan implements SharedEnd, SharedThing {
  /** Address of the channel's cell. */
  readonly at: number;
  readonly iso: SharedIsolate;
  private readonly buffered: boolean;
  /** Waits to leave out after the next one in vain, and before the next one. */
  private vain: number;
  private left: number;
  private gap: number;
  private readonly woken: Woken;
  loose: Set<SharedRecord> | null;

  constructor(iso: SharedIsolate, at: number) {
    this.iso = iso;
    this.at = at;
    this.vain = 0;
    this.left = 0;
    this.gap = MIN_GAP;
    this.buffered = ops.peek(iso.mem, at + CAP) > 0;
    this.woken = { cell: 0, spent: 0 };
    this.loose = null;
    sched.lates = true;
  }

  get len(): number {
    return countOf(this.iso.mem, this.at);
  }
  get closed(): boolean {
    return ops.load(this.iso.mem, this.at + CLOSED) !== 0;
  }
  get broken(): boolean {
    return this.iso.isBroken(this.at);
  }
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

  trySend(value: unknown): boolean {
    const { iso, woken } = this;
    if (!maySend(iso.mem, this.at)) return false;
    if (this.closed) throw this.closedError();
    const slot = iso.scratch;
    const moved = encodeMoving(iso.codec, value, slot);
    inside(iso.mem, iso.to.m, this.at);
    const came = sendNow(iso.mem, this.at, iso.to.m, iso.to.canBlock, slot, woken);
    inside(iso.mem, iso.to.m, 0);
    if (came === COMPLETED) {
      if (moved !== null) detach(moved);
      if (woken.cell !== 0) iso.waiters.wake(woken.cell);
      return true;
    }
    iso.codec.dropSlot(slot);
    sched.ran++;
    if (came === ON_CLOSED) throw this.closedError();
    return false;
  }

  tryRecv(): boolean {
    const { iso, woken } = this;
    const { mem } = iso;
    if (!mayRecv(mem, this.at)) return false;
    const slot = iso.scratch;
    inside(mem, iso.to.m, this.at);
    const came = recvNow(mem, this.at, iso.to.m, iso.to.canBlock, slot, woken);
    inside(mem, iso.to.m, 0);
    if (woken.spent !== 0) iso.to.arena.free(woken.spent);
    if (came === BLOCKED) return false;
    let value: unknown;
    const partner = woken.cell;
    try {
      if (came === COMPLETED) value = iso.codec.takeSlot(slot);
    } finally {
      if (partner !== 0) iso.waiters.wake(partner);
    }
    if (came === ON_CLOSED && this.broken) throw lostChannel();
    Done.ok = came === COMPLETED;
    Done.value = value;
    return true;
  }

  recvSoon(): boolean {
    return this.soon(true);
  }
  sendSoon(): boolean {
    return this.soon(false);
  }
  // To park and to be woken costs more than a few looks, for both sides. Who looks takes the other's line of the cache away,
  // so the looks come further apart when several values had come between two, and closer when it was one. In vain, the next
  // ones are left out; and nobody else here must be kept waiting by it.
  private soon(receives: boolean): boolean {
    if (!this.buffered || sched.p.runq.length > 0 || sched.globalq.length > 0) return false;
    if (this.left > 0) {
      this.left--;
      return false;
    }
    const { mem, scratch } = this.iso;
    for (let i = 0; i < LOADS; i += this.gap) {
      for (let k = 0; k < this.gap; k++) ops.load(mem, scratch);
      if (!(receives ? mayGet : mayPut)(mem, this.at)) continue;
      const n = countOf(mem, this.at);
      const several = receives ? n > 1 : n < ops.peek(mem, this.at + CAP) - 1;
      this.gap = several ? Math.min(MAX_GAP, this.gap * 2) : Math.max(MIN_GAP, this.gap / 2);
      this.vain = 0;
      return true;
    }
    this.vain = Math.min(MOST_LEFT_OUT, Math.max(1, 2 * this.vain));
    this.left = this.vain;
    return false;
  }

  close(): void {
    const { iso, woken } = this;
    const { mem } = iso;
    this.lock();
    const closed = closeAll(mem, this.at, iso.to.m, woken);
    const spent = spentBuffer(mem, this.at);
    this.unlock();
    if (spent !== 0) iso.to.arena.free(spent);
    if (!closed) throw this.broken ? lostChannel() : new CloseOfClosedChannelError();
    for (let w = woken.cell; w !== 0; ) {
      const next = ops.peek(mem, w + W_NEXT);
      iso.waiters.wake(w);
      w = next;
    }
  }

  enqueueSend(w: Waiter): void {
    const { iso } = this;
    if (!w.party.pending) return;
    let cell = 0;
    let moved: Moving;
    try {
      cell = iso.waiters.newCell();
      moved = encodeMoving(iso.codec, w.value, cell + W_SLOT);
    } catch (err) {
      if (cell !== 0) iso.to.arena.free(cell);
      iso.waiters.fail(w, new Failure(err));
      return;
    }
    // Encoding runs the user's code, which may have cancelled this very goroutine.
    if (w.party.pending) this.adopt(w, cell, false, moved);
    else {
      iso.codec.dropSlot(cell + W_SLOT);
      iso.to.arena.free(cell);
    }
  }

  enqueueRecv(w: Waiter): void {
    const { iso } = this;
    if (!w.party.pending) return;
    let cell: number;
    try {
      cell = iso.waiters.newCell();
    } catch (err) {
      iso.waiters.fail(w, new Failure(err));
      return;
    }
    this.adopt(w, cell, true, null);
  }

  /**
   * Owner thread only. Queues w in `cell`, whose slot holds the value if it sends, and with which `moved` moves; or
   * completes it, if its partner came since poll.
   */
  adopt(w: Waiter, cell: number, receives: boolean, moved: Moving): void {
    const { iso, woken } = this;
    const { mem } = iso;
    const { m } = iso.to;
    iso.waiters.record(w, cell, this, receives ? RECEIVES : SENDS);
    w.value = moved;
    this.lock();
    const came = (receives ? matchRecv : matchSend)(mem, this.at, m, cell, woken);
    const spent = receives ? spentBuffer(mem, this.at) : 0;
    this.unlock();
    if (spent !== 0) iso.to.arena.free(spent);
    if (came === BLOCKED || came === LOST) return;
    const partner = woken.cell;
    ops.store(mem, cell + W_OK, came === COMPLETED ? OK_DONE : OK_NO);
    sendMail(m, cell);
    if (partner !== 0) iso.waiters.wake(partner);
  }

  dequeue(w: Waiter): void {
    const { iso } = this;
    const record = w.queue as SharedRecord | null;
    if (record === null) return;
    this.lock();
    unlink(iso.mem, this.at, record.cell);
    this.unlock();
    if (record.note === SENDS) iso.codec.dropSlot(record.cell + W_SLOT);
    iso.waiters.release(record);
  }

  /** Owner thread only. A waiter of this isolate has completed. */
  settle({ w, cell, note }: SharedRecord, ok: boolean): void {
    const { codec } = this.iso;
    const moved = w.value as Moving;
    w.ok = ok;
    w.value = undefined;
    if (ok && moved !== null) detach(moved);
    if (ok && note === RECEIVES) {
      try {
        w.value = codec.takeSlot(cell + W_SLOT);
      } catch (err) {
        w.ok = false;
        w.value = new Failure(err);
      }
    } else if (!ok) {
      if (note === SENDS) codec.dropSlot(cell + W_SLOT);
      if (this.broken) w.value = new Failure(lostChannel());
    }
  }

  private closedError(): Error {
    return this.broken ? lostChannel() : new SendOnClosedChannelError();
  }
  private lock(): void {
    const { mem, to } = this.iso;
    inside(mem, to.m, this.at);
    lockBoth(mem, this.at, to.m, to.canBlock);
  }
  private unlock(): void {
    const { mem, to } = this.iso;
    unlockBoth(mem, this.at, to.m);
    inside(mem, to.m, 0);
  }
}

/** The end of this isolate for the channel at `at`. */
export function endOf(at: number): SharedChan {
  return new SharedChan(sharedIsolate() as SharedIsolate, at);
}

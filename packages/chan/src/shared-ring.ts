// The buffer of a shared channel: a ring with a lock at either end.
//
// What.  put and get: send and receive where nobody has to be woken. The rest of the channel is in shared-protocol.ts.
// Words. LOCK: the senders' lock; RLOCK: the receivers'. both: what everything else is done under; LOCK is taken first.
//        SENT, GOT: values that ever went in and came out; the difference is what is in the buffer.
// How.   Senders and receivers do not meet while the buffer is neither empty nor full: each side has its lock, its line of
//        the cache, and a note of how far it has seen the other come (SAW_GOT, SAW_SENT), so that it reads the other's
//        line only when that seems to leave it nothing.
// Invariants.
//   R1  A waiter is queued or leaves, and a channel is closed, under both locks. So what one lock's holder has seen of the
//       queues and of CLOSED stays true while it holds it.
//   R2  GOT <= SENT <= GOT + CAP, but for the moment in which a blocked sender's value takes the place of the first.
//   R3  A slot is written before SENT counts it, and read before GOT does.
// The hard part. Nobody may sleep beside a value, or beside room. A receiver goes to sleep under both locks, having found
//   the buffer empty: no put is under way then, and each later one, under LOCK, finds RECVQ (MEET) and takes RLOCK too. No
//   flag and no fence are needed.
//   A death inside leaves the lock, and the channel is broken, as everywhere.
// Rejected. A ring without locks: it saves one of three atomic operations and none of the traffic between the caches, and a
//   thread that dies between taking a place and filling it stops everybody behind it without a trace; also waiters would
//   need a flag that is set, fenced and checked on both sides.
// Sources. Michael and Scott's queue with two locks; Lamport's ring for one producer and one consumer.

import { lock, ops, SLOT_WORDS, unlock } from "@gr/shm";
import {
  BUF,
  CAP,
  CLOSED,
  GOT,
  HEAD,
  LOCK,
  RBUF,
  RCAP,
  RECVQ,
  RLOCK,
  SAW_GOT,
  SAW_SENT,
  SENDQ,
  SENT,
  SHUT,
  TAIL,
} from "./shared-words.ts";

/** What an operation came to. */
export const BLOCKED = 0;
export const COMPLETED = 1;
export const ON_CLOSED = 2;
/** The waiter that was to be queued has been claimed through another queue meanwhile. */
export const LOST = 3;
/** Somebody waits, or the channel is closed: it takes both locks to know. */
export const MEET = 4;

/** Any thread. Takes both locks; a channel without a buffer has one. */
export function lockBoth(mem: Int32Array, c: number, m: number, canBlock: boolean): void {
  lock(mem, c + LOCK, m, canBlock);
  if (ops.peek(mem, c + CAP) > 0) lock(mem, c + RLOCK, m, canBlock);
}

export function unlockBoth(mem: Int32Array, c: number, m: number): void {
  if (ops.peek(mem, c + CAP) > 0) unlock(mem, c + RLOCK, m);
  unlock(mem, c + LOCK, m);
}

/** Any thread. The number of values in the buffer, as it was at one moment. */
export function countOf(mem: Int32Array, c: number): number {
  for (;;) {
    const got = ops.load(mem, c + GOT);
    const n = (ops.load(mem, c + SENT) - got) | 0;
    // Above CAP while a blocked sender's value moves in (R2).
    if (ops.load(mem, c + GOT) === got) return Math.min(n, ops.peek(mem, c + CAP));
  }
}

/** Any thread, without a lock. If false, the buffer was full at one moment of the look. */
export function mayPut(mem: Int32Array, c: number): boolean {
  const cap = ops.peek(mem, c + CAP);
  // Order matters: what came out afterwards had been counted in before.
  const sent = ops.load(mem, c + SENT);
  return ((sent - ops.load(mem, c + SAW_GOT)) | 0) < cap || ((sent - ops.load(mem, c + GOT)) | 0) < cap;
}

/** Any thread, without a lock. If false, the buffer was empty at one moment of the look. */
export function mayGet(mem: Int32Array, c: number): boolean {
  const got = ops.load(mem, c + GOT);
  return ((ops.load(mem, c + SAW_SENT) - got) | 0) > 0 || ops.load(mem, c + SENT) !== got;
}

/** Holder of LOCK. Sends the value at `slot`: COMPLETED, BLOCKED, ON_CLOSED, or MEET. */
export function put(mem: Int32Array, c: number, slot: number): number {
  if (ops.peek(mem, c + CLOSED) !== 0) return ON_CLOSED;
  if (ops.peek(mem, c + RECVQ) !== 0) return MEET;
  const sent = ops.peek(mem, c + SENT);
  const cap = ops.peek(mem, c + CAP);
  if (((sent - ops.peek(mem, c + SAW_GOT)) | 0) >= cap) {
    const got = ops.load(mem, c + GOT);
    ops.poke(mem, c + SAW_GOT, got);
    if (((sent - got) | 0) === cap) return BLOCKED;
  }
  putLast(mem, c, slot);
  return COMPLETED;
}

/** Holder of RLOCK. Receives into `slot`: COMPLETED, BLOCKED, or MEET. */
export function get(mem: Int32Array, c: number, slot: number): number {
  if (ops.peek(mem, c + SHUT) !== 0 || ops.peek(mem, c + SENDQ) !== 0) return MEET;
  const got = ops.peek(mem, c + GOT);
  // It may have fallen behind, for who holds both locks does not look at it.
  if (((ops.peek(mem, c + SAW_SENT) - got) | 0) <= 0) {
    const sent = ops.load(mem, c + SENT);
    ops.poke(mem, c + SAW_SENT, sent);
    if (sent === got) return BLOCKED;
  }
  getFirst(mem, c, slot);
  return COMPLETED;
}

/** Holder of LOCK, and there is room. */
export function putLast(mem: Int32Array, c: number, slot: number): void {
  const tail = ops.peek(mem, c + TAIL);
  copySlot(mem, slot, ops.peek(mem, c + BUF) + tail * SLOT_WORDS);
  ops.poke(mem, c + TAIL, tail + 1 === ops.peek(mem, c + CAP) ? 0 : tail + 1);
  // Order matters: after the slot; pairs with get().
  ops.store(mem, c + SENT, (ops.peek(mem, c + SENT) + 1) | 0);
}

/** Holder of RLOCK, and there is a value. */
export function getFirst(mem: Int32Array, c: number, slot: number): void {
  const head = ops.peek(mem, c + HEAD);
  copySlot(mem, ops.peek(mem, c + RBUF) + head * SLOT_WORDS, slot);
  ops.poke(mem, c + HEAD, head + 1 === ops.peek(mem, c + RCAP) ? 0 : head + 1);
  // Order matters: after the slot was read; pairs with put().
  ops.store(mem, c + GOT, (ops.peek(mem, c + GOT) + 1) | 0);
}

/** Holder of both locks, and the buffer is full. Receives into `slot`; the value at `from` comes in, as the last. */
export function moveIn(mem: Int32Array, c: number, slot: number, from: number): void {
  const head = ops.peek(mem, c + HEAD);
  const first = ops.peek(mem, c + RBUF) + head * SLOT_WORDS;
  const next = head + 1 === ops.peek(mem, c + RCAP) ? 0 : head + 1;
  copySlot(mem, first, slot);
  copySlot(mem, from, first);
  ops.poke(mem, c + HEAD, next);
  ops.poke(mem, c + TAIL, next);
  // Order matters: who looks without a lock never sees room.
  const sent = (ops.peek(mem, c + SENT) + 1) | 0;
  const got = (ops.peek(mem, c + GOT) + 1) | 0;
  ops.store(mem, c + SENT, sent);
  ops.store(mem, c + GOT, got);
  // Neither end looks for itself while the buffer stays full: after 2³¹ moves an old note would be one of the future.
  ops.poke(mem, c + SAW_GOT, got);
  ops.poke(mem, c + SAW_SENT, sent);
}

/** Owner of both slots. */
export function copySlot(mem: Int32Array, from: number, to: number): void {
  for (let i = 0; i < SLOT_WORDS; i++) ops.poke(mem, to + i, ops.peek(mem, from + i));
}

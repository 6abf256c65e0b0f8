// The protocol of a shared channel: what happens to its words, under its lock. No values, no goroutines.
//
// What.  offer and take are send and receive without blocking; matchSend and matchRecv do the same for a waiter that is
//        about to be queued, and queue it if that fails; closeAll and unlink are what their names say.
// Words. claim: the word that says whether a party has been won. OPEN: not yet. TAKEN: for good. BUSY: its own thread is
//        trying to complete it. partner: a waiter on the other queue. exposed: on some channel's queue, so that other
//        threads can claim it.
// How.   A waiter completes another one by claiming it (OPEN to TAKEN) under the lock of the channel they meet on. A
//        waiter that is about to be queued, and finds a partner, must win both claims: its own first, as BUSY, then the
//        partner's; then its own becomes TAKEN.
// Invariants.
//   I1  A claim becomes TAKEN once, and whoever made it so completes exactly one waiter of that party.
//   I2  Nobody waits for anything while its own claim is BUSY, so BUSY ends after a bounded number of steps.
//   I3  A waiter on a queue is found by every later operation of the other side; one that was lost elsewhere (TAKEN) is
//       dropped by whoever meets it.
//   I4  At most one of the queues holds an OPEN waiter, but for a party that waits on both; a value is in the buffer only
//       if no OPEN receiver waits.
// The hard part. Two selects that wait for each other on two channels:
//     A queues on x, then on y;  B queues on y, then on x (other directions).
//   On y, A finds B, which is exposed. If A took B's claim first and then found its own TAKEN (C took it on x), B would
//   have been won by nobody. If A took its own first, for good, and then lost B, A would hang. So A's own claim is BUSY
//   while it tries B's: those who meet A meanwhile wait for the verdict; if B is BUSY too, A steps back to OPEN and
//   tries again, so the two cannot wait for each other.
// Rejected. Locking all channels of a select at once (Go's way: select then needs to know what kind of channel each case
//   has, through timeouts and nested selects; and a thousand cases are a thousand locks held); CAS of both claims at
//   once (there is no double CAS).
// Sources. Reppy, Russo, Xiao, "Parallel Concurrent ML" (waiting, claimed, synched); Go's chan.go for the order of steps.

import { ops, SLOT_WORDS } from "@gr/shm";
import {
  BUF,
  CAP,
  CHAN,
  CLAIM,
  CLOSED,
  COUNT,
  HEAD,
  NEXT,
  OK,
  PREV,
  RECVQ,
  SENDQ,
  SLOT,
  VERSION,
} from "./shared-words.ts";

export const OPEN = 0;
export const TAKEN = 1;
export const BUSY = 2;

/** What an operation came to. Addresses of woken waiters come back in `Result.woken`. */
export const BLOCKED = 0;
export const COMPLETED = 1;
export const ON_CLOSED = 2;
/** The waiter that was to be queued has been claimed through another queue meanwhile. */
export const LOST = 3;

/** Second result of the functions below: the waiter that the caller must wake once it has let go of the lock; or 0. */
export interface Woken {
  cell: number;
}

/** Any thread. Makes `claim` TAKEN; false if it was. Waits while its thread is trying to complete it. */
export function take1(mem: Int32Array, claim: number): boolean {
  for (;;) {
    const was = ops.compareExchange(mem, claim, OPEN, TAKEN);
    if (was === OPEN) return true;
    if (was === TAKEN) return false;
    ops.pause();
  }
}

/** Holder of the lock. Appends a waiter to the queue at `q`. */
export function link(mem: Int32Array, c: number, q: number, w: number): void {
  const last = ops.peek(mem, c + q + 1);
  ops.poke(mem, w + NEXT, 0);
  ops.poke(mem, w + PREV, last);
  ops.poke(mem, w + CHAN, c);
  if (last === 0) ops.poke(mem, c + q, w);
  else ops.poke(mem, last + NEXT, w);
  ops.poke(mem, c + q + 1, w);
  bump(mem, c);
}

/** Holder of the lock. Takes a waiter out of the queue at `q`; nothing if it is on none. */
export function unlink(mem: Int32Array, c: number, q: number, w: number): void {
  if (ops.peek(mem, w + CHAN) === 0) return;
  const next = ops.peek(mem, w + NEXT);
  const prev = ops.peek(mem, w + PREV);
  if (prev === 0) ops.poke(mem, c + q, next);
  else ops.poke(mem, prev + NEXT, next);
  if (next === 0) ops.poke(mem, c + q + 1, prev);
  else ops.poke(mem, next + PREV, prev);
  ops.poke(mem, w + CHAN, 0);
}

/** Holder of the lock. Takes and claims the longest waiting of queue `q`; 0 if there is none. */
export function claimFirst(mem: Int32Array, c: number, q: number): number {
  for (;;) {
    const w = ops.peek(mem, c + q);
    if (w === 0) return 0;
    // Order matters: out of the queue first; once claimed, its owner may free it.
    const claim = ops.peek(mem, w + CLAIM);
    unlink(mem, c, q, w);
    if (take1(mem, claim)) return w;
  }
}

// As claimFirst, for a waiter whose own claim is exposed: both or none. BLOCKED, COMPLETED (partner in woken) or LOST.
function claimPair(mem: Int32Array, c: number, q: number, mine: number, woken: Woken): number {
  for (let w = ops.peek(mem, c + q); w !== 0; ) {
    const claim = ops.peek(mem, w + CLAIM);
    // A party never meets itself (go#63).
    if (claim === mine) {
      w = ops.peek(mem, w + NEXT);
      continue;
    }
    if (ops.compareExchange(mem, mine, OPEN, BUSY) !== OPEN) return LOST;
    const was = ops.compareExchange(mem, claim, OPEN, TAKEN);
    if (was === OPEN) {
      unlink(mem, c, q, w);
      ops.store(mem, mine, TAKEN);
      woken.cell = w;
      return COMPLETED;
    }
    ops.store(mem, mine, OPEN);
    if (was === BUSY) {
      ops.pause();
      continue;
    }
    const next = ops.peek(mem, w + NEXT);
    unlink(mem, c, q, w);
    w = next;
  }
  return BLOCKED;
}

/** Holder of the lock. Sends the value at `slot`, if that is possible now. */
export function offer(mem: Int32Array, c: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return ON_CLOSED;
  const w = claimFirst(mem, c, RECVQ);
  if (w !== 0) {
    give(mem, slot, w);
    woken.cell = w;
    bump(mem, c);
    return COMPLETED;
  }
  if (ops.peek(mem, c + COUNT) === ops.peek(mem, c + CAP)) return BLOCKED;
  putLast(mem, c, slot);
  return COMPLETED;
}

/** Holder of the lock. Receives into `slot`, if that is possible now. */
export function take(mem: Int32Array, c: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + COUNT) > 0) {
    takeFirst(mem, c, slot, woken);
    return COMPLETED;
  }
  const w = claimFirst(mem, c, SENDQ);
  if (w !== 0) {
    copySlot(mem, w + SLOT, slot);
    ops.poke(mem, w + OK, 1);
    woken.cell = w;
    bump(mem, c);
    return COMPLETED;
  }
  return ops.peek(mem, c + CLOSED) !== 0 ? ON_CLOSED : BLOCKED;
}

/** Holder of the lock. Sends for waiter w, whose value is in its slot, or queues it. */
export function matchSend(mem: Int32Array, c: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + CLAIM);
  if (ops.peek(mem, c + CLOSED) !== 0) return take1(mem, mine) ? ON_CLOSED : LOST;
  const met = claimPair(mem, c, RECVQ, mine, woken);
  if (met === COMPLETED) {
    give(mem, w + SLOT, woken.cell);
    bump(mem, c);
  }
  if (met !== BLOCKED) return met;
  if (ops.peek(mem, c + COUNT) < ops.peek(mem, c + CAP)) {
    if (!take1(mem, mine)) return LOST;
    putLast(mem, c, w + SLOT);
    return COMPLETED;
  }
  link(mem, c, SENDQ, w);
  return BLOCKED;
}

/** Holder of the lock. Receives into waiter w's slot, or queues it. */
export function matchRecv(mem: Int32Array, c: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + CLAIM);
  if (ops.peek(mem, c + COUNT) > 0) {
    if (!take1(mem, mine)) return LOST;
    takeFirst(mem, c, w + SLOT, woken);
    return COMPLETED;
  }
  const met = claimPair(mem, c, SENDQ, mine, woken);
  if (met === COMPLETED) {
    copySlot(mem, woken.cell + SLOT, w + SLOT);
    ops.poke(mem, woken.cell + OK, 1);
    bump(mem, c);
  }
  if (met !== BLOCKED) return met;
  if (ops.peek(mem, c + CLOSED) !== 0) return take1(mem, mine) ? ON_CLOSED : LOST;
  link(mem, c, RECVQ, w);
  return BLOCKED;
}

/** Holder of the lock. Closes; false if it was. The waiters to wake come back as a list by NEXT, the last queued first. */
export function closeAll(mem: Int32Array, c: number, woken: Woken): boolean {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return false;
  ops.poke(mem, c + CLOSED, 1);
  let list = 0;
  for (const q of [RECVQ, SENDQ]) {
    for (let w = claimFirst(mem, c, q); w !== 0; w = claimFirst(mem, c, q)) {
      ops.poke(mem, w + OK, 0);
      ops.poke(mem, w + NEXT, list);
      list = w;
    }
  }
  woken.cell = list;
  bump(mem, c);
  return true;
}

function give(mem: Int32Array, slot: number, w: number): void {
  copySlot(mem, slot, w + SLOT);
  ops.poke(mem, w + OK, 1);
}

function putLast(mem: Int32Array, c: number, slot: number): void {
  const cap = ops.peek(mem, c + CAP);
  const count = ops.peek(mem, c + COUNT);
  let at = ops.peek(mem, c + HEAD) + count;
  if (at >= cap) at -= cap;
  copySlot(mem, slot, ops.peek(mem, c + BUF) + at * SLOT_WORDS);
  ops.store(mem, c + COUNT, count + 1);
  bump(mem, c);
}

// The oldest blocked sender's value moves in at once: a newcomer must not overtake it (go#42).
function takeFirst(mem: Int32Array, c: number, slot: number, woken: Woken): void {
  const head = ops.peek(mem, c + HEAD);
  copySlot(mem, ops.peek(mem, c + BUF) + head * SLOT_WORDS, slot);
  ops.poke(mem, c + HEAD, head + 1 === ops.peek(mem, c + CAP) ? 0 : head + 1);
  ops.store(mem, c + COUNT, ops.peek(mem, c + COUNT) - 1);
  const w = claimFirst(mem, c, SENDQ);
  if (w !== 0) {
    putLast(mem, c, w + SLOT);
    ops.poke(mem, w + OK, 1);
    woken.cell = w;
  }
  bump(mem, c);
}

function copySlot(mem: Int32Array, from: number, to: number): void {
  for (let i = 0; i < SLOT_WORDS; i++) ops.poke(mem, to + i, ops.peek(mem, from + i));
}

function bump(mem: Int32Array, c: number): void {
  ops.store(mem, c + VERSION, (ops.peek(mem, c + VERSION) + 1) | 0);
}

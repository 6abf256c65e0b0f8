// The protocol of a shared channel: what happens to its words, under its lock. No values, no goroutines.
//
// What.  offer and take are send and receive without blocking; matchSend and matchRecv do the same for a waiter that is
//        about to be queued, and queue it if that fails; closeAll and unlink are what their names say.
// Words. claim: the word that says whether a party has been won (shared-claim.ts). OPEN: not yet. TAKEN: for good. BUSY:
//        its own thread is trying to complete it. partner: a waiter on the other queue. exposed: on some channel's
//        queue, so that other threads can claim it.
// How.   A waiter completes another one by claiming it (OPEN to TAKEN) under the lock of the channel they meet on. A
//        waiter that is about to be queued, and finds a partner, must win both claims: its own first, as BUSY, then the
//        partner's; then its own becomes TAKEN.
// Invariants.
//   I1  A claim becomes TAKEN once, and whoever made it so completes exactly one waiter of that party.
//   I2  A thread whose claim is BUSY waits at most for BUSY claims at higher addresses, and for no lock: so BUSY ends.
//   I3  A waiter on a queue is found by every later operation of the other side; one that was lost elsewhere (TAKEN), or
//       whose thread is dead, is dropped by whoever meets it.
//   I4  At most one of the queues holds an OPEN waiter, but for a party that waits on both; a value is in the buffer only
//       if no OPEN receiver waits.
//   I5  Whatever makes an operation possible that was not counts VERSION up: after that, before it lets go of the lock.
//   I6  A claimed waiter's OK is written last: until then it is OK_NONE.
// The hard part. Two selects that wait for each other on two channels:
//     A queues on x, then on y;  B queues on y, then on x (other directions).
//   On y, A finds B, which is exposed. If A took B's claim first and then found its own TAKEN (C took it on x), B would
//   have been won by nobody. If A took its own first, for good, and then lost B, A would hang. So A's own claim is BUSY
//   while it tries B's: those who meet A meanwhile wait for the verdict. If B is BUSY too, one must give way, and always
//   the same one, or both step back and forth for ever: the claim at the lower address stays BUSY and waits, the other
//   steps back to OPEN.
//   A death. A thread that dies inside leaves the lock taken; the channel is then broken, for good (brokenBy). One that
//   dies after it let go of the lock, and before it told the waiter it claimed, leaves a claim that names it.
// Rejected. Locking all channels of a select at once (Go's way: select then needs to know what kind of channel each case
//   has, through timeouts and nested selects; and a thousand cases are a thousand locks held); CAS of both claims at
//   once (there is no double CAS); undoing what a dead thread had begun (a log per step, for a window of 100 ns).
// Sources. Reppy, Russo, Xiao, "Parallel Concurrent ML" (waiting, claimed, synched); Go's chan.go for the order of steps.

import { breakLock, isDead, ops, ownerOf, SLOT_WORDS } from "@gr/shm";
import { busy, kindOf, OPEN, ownerOfClaim, TAKEN, take1, taken } from "./shared-claim.ts";
import {
  BUF,
  CAP,
  CHAN,
  CLAIM,
  CLOSED,
  CLOSED_BROKEN,
  CLOSED_YES,
  COUNT,
  HEAD,
  LOCK,
  M,
  NEXT,
  OK,
  OK_CLOSED,
  OK_DONE,
  PREV,
  RECVQ,
  SENDQ,
  SLOT,
  VERSION,
} from "./shared-words.ts";

/** What an operation came to. Addresses of woken waiters come back in `Woken`. */
export const BLOCKED = 0;
export const COMPLETED = 1;
export const ON_CLOSED = 2;
/** The waiter that was to be queued has been claimed through another queue meanwhile. */
export const LOST = 3;

/** Second result of the functions below: the waiter that the caller must wake once it has let go of the lock; or 0. */
export interface Woken {
  cell: number;
}

/** Any thread, without the lock. False if a send would have blocked at the moment of the look. */
export function maySend(mem: Int32Array, c: number): boolean {
  const cap = ops.peek(mem, c + CAP);
  // A full buffer means that nobody waits to receive (I4).
  if (cap > 0 ? ops.load(mem, c + COUNT) < cap : ops.load(mem, c + RECVQ) !== 0) return true;
  return ops.load(mem, c + CLOSED) !== 0;
}

/** Any thread, without the lock. False if a receive would have blocked at the moment of the look. */
export function mayRecv(mem: Int32Array, c: number): boolean {
  // Order matters: closed is for good, so what is open afterwards was open when the channel was found empty.
  if (ops.load(mem, ops.peek(mem, c + CAP) > 0 ? c + COUNT : c + SENDQ) !== 0) return true;
  return ops.load(mem, c + CLOSED) !== 0;
}

/**
 * Any thread, without the lock. Two equal readings with polls in between: nothing became ready from the first to the
 * second.
 */
export function versionOf(mem: Int32Array, c: number): number {
  // Order matters: whoever is inside now counts up before it lets go (I5), so this waits for it.
  while (ops.load(mem, c + LOCK) !== 0) ops.pause();
  return ops.load(mem, c + VERSION);
}

/** Holder of the lock. Appends a waiter to the queue at `q`. */
export function link(mem: Int32Array, c: number, q: number, w: number): void {
  const last = ops.peek(mem, c + q + 1);
  ops.poke(mem, w + NEXT, 0);
  ops.poke(mem, w + PREV, last);
  ops.poke(mem, w + CHAN, c);
  if (last === 0) ops.store(mem, c + q, w);
  else ops.poke(mem, last + NEXT, w);
  ops.poke(mem, c + q + 1, w);
  bump(mem, c);
}

/** Holder of the lock. Takes a waiter out of the queue at `q`; nothing if it is on none. */
export function unlink(mem: Int32Array, c: number, q: number, w: number): void {
  // A broken channel's links may be half changed, and nobody follows them any more.
  if (ops.peek(mem, w + CHAN) === 0 || ops.peek(mem, c + CLOSED) === CLOSED_BROKEN) return;
  const next = ops.peek(mem, w + NEXT);
  const prev = ops.peek(mem, w + PREV);
  if (prev === 0) ops.store(mem, c + q, next);
  else ops.poke(mem, prev + NEXT, next);
  if (next === 0) ops.poke(mem, c + q + 1, prev);
  else ops.poke(mem, next + PREV, prev);
  ops.poke(mem, w + CHAN, 0);
}

// Takes and claims, for thread m, the longest waiting of queue `q`; 0 if there is none.
function claimFirst(mem: Int32Array, c: number, m: number, q: number): number {
  for (;;) {
    const w = ops.peek(mem, c + q);
    if (w === 0) return 0;
    const claim = ops.peek(mem, w + CLAIM);
    const lost = isDead(mem, ops.peek(mem, w + M));
    unlink(mem, c, q, w);
    if (!lost && take1(mem, claim, m)) return w;
  }
}

// As claimFirst, for a waiter whose own claim is exposed: both or none. BLOCKED, COMPLETED (partner in woken) or LOST.
function claimPair(mem: Int32Array, c: number, m: number, q: number, mine: number, woken: Woken): number {
  for (let w = ops.peek(mem, c + q); w !== 0; ) {
    const claim = ops.peek(mem, w + CLAIM);
    // A party never meets itself (go#63).
    if (claim === mine) {
      w = ops.peek(mem, w + NEXT);
      continue;
    }
    const next = ops.peek(mem, w + NEXT);
    if (isDead(mem, ops.peek(mem, w + M))) {
      unlink(mem, c, q, w);
      w = next;
      continue;
    }
    if (ops.compareExchange(mem, mine, OPEN, busy(m)) !== OPEN) return LOST;
    const was = winOther(mem, claim, m, mine);
    if (was === OPEN) {
      unlink(mem, c, q, w);
      ops.store(mem, mine, taken(m));
      woken.cell = w;
      return COMPLETED;
    }
    ops.store(mem, mine, OPEN);
    if (kindOf(was) === TAKEN || isDead(mem, ownerOfClaim(was))) {
      unlink(mem, c, q, w);
      w = next;
    } else ops.pause();
  }
  return BLOCKED;
}

// Tries a partner's claim while its own is BUSY; what the claim was. Gives way to one at a lower address (I2).
function winOther(mem: Int32Array, claim: number, m: number, mine: number): number {
  for (;;) {
    const was = ops.compareExchange(mem, claim, OPEN, taken(m));
    if (was === OPEN || kindOf(was) === TAKEN || claim < mine || isDead(mem, ownerOfClaim(was))) return was;
    ops.pause();
  }
}

/** Holder of the lock. Sends the value at `slot` for thread m, if that is possible now. */
export function offer(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return ON_CLOSED;
  const w = claimFirst(mem, c, m, RECVQ);
  if (w !== 0) {
    give(mem, slot, w, woken);
    return COMPLETED;
  }
  if (ops.peek(mem, c + COUNT) === ops.peek(mem, c + CAP)) return BLOCKED;
  putLast(mem, c, slot);
  return COMPLETED;
}

/** Holder of the lock. Receives into `slot` for thread m, if that is possible now. */
export function take(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) === CLOSED_BROKEN) return ON_CLOSED;
  if (ops.peek(mem, c + COUNT) > 0) {
    takeFirst(mem, c, m, slot, woken);
    return COMPLETED;
  }
  const w = claimFirst(mem, c, m, SENDQ);
  if (w !== 0) {
    takeFrom(mem, w, slot, woken);
    return COMPLETED;
  }
  return ops.peek(mem, c + CLOSED) !== 0 ? ON_CLOSED : BLOCKED;
}

/** Holder of the lock. Sends for waiter w, whose value is in its slot, or queues it. */
export function matchSend(mem: Int32Array, c: number, m: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + CLAIM);
  if (ops.peek(mem, c + CLOSED) !== 0) return take1(mem, mine, m) ? ON_CLOSED : LOST;
  const met = claimPair(mem, c, m, RECVQ, mine, woken);
  if (met === COMPLETED) give(mem, w + SLOT, woken.cell, woken);
  if (met !== BLOCKED) return met;
  if (ops.peek(mem, c + COUNT) < ops.peek(mem, c + CAP)) {
    if (!take1(mem, mine, m)) return LOST;
    putLast(mem, c, w + SLOT);
    return COMPLETED;
  }
  link(mem, c, SENDQ, w);
  return BLOCKED;
}

/** Holder of the lock. Receives into waiter w's slot, or queues it. */
export function matchRecv(mem: Int32Array, c: number, m: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + CLAIM);
  const closed = ops.peek(mem, c + CLOSED);
  if (ops.peek(mem, c + COUNT) > 0 && closed !== CLOSED_BROKEN) {
    if (!take1(mem, mine, m)) return LOST;
    takeFirst(mem, c, m, w + SLOT, woken);
    return COMPLETED;
  }
  // Whoever closed woke all senders.
  if (closed !== 0) return take1(mem, mine, m) ? ON_CLOSED : LOST;
  const met = claimPair(mem, c, m, SENDQ, mine, woken);
  if (met === COMPLETED) takeFrom(mem, woken.cell, w + SLOT, woken);
  if (met !== BLOCKED) return met;
  link(mem, c, RECVQ, w);
  return BLOCKED;
}

/** Holder of the lock. Closes; false if it was. The waiters to wake come back as a list by NEXT, the last queued first. */
export function closeAll(mem: Int32Array, c: number, m: number, woken: Woken): boolean {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return false;
  ops.store(mem, c + CLOSED, CLOSED_YES);
  let list = 0;
  for (const q of [RECVQ, SENDQ]) {
    for (let w = claimFirst(mem, c, m, q); w !== 0; w = claimFirst(mem, c, m, q)) {
      ops.poke(mem, w + NEXT, list);
      ops.store(mem, w + OK, OK_CLOSED);
      list = w;
    }
  }
  woken.cell = list;
  bump(mem, c);
  return true;
}

/** Holder of the lock. The buffer's cell, which the caller must free, if nothing will be in it any more; else 0. */
export function spentBuffer(mem: Int32Array, c: number): number {
  if (ops.peek(mem, c + CLOSED) !== CLOSED_YES || ops.peek(mem, c + COUNT) !== 0) return 0;
  const buf = ops.peek(mem, c + BUF);
  ops.poke(mem, c + BUF, 0);
  return buf;
}

/** Any thread, once thread `dead` runs no more. If it held the channel's lock, the channel is broken from now on. */
export function brokenBy(mem: Int32Array, c: number, dead: number): void {
  // Order matters: while the dead thread holds the lock, nobody is inside.
  if (ownerOf(mem, c + LOCK) === dead) ops.store(mem, c + CLOSED, CLOSED_BROKEN);
  breakLock(mem, c + LOCK, dead);
}

function give(mem: Int32Array, slot: number, w: number, woken: Woken): void {
  copySlot(mem, slot, w + SLOT);
  ops.store(mem, w + OK, OK_DONE);
  woken.cell = w;
}

function takeFrom(mem: Int32Array, w: number, slot: number, woken: Woken): void {
  copySlot(mem, w + SLOT, slot);
  ops.store(mem, w + OK, OK_DONE);
  woken.cell = w;
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
function takeFirst(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): void {
  const head = ops.peek(mem, c + HEAD);
  const first = ops.peek(mem, c + BUF) + head * SLOT_WORDS;
  copySlot(mem, first, slot);
  ops.poke(mem, c + HEAD, head + 1 === ops.peek(mem, c + CAP) ? 0 : head + 1);
  const w = claimFirst(mem, c, m, SENDQ);
  if (w !== 0) {
    // The buffer was full (I4), so the freed slot is also the last one; and COUNT never says that there was room.
    takeFrom(mem, w, first, woken);
    return;
  }
  ops.store(mem, c + COUNT, ops.peek(mem, c + COUNT) - 1);
  bump(mem, c);
}

function copySlot(mem: Int32Array, from: number, to: number): void {
  for (let i = 0; i < SLOT_WORDS; i++) ops.poke(mem, to + i, ops.peek(mem, from + i));
}

function bump(mem: Int32Array, c: number): void {
  ops.store(mem, c + VERSION, (ops.peek(mem, c + VERSION) + 1) | 0);
}

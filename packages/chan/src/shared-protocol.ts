// The protocol of a shared channel: what happens to its words, under its locks. No values, no goroutines.
//
// What.  offer and take are send and receive without blocking; matchSend and matchRecv do the same for a waiter that is
//        about to be queued, and queue it if that fails; closeAll and unlink are what their names say.
// Words. claim: the word that says whether a party has been won (shm/claim.ts). OPEN: not yet. TAKEN: for good. BUSY:
//        its own thread is trying to complete it. partner: a waiter on the other queue. exposed: on some channel's
//        queue, so that other threads can claim it.
// How.   A waiter completes another one by claiming it (OPEN to TAKEN) under the locks of the channel they meet on. A
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

import {
  appendWaiter,
  breakLock,
  busy,
  claimFirst,
  isDead,
  kindOf,
  lock,
  OK_DONE,
  OK_NO,
  OPEN,
  ops,
  ownerOf,
  ownerOfClaim,
  removeWaiter,
  TAKEN,
  take1,
  taken,
  unlock,
  W_CLAIM,
  W_M,
  W_NEXT,
  W_OK,
  W_SLOT,
} from "@gr/shm";
import {
  BLOCKED,
  COMPLETED,
  copySlot,
  countOf,
  get,
  getFirst,
  LOST,
  lockBoth,
  MEET,
  mayGet,
  mayPut,
  moveIn,
  ON_CLOSED,
  put,
  putLast,
  unlockBoth,
} from "./shared-ring.ts";
import {
  BUF,
  CAP,
  CLOSED,
  CLOSED_BROKEN,
  CLOSED_YES,
  GOT,
  LOCK,
  RECVQ,
  RLOCK,
  SENDQ,
  SENT,
  SHUT,
  VERSION,
} from "./shared-words.ts";

/** Second result of the functions below: the waiter that the caller must wake once it has let go of the lock; or 0. */
export interface Woken {
  cell: number;
  /** Of recvNow: the cell of a buffer that has done its service, to be freed; or 0. */
  spent: number;
}

/** Any thread, without the lock. False if a send would have blocked at the moment of the look. */
export function maySend(mem: Int32Array, c: number): boolean {
  const cap = ops.peek(mem, c + CAP);
  // A full buffer means that nobody waits to receive (I4).
  if (cap > 0 ? mayPut(mem, c) : ops.load(mem, c + RECVQ) !== 0) return true;
  return ops.load(mem, c + CLOSED) !== 0;
}

/** Any thread, without the lock. False if a receive would have blocked at the moment of the look. */
export function mayRecv(mem: Int32Array, c: number): boolean {
  // Order matters: closed is for good, so what is open afterwards was open when the channel was found empty.
  if (ops.peek(mem, c + CAP) > 0 ? mayGet(mem, c) : ops.load(mem, c + SENDQ) !== 0) return true;
  return ops.load(mem, c + CLOSED) !== 0;
}

/**
 * Any thread, without the lock. Two equal readings with polls in between: nothing became ready from the first to the
 * second.
 */
export function versionOf(mem: Int32Array, c: number): number {
  // Order matters: whoever is inside now counts up before it lets go (I5), so this waits for it. What goes into the buffer
  // or comes out is counted in the moment in which it can be noticed.
  while (ops.load(mem, c + LOCK) !== 0) ops.pause();
  return (ops.load(mem, c + VERSION) + ops.load(mem, c + SENT) + ops.load(mem, c + GOT)) | 0;
}

/** Holder of both locks. Appends a waiter to the queue at `q`. */
export function link(mem: Int32Array, c: number, q: number, w: number): void {
  appendWaiter(mem, c + q, w);
  bump(mem, c);
}

/** Holder of both locks. Takes a waiter out of its queue; nothing if it is on none. */
export function unlink(mem: Int32Array, c: number, w: number): void {
  // A broken channel's links may be half changed, and nobody follows them any more.
  if (ops.peek(mem, c + CLOSED) !== CLOSED_BROKEN) removeWaiter(mem, w);
}

// As claimFirst, for a waiter whose own claim is exposed: both or none. BLOCKED, COMPLETED (partner in woken) or LOST.
function claimPair(mem: Int32Array, c: number, m: number, q: number, mine: number, woken: Woken): number {
  for (let w = ops.peek(mem, c + q); w !== 0; ) {
    const claim = ops.peek(mem, w + W_CLAIM);
    // A party never meets itself (go#63).
    if (claim === mine) {
      w = ops.peek(mem, w + W_NEXT);
      continue;
    }
    const next = ops.peek(mem, w + W_NEXT);
    if (isDead(mem, ops.peek(mem, w + W_M))) {
      removeWaiter(mem, w);
      w = next;
      continue;
    }
    if (ops.compareExchange(mem, mine, OPEN, busy(m)) !== OPEN) return LOST;
    const was = winOther(mem, claim, m, mine);
    if (was === OPEN) {
      removeWaiter(mem, w);
      ops.store(mem, mine, taken(m));
      woken.cell = w;
      return COMPLETED;
    }
    ops.store(mem, mine, OPEN);
    if (kindOf(was) === TAKEN || isDead(mem, ownerOfClaim(was))) {
      removeWaiter(mem, w);
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

/** Any thread, as thread m, which may block on a lock or not. Takes the locks it needs and sends the value at `slot`. */
export function sendNow(mem: Int32Array, c: number, m: number, canBlock: boolean, slot: number, woken: Woken): number {
  const buffered = ops.peek(mem, c + CAP) > 0;
  woken.cell = 0;
  lock(mem, c + LOCK, m, canBlock);
  let came = buffered ? put(mem, c, slot) : MEET;
  if (came === MEET) {
    if (buffered) lock(mem, c + RLOCK, m, canBlock);
    came = offer(mem, c, m, slot, woken);
    if (buffered) unlock(mem, c + RLOCK, m);
  }
  unlock(mem, c + LOCK, m);
  return came;
}

/** Any thread, as sendNow. Receives into `slot`. */
export function recvNow(mem: Int32Array, c: number, m: number, canBlock: boolean, slot: number, woken: Woken): number {
  woken.cell = 0;
  woken.spent = 0;
  if (ops.peek(mem, c + CAP) > 0) {
    lock(mem, c + RLOCK, m, canBlock);
    const came = get(mem, c, slot);
    unlock(mem, c + RLOCK, m);
    if (came !== MEET) return came;
  }
  lockBoth(mem, c, m, canBlock);
  const came = take(mem, c, m, slot, woken);
  woken.spent = spentBuffer(mem, c);
  unlockBoth(mem, c, m);
  return came;
}

/** Holder of both locks. Sends the value at `slot` for thread m, if that is possible now. */
function offer(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return ON_CLOSED;
  const w = claimFirst(mem, c + RECVQ, m);
  if (w !== 0) {
    give(mem, slot, w, woken);
    return COMPLETED;
  }
  if (countOf(mem, c) === ops.peek(mem, c + CAP)) return BLOCKED;
  putLast(mem, c, slot);
  return COMPLETED;
}

/** Holder of both locks. Receives into `slot` for thread m, if that is possible now. */
function take(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): number {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) === CLOSED_BROKEN) return ON_CLOSED;
  if (countOf(mem, c) > 0) {
    takeFirst(mem, c, m, slot, woken);
    return COMPLETED;
  }
  const w = claimFirst(mem, c + SENDQ, m);
  if (w !== 0) {
    takeFrom(mem, w, slot, woken);
    return COMPLETED;
  }
  return ops.peek(mem, c + CLOSED) !== 0 ? ON_CLOSED : BLOCKED;
}

/** Holder of both locks. Sends for waiter w, whose value is in its slot, or queues it. */
export function matchSend(mem: Int32Array, c: number, m: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + W_CLAIM);
  if (ops.peek(mem, c + CLOSED) !== 0) return take1(mem, mine, m) ? ON_CLOSED : LOST;
  const met = claimPair(mem, c, m, RECVQ, mine, woken);
  if (met === COMPLETED) give(mem, w + W_SLOT, woken.cell, woken);
  if (met !== BLOCKED) return met;
  if (countOf(mem, c) < ops.peek(mem, c + CAP)) {
    if (!take1(mem, mine, m)) return LOST;
    putLast(mem, c, w + W_SLOT);
    return COMPLETED;
  }
  link(mem, c, SENDQ, w);
  return BLOCKED;
}

/** Holder of both locks. Receives into waiter w's slot, or queues it. */
export function matchRecv(mem: Int32Array, c: number, m: number, w: number, woken: Woken): number {
  woken.cell = 0;
  const mine = ops.peek(mem, w + W_CLAIM);
  const closed = ops.peek(mem, c + CLOSED);
  if (countOf(mem, c) > 0 && closed !== CLOSED_BROKEN) {
    if (!take1(mem, mine, m)) return LOST;
    takeFirst(mem, c, m, w + W_SLOT, woken);
    return COMPLETED;
  }
  // Whoever closed woke all senders.
  if (closed !== 0) return take1(mem, mine, m) ? ON_CLOSED : LOST;
  const met = claimPair(mem, c, m, SENDQ, mine, woken);
  if (met === COMPLETED) takeFrom(mem, woken.cell, w + W_SLOT, woken);
  if (met !== BLOCKED) return met;
  link(mem, c, RECVQ, w);
  return BLOCKED;
}

/** Holder of both locks. Closes; false if it was. The waiters to wake come back as a list by NEXT, the last queued first. */
export function closeAll(mem: Int32Array, c: number, m: number, woken: Woken): boolean {
  woken.cell = 0;
  if (ops.peek(mem, c + CLOSED) !== 0) return false;
  ops.store(mem, c + CLOSED, CLOSED_YES);
  ops.poke(mem, c + SHUT, CLOSED_YES);
  let list = 0;
  for (const q of [RECVQ, SENDQ]) {
    for (let w = claimFirst(mem, c + q, m); w !== 0; w = claimFirst(mem, c + q, m)) {
      ops.poke(mem, w + W_NEXT, list);
      ops.store(mem, w + W_OK, OK_NO);
      list = w;
    }
  }
  woken.cell = list;
  bump(mem, c);
  return true;
}

/** Holder of both locks. The buffer's cell, which the caller must free, if nothing will be in it any more; else 0. */
export function spentBuffer(mem: Int32Array, c: number): number {
  if (ops.peek(mem, c + CLOSED) !== CLOSED_YES || countOf(mem, c) !== 0) return 0;
  const buf = ops.peek(mem, c + BUF);
  ops.poke(mem, c + BUF, 0);
  return buf;
}

/** Any thread, once thread `dead` runs no more. If it held a lock of the channel, that is broken from now on. */
export function brokenBy(mem: Int32Array, c: number, dead: number): void {
  if (ownerOf(mem, c + LOCK) === dead || ownerOf(mem, c + RLOCK) === dead) {
    // Order matters: while the dead thread holds a lock, nobody has both.
    ops.store(mem, c + CLOSED, CLOSED_BROKEN);
    ops.store(mem, c + SHUT, CLOSED_BROKEN);
  }
  breakLock(mem, c + LOCK, dead);
  breakLock(mem, c + RLOCK, dead);
}

function give(mem: Int32Array, slot: number, w: number, woken: Woken): void {
  copySlot(mem, slot, w + W_SLOT);
  ops.store(mem, w + W_OK, OK_DONE);
  woken.cell = w;
}

function takeFrom(mem: Int32Array, w: number, slot: number, woken: Woken): void {
  copySlot(mem, w + W_SLOT, slot);
  ops.store(mem, w + W_OK, OK_DONE);
  woken.cell = w;
}

// The oldest blocked sender's value moves in at once: a newcomer must not overtake it (go#42).
function takeFirst(mem: Int32Array, c: number, m: number, slot: number, woken: Woken): void {
  const w = claimFirst(mem, c + SENDQ, m);
  if (w === 0) {
    getFirst(mem, c, slot);
    return;
  }
  // The buffer is full (I4).
  moveIn(mem, c, slot, w + W_SLOT);
  ops.store(mem, w + W_OK, OK_DONE);
  woken.cell = w;
}

function bump(mem: Int32Array, c: number): void {
  ops.store(mem, c + VERSION, (ops.peek(mem, c + VERSION) + 1) | 0);
}

// Promotion: a local channel becomes shared, with its values and its waiters, when it is first handed to another thread.
//
// What.  promote(c) moves everything that c holds into shared words; from then on c passes on to its SharedEnd. The
//        crossing registered here lets the codec write a channel into a message; who holds it is counted in
//        shm/shared-objects.ts. This file and what it needs of shm are loaded when threads start.
// Words. plan: a channel that is about to become shared, and what that takes.
// How.   Whatever could fail comes first (plan): a cell for the channel, one for its buffer, one for each parked waiter,
//        with what it sends. Then, with nothing left that can throw, the object is switched over and the waiters are
//        queued in their order as shared ones (commit). All of that is one synchronous step on the channel's own thread.
// Invariants.
//   I1  If something cannot cross, the channel stays local as it was, and whoever handed it over gets the error with the
//       path.
//   I2  While it is planned, other threads find its locks taken; whoever buries this thread finds them by its estate.
// The hard part. Channels in channels, in circles: what a channel holds may name the channel itself, or another one that
//   is local too. So planning is recursive, a channel that is being planned is named by the cell it will have, and none
//   is committed before all are planned; if one fails, none becomes shared. Encoding runs the user's code (getters),
//   which may use the channel meanwhile: then the plan no longer fits, and is made anew.
//   A parked waiter may have been claimed already and not been resumed yet (a select whose other case won): it is still
//   in the queue, and must not come alive again. Only parties that are pending move.
//   Buffers that move (shm/transfer.ts): those of what is in the buffer have been sent, and are emptied by the commit; those
//   of a blocked sender once it is served.
// Rejected. Leaving parked waiters on the local queue and looking at both (every operation of every thread would have
//   to ask this one).
// Sources. Our own; see docs/architecture.md.

import type { Waiter, WaitQueue } from "@gr/core/internal";
import {
  CannotCrossError,
  DataCloneError,
  detach,
  encodeMoving,
  lock,
  ops,
  registerCrossing,
  registerErrors,
  SLOT_WORDS,
  unlock,
  W_SLOT,
} from "@gr/shm";
import { LocalChan } from "./chan.ts";
import * as errors from "./errors.ts";
import { endOf, type SharedChan } from "./shared-chan.ts";
import { type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import { firstRef, nonePlanned, objectAt, planned, sharedChans } from "./shared-refs.ts";
import {
  BUF,
  CAP,
  CHAN_WORDS,
  CLOSED,
  CLOSED_BROKEN,
  CLOSED_YES,
  GOT,
  HEAD,
  LOCK,
  NAME,
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
  VERSION,
} from "./shared-words.ts";

type AnyChan = LocalChan<unknown>;

/** The codec's number for channels. */
const TAG = 1;
/** Plans that the user's code may spoil before we give up. */
const MAX_PLANS = 8;

/** A parked waiter, and the cell it will have. */
interface Moved {
  readonly w: Waiter;
  readonly cell: number;
  readonly receives: boolean;
  /** Of what it sends. */
  moving: readonly ArrayBuffer[] | null;
}

/** Everything that a channel needs to become shared, and what it held when that was made. */
class Plan {
  readonly c: AnyChan;
  readonly at: number;
  buf: number;
  readonly values: readonly unknown[];
  readonly closed: boolean;
  /** Values that have been encoded. */
  encoded: number;
  readonly moved: Moved[];
  /** The buffers that move with what is in the channel's buffer. */
  readonly moving: ArrayBuffer[];

  constructor(c: AnyChan, at: number) {
    this.c = c;
    this.at = at;
    this.buf = 0;
    this.values = buffered(c);
    this.closed = c.closed;
    this.encoded = 0;
    this.moved = [];
    this.moving = [];
  }

  fits(): boolean {
    const { c, values, moved } = this;
    const now = buffered(c);
    const waiters = [...pending(c.recvq), ...pending(c.sendq)];
    return (
      c.closed === this.closed &&
      now.length === values.length &&
      now.every((value, i) => Object.is(value, values[i])) &&
      waiters.length === moved.length &&
      waiters.every((w, i) => w === moved[i]?.w)
    );
  }
}

/** The plans of the promotion that is going on; null if none is. */
let plans: Map<AnyChan, Plan> | null = null;

/**
 * Owner thread only. Makes c shared; gives its address.
 * @throws CannotCrossError if it is local for good, was shared with threads that have ended, or holds something that
 * cannot cross; ArenaFullError
 */
export function promote(c: AnyChan): number {
  const iso = sharedIsolate();
  if (iso === null) throw new CannotCrossError(c, "a channel, before startThreads(),");
  const end = c.shared as SharedChan | null;
  if (end !== null && end.iso !== iso) throw new CannotCrossError(c, "a channel of threads that have ended");
  if (end !== null) return end.at;
  if (plans !== null) return (plans.get(c) ?? plan(iso, plans, c)).at;
  for (let i = 0; i < MAX_PLANS; i++) {
    const made = new Map<AnyChan, Plan>();
    plans = made;
    let fits = false;
    try {
      plan(iso, made, c);
      fits = [...made.values()].every((p) => p.fits());
    } finally {
      plans = null;
      if (!fits) discard(iso, [...made.values()]);
    }
    if (!fits) continue;
    for (const p of made.values()) commit(iso, p);
    nonePlanned(iso);
    return (c.shared as unknown as SharedChan).at;
  }
  throw new CannotCrossError(c, "a channel that changes while it is handed over");
}

function plan(iso: SharedIsolate, made: Map<AnyChan, Plan>, c: AnyChan): Plan {
  if (c.options?.local === true) throw new CannotCrossError(c, "a channel made with { local: true }");
  if (c.hostFed) throw new CannotCrossError(c, "a channel that the host feeds");
  const { mem, codec } = iso;
  const { arena } = iso.to;
  const p = new Plan(c, arena.allocate(CHAN_WORDS * 4));
  firstRef(iso, p.at);
  // Held until it is committed: the user's code may have sent it on already.
  ops.poke(mem, p.at + CAP, c.cap);
  for (const word of [NAME, SENT, GOT]) ops.poke(mem, p.at + word, 0);
  for (const word of [LOCK, RLOCK]) {
    ops.store(mem, p.at + word, 0);
    lock(mem, p.at + word, iso.to.m, iso.to.canBlock);
  }
  planned(iso, p.at);
  made.set(c, p);
  try {
    if (c.cap > 0 && !(c.closed && c.count === 0)) p.buf = arena.allocate(c.cap * SLOT_WORDS * 4);
    for (const value of p.values) {
      p.moving.push(...(encodeMoving(codec, value, p.buf + p.encoded * SLOT_WORDS, "buffered value") ?? []));
      p.encoded++;
    }
    for (const w of pending(c.recvq)) p.moved.push({ w, cell: iso.waiters.newCell(), receives: true, moving: null });
    for (const w of pending(c.sendq)) {
      const cell = iso.waiters.newCell();
      const one: Moved = { w, cell, receives: false, moving: null };
      p.moved.push(one);
      ops.poke(mem, cell + W_SLOT, 0);
      one.moving = encodeMoving(codec, w.value, cell + W_SLOT, "value of a blocked sender");
    }
    codec.encodeSlot(c.name, p.at + NAME);
  } catch (err) {
    if (err instanceof DataCloneError)
      throw new CannotCrossError(c, `a channel that holds what cannot cross (${err.message})`);
    throw err;
  }
  return p;
}

function discard(iso: SharedIsolate, all: readonly Plan[]): void {
  const { mem, codec } = iso;
  const { arena } = iso.to;
  // First what they hold: it may name one another.
  for (const p of all) {
    for (let i = 0; i < p.encoded; i++) codec.dropSlot(p.buf + i * SLOT_WORDS);
    for (const { cell, receives } of p.moved) {
      if (!receives) codec.dropSlot(cell + W_SLOT);
      arena.free(cell);
    }
    if (p.buf !== 0) arena.free(p.buf);
  }
  for (const { at } of all) {
    // The user's code may have sent it on: whoever got it must not wait for ever.
    ops.store(mem, at + CLOSED, CLOSED_BROKEN);
    ops.store(mem, at + SHUT, CLOSED_BROKEN);
    release(iso, at);
  }
  nonePlanned(iso);
  for (const { at } of all) sharedChans().unrefObject(at);
}

function release({ mem, to }: SharedIsolate, at: number): void {
  for (const word of [RLOCK, LOCK]) unlock(mem, at + word, to.m);
}

// Nothing here can throw.
function commit(iso: SharedIsolate, p: Plan): void {
  const { c, at } = p;
  const state = c.closed ? CLOSED_YES : 0;
  for (const [word, value] of [
    [VERSION, 0],
    [CLOSED, state],
    [SHUT, state],
    [RCAP, c.cap],
    [SENT, p.encoded],
    [TAIL, p.encoded === c.cap ? 0 : p.encoded],
    [SAW_GOT, 0],
    [GOT, 0],
    [HEAD, 0],
    [SAW_SENT, p.encoded],
    [BUF, p.buf],
    [RBUF, p.buf],
    [RECVQ, 0],
    [RECVQ + 1, 0],
    [SENDQ, 0],
    [SENDQ + 1, 0],
  ] as const)
    ops.poke(iso.mem, at + word, value);
  const end = endOf(at);
  c.shared = end;
  c.buf = [];
  c.count = 0;
  empty(c.recvq);
  empty(c.sendq);
  release(iso, at);
  detach(p.moving);
  for (const { w, cell, receives, moving } of p.moved) end.adopt(w, cell, receives, moving);
  sharedChans().objectMade(c, at);
}

function buffered(c: AnyChan): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < c.count; i++) values.push(c.buf[(c.head + i) % c.cap]);
  return values;
}

function pending(q: WaitQueue): Waiter[] {
  const list: Waiter[] = [];
  for (let w = q.first; w !== null; w = w.qnext) if (w.party.pending) list.push(w);
  return list;
}

function empty(q: WaitQueue): void {
  for (let w = q.first; w !== null; w = q.first) q.remove(w);
}

registerErrors({
  GR_CHANNEL_FULL: errors.ChannelFullError,
  GR_CLOSE_OF_CLOSED: errors.CloseOfClosedChannelError,
  GR_CLOSE_OF_NIL: errors.CloseOfNilChannelError,
  GR_SEND_ON_CLOSED: errors.SendOnClosedChannelError,
});

registerCrossing<AnyChan>({
  tag: TAG,
  module: import.meta.url,
  match: (value) => value instanceof LocalChan,
  encode(c) {
    const at = promote(c);
    sharedChans().addRef(c, at);
    return [at];
  },
  decode: (words) => objectAt(words[0] as number),
  drop: (words) => sharedChans().unref(words[0] as number),
});

// Who holds a shared channel: the isolates whose program can reach it, and the messages on their way that name it.
//
// What.  Counts them, finds or makes this isolate's object for a channel, and frees the channel with the last ref. Tells
//        the last isolate that it is alone with the channel, and drops what a dead thread held.
// Words. ref: one isolate's object, or one message on its way, that names the channel. object table: the channels this
//        isolate knows, by address. held: the same in shared words (held-channels.ts). alone: an isolate whose object is
//        the only ref.
// How.   REFS counts the refs, HOLDERS adds up who has the objects among them: if one ref is left and it is an object,
//        HOLDERS names its isolate. A message's ref goes over to the object that is made of it.
// Invariants.
//   S1  A channel has one object per isolate: handed back, it is the same object.
//   S2  The cells are freed with the last ref, by whoever drops it.
//   S3  An isolate that is alone learns of that if somebody waits there; or whoever waits there for long finds it out.
//   S4  What a dead thread held is dropped once. But for what it was inside of: another isolate may be about to mark that.
// The hard part. S3, for a waiter's own look (linger) races with the last one to go elsewhere:
//   waiter: 1 is queued   2 reads REFS          other: 1 REFS goes down to 1   2 reads the queues (ref-counts.ts)
//   One of them sees the other. When the other looks the cells may have been freed and used again; what it reads is checked
//   for being an M, and the M that is told checks for itself.
// Rejected. Asking all isolates now and then (an idle program must not wake up).
// Sources. Our own.

import {
  ArenaFullError,
  CHANNELS,
  Estate,
  estateOf,
  inherits,
  MAIL_BODY,
  MAIL_KIND,
  Mail,
  onAttach,
  onDeath,
  onMail,
  ops,
  SLOT_WORDS,
  sendMail,
  W_SLOT,
  WAITER_WORDS,
} from "@gr/shm";
import { LocalChan } from "./chan.ts";
import { heldBy } from "./held-channels.ts";
import { dropRef, leftAlone } from "./ref-counts.ts";
import { endOf, type SharedChan, waitersOf } from "./shared-chan.ts";
import { type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import { brokenBy } from "./shared-protocol.ts";
import { countOf } from "./shared-ring.ts";
import { BUF, CAP, HEAD, HOLDERS, NAME, PLANNED, RECVQ, REFS, SENDQ } from "./shared-words.ts";

type AnyChan = LocalChan<unknown>;

/** Channels this isolate knows, by address. */
let objects = new Map<number, WeakRef<AnyChan>>();

interface Gone {
  readonly iso: SharedIsolate;
  readonly at: number;
  readonly place: number;
}
const gone = new FinalizationRegistry<Gone>(({ iso, at, place }) => {
  // The memory of a group that has ended is not ours to free in.
  if (sharedIsolate() !== iso) return;
  if (objects.get(at)?.deref() === undefined) objects.delete(at);
  iso.held.remove(place);
  unrefObject(iso, at);
});

/** Owner thread only. The channel at `at` begins, with the object of this isolate as its one ref. */
export function firstRef({ mem, to }: SharedIsolate, at: number): void {
  ops.add(mem, CHANNELS, 1);
  ops.store(mem, at + REFS, 1);
  ops.store(mem, at + HOLDERS, to.m + 1);
}

/** Owner thread only. c is this isolate's object for the channel at `at` from now on, and has its ref. */
export function objectMade(iso: SharedIsolate, c: AnyChan, at: number): void {
  objects.set(at, new WeakRef(c));
  gone.register(c, { iso, at, place: iso.held.add(at) });
}

/** Owner thread only. A message is made that names c. */
export function addRef(c: AnyChan, at: number): void {
  const iso = sharedIsolate() as SharedIsolate;
  if (c.shared !== null) iso.waiters.tighten(c.shared as SharedChan);
  ops.add(iso.mem, at + REFS, 1);
}

/** Owner thread only. The channel that a message names; the message's ref is the object's from here on. */
export function objectAt(at: number): AnyChan {
  const iso = sharedIsolate() as SharedIsolate;
  const old = objects.get(at)?.deref();
  if (old !== undefined) {
    unref(iso, at);
    return old;
  }
  const name = iso.codec.decodeSlot(at + NAME) as string;
  const c = new LocalChan<unknown>(ops.peek(iso.mem, at + CAP), { name });
  c.shared = endOf(at);
  ops.add(iso.mem, at + HOLDERS, iso.to.m + 1);
  objectMade(iso, c, at);
  return c;
}

/** Any thread. This isolate's object, or the object of M m, is no more. */
export function unrefObject(iso: SharedIsolate, at: number, m: number = iso.to.m): void {
  dropped(iso, at, dropRef(iso.mem, at, m));
}

/** Any thread. A message that named the channel is no more. */
export function unref(iso: SharedIsolate, at: number): void {
  dropped(iso, at, dropRef(iso.mem, at, -1));
}

function dropped(iso: SharedIsolate, at: number, left: number): void {
  const { mem, codec } = iso;
  if (left === 1) tellAlone(iso, at);
  if (left !== 0) return;
  // What a dead thread left half changed cannot be trusted, not even to be freed.
  if (!iso.isBroken(at)) {
    for (const w of waitersOf(iso, at + SENDQ)) codec.dropSlot(w + W_SLOT);
    for (const w of [RECVQ, SENDQ].flatMap((q) => waitersOf(iso, at + q))) iso.waiters.abandon(w);
    dropBuffer(iso, at);
  }
  codec.dropSlot(at + NAME);
  iso.to.arena.free(at);
  ops.sub(mem, CHANNELS, 1);
}

function dropBuffer({ mem, codec, to }: SharedIsolate, at: number): void {
  const buf = ops.peek(mem, at + BUF);
  if (buf === 0) return;
  const cap = ops.peek(mem, at + CAP);
  const head = ops.peek(mem, at + HEAD);
  for (let i = 0; i < countOf(mem, at); i++) codec.dropSlot(buf + ((head + i) % cap) * SLOT_WORDS);
  to.arena.free(buf);
}

function tellAlone({ mem, to }: SharedIsolate, at: number): void {
  const m = leftAlone(mem, at);
  if (m < 0) return;
  let cell: number;
  try {
    cell = to.arena.allocate(WAITER_WORDS * 4);
  } catch (err) {
    // Then somebody may wait unfound until the program ends.
    if (err instanceof ArenaFullError) return;
    throw err;
  }
  ops.poke(mem, cell + MAIL_KIND, Mail.ChanAlone);
  ops.poke(mem, cell + MAIL_BODY, at);
  sendMail(m, cell);
}

/** Owner thread only. This thread has the locks of the channel at `at`, which it is making shared. */
export function planned({ mem, to }: SharedIsolate, at: number): void {
  const list = estateOf(to.m, Estate.Promoting);
  ops.poke(mem, at + PLANNED, ops.peek(mem, list));
  ops.store(mem, list, at);
}

/** Owner thread only. It has let go of all those locks. */
export function nonePlanned({ mem, to }: SharedIsolate): void {
  ops.store(mem, estateOf(to.m, Estate.Promoting), 0);
}

// Thread `dead` was inside the channel at `place` (0: none).
function inherit(iso: SharedIsolate, dead: number, place: number): void {
  const { mem } = iso;
  if (!inherits(mem, dead)) return;
  const broken = new Set([place & ~1]);
  for (let at = ops.load(mem, estateOf(dead, Estate.Promoting)); at !== 0; at = ops.peek(mem, at + PLANNED)) {
    brokenBy(mem, at, dead);
    broken.add(at);
  }
  for (const at of heldBy(iso.to, dead)) if (!broken.has(at)) unrefObject(iso, at, dead);
}

onMail(Mail.ChanAlone, (cell) => {
  const { mem, to } = sharedIsolate() as SharedIsolate;
  const at = ops.peek(mem, cell + MAIL_BODY);
  to.arena.free(cell);
  (objects.get(at)?.deref()?.shared as SharedChan | undefined)?.loosen();
});
onDeath((dead, place) => {
  const iso = sharedIsolate();
  if (iso !== null) inherit(iso, dead, place);
});
onAttach(() => {
  objects = new Map();
});

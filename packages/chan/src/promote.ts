// Promotion: a local channel becomes shared, with its values and its waiters, when it is first handed to another thread.
//
// What.  promote(c) moves everything that c holds into shared words; from then on c passes on to its SharedEnd. The
//        crossing registered here lets the codec write a channel into a message, and find or make the object on the
//        other side.
// Words. ref: one isolate's object, or one message on its way, that names the channel. object table: the channels this
//        isolate knows, by address.
// How.   Whatever could fail comes first: the buffered values and those of parked senders are encoded into fresh cells.
//        Then, with nothing left that can throw, the parked waiters are queued in their order as shared ones, and the
//        object is switched over. All of that is one synchronous step on the channel's own thread.
// Invariants.
//   I1  If something cannot cross, the channel stays local as it was, and whoever handed it over gets the error with the
//       path.
//   I2  A channel has one object per isolate: handed back, it is the same object.
//   I3  REFS counts objects and messages; the cells are freed with the last one.
// The hard part. A parked waiter may have been claimed already and not been resumed yet (a select whose other case won):
//   it is still in the queue, and must not come alive again. Only parties that are pending move.
// Rejected. Leaving parked waiters on the local queue and looking at both (every operation of every thread would have
//   to ask this one).
// Sources. Our own; see docs/architecture.md.

import type { Waiter, WaitQueue } from "@gr/core/internal";
import { CannotCrossError, onAttach, ops, registerCrossing, SLOT_WORDS } from "@gr/shm";
import { LocalChan } from "./chan.ts";
import { endOf, type SharedChan } from "./shared-chan.ts";
import { type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import { BUF, CAP, CHAN_WORDS, CLOSED, COUNT, HEAD, LOCK, NAME, RECVQ, REFS, SENDQ, VERSION } from "./shared-words.ts";

type AnyChan = LocalChan<unknown>;

/** The codec's number for channels. */
const TAG = 1;

/** Channels this isolate knows, by address. */
let objects = new Map<number, WeakRef<AnyChan>>();
const gone = new FinalizationRegistry<number>((at) => {
  if (sharedIsolate() === null) return;
  if (objects.get(at)?.deref() === undefined) objects.delete(at);
  unref(at);
});

/**
 * Owner thread only. Makes c shared; gives its address.
 * @throws CannotCrossError if it is local for good; DataCloneError if something in it cannot cross
 */
export function promote(c: AnyChan): number {
  if (c.shared !== null) return (c.shared as SharedChan).at;
  const iso = sharedIsolate();
  if (iso === null) throw new CannotCrossError(c, "a channel, before startThreads()");
  if (c.options?.local === true) throw new CannotCrossError(c, "a channel made with { local: true }");
  if (c.hostFed) throw new CannotCrossError(c, "a channel that the host feeds");
  const at = build(iso, c);
  const { recvq, sendq } = c;
  const end = endOf(at);
  c.shared = end;
  c.buf = [];
  c.count = 0;
  moveWaiters(recvq, (w) => end.enqueueRecv(w));
  moveWaiters(sendq, (w) => end.enqueueSend(w));
  known(c, at);
  return at;
}

// The cell, with everything that can fail done.
function build(iso: SharedIsolate, c: AnyChan): number {
  const { mem, codec } = iso;
  const { arena } = iso.to;
  const at = arena.allocate(CHAN_WORDS * 4);
  const buf = c.cap === 0 ? 0 : arena.allocate(c.cap * SLOT_WORDS * 4);
  let done = 0;
  try {
    for (; done < c.count; done++)
      codec.encodeSlot(c.buf[(c.head + done) % c.cap], buf + done * SLOT_WORDS, `${c.name}: buffered value`);
    checkSenders(iso, c);
    codec.encodeSlot(c.name, at + NAME);
  } catch (err) {
    for (let i = 0; i < done; i++) codec.dropSlot(buf + i * SLOT_WORDS);
    if (buf !== 0) arena.free(buf);
    arena.free(at);
    throw err;
  }
  for (const [word, value] of [
    [LOCK, 0],
    [REFS, 1],
    [VERSION, 0],
    [CLOSED, c.closed ? 1 : 0],
    [CAP, c.cap],
    [COUNT, c.count],
    [HEAD, 0],
    [BUF, buf],
    [RECVQ, 0],
    [RECVQ + 1, 0],
    [SENDQ, 0],
    [SENDQ + 1, 0],
  ] as const)
    ops.poke(mem, at + word, value);
  return at;
}

// Parked senders' values must cross too; they are encoded again when they are queued.
function checkSenders(iso: SharedIsolate, c: AnyChan): void {
  for (let w = c.sendq.first; w !== null; w = w.qnext) {
    if (!w.party.pending) continue;
    iso.codec.encodeSlot(w.value, iso.scratch, `${c.name}: value of a blocked sender`);
    iso.codec.dropSlot(iso.scratch);
  }
}

function moveWaiters(q: WaitQueue, enqueue: (w: Waiter) => void): void {
  for (let w = q.first; w !== null; w = q.first) {
    q.remove(w);
    if (w.party.pending) enqueue(w);
  }
}

function known(c: AnyChan, at: number): void {
  objects.set(at, new WeakRef(c));
  gone.register(c, at);
}

/** Any thread. One ref less; the last frees the cells. */
function unref(at: number): void {
  const iso = sharedIsolate() as SharedIsolate;
  const { mem, codec } = iso;
  if (ops.sub(mem, at + REFS, 1) !== 1) return;
  const buf = ops.peek(mem, at + BUF);
  const cap = ops.peek(mem, at + CAP);
  const head = ops.peek(mem, at + HEAD);
  for (let i = 0; i < ops.peek(mem, at + COUNT); i++) codec.dropSlot(buf + ((head + i) % cap) * SLOT_WORDS);
  if (buf !== 0) iso.to.arena.free(buf);
  codec.dropSlot(at + NAME);
  iso.to.arena.free(at);
}

// A message names the channel by address and holds a ref meanwhile; the object made from it takes that ref over.
function objectAt(at: number): AnyChan {
  const old = objects.get(at)?.deref();
  if (old !== undefined) {
    unref(at);
    return old;
  }
  const iso = sharedIsolate() as SharedIsolate;
  const name = iso.codec.decodeSlot(at + NAME) as string;
  const c = new LocalChan<unknown>(ops.peek(iso.mem, at + CAP), { name });
  c.shared = endOf(at);
  known(c, at);
  return c;
}

registerCrossing<AnyChan>({
  tag: TAG,
  match: (value) => value instanceof LocalChan,
  encode(c) {
    const at = promote(c);
    ops.add((sharedIsolate() as SharedIsolate).mem, at + REFS, 1);
    return [at];
  },
  decode: (words) => objectAt(words[0] as number),
  drop: (words) => unref(words[0] as number),
});

onAttach(() => {
  objects = new Map();
});

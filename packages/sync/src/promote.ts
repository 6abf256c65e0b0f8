// Promotion: a mutex or a wait group becomes shared, with its waiters, when it is first handed to another thread.
//
// What.  promote(x) moves what x holds into shared words; from then on x passes on to its end (shared-mutex.ts,
//        shared-group.ts). The crossings registered here let the codec write one into a message, and find or make the
//        object on the other side. This file and what it needs of shm are loaded when threads start.
// Words. ref: one isolate's object, or one message on its way, that names the thing. objects: those this isolate knows, by
//        address.
// How.   Whatever could fail comes first: the cell, one for each parked waiter, the name. Then, with nothing left that can
//        throw, the object is switched over and the waiters are queued in their order. All of that is one synchronous step
//        on the thread that made it.
// Invariants.
//   I1  If there is no room, it stays local as it was, and whoever handed it over gets the error.
//   I2  A thing has one object per isolate: handed back, it is the same object.
//   I3  REFS counts objects and messages; the cell is freed with the last one. What a thread that dies could reach stays
//       counted, so such a cell (64 bytes) is there until the threads are closed.
// The hard part. A parked waiter may have been claimed already and not been resumed yet (a select whose other case won): it
//   is still in the queue, and must not come alive again. Only parties that are pending move.
// Rejected. One machine for this and for channels: a channel is planned, since it holds values whose encoding runs the
//   user's code and names other channels; that is most of chan/promote.ts, and nothing here.
// Sources. Our own; see docs/architecture.md.

import type { Waiter, WaitQueue } from "@gr/core/internal";
import { CannotCrossError, onAttach, ops, registerCrossing } from "@gr/shm";
import { Mutex } from "./mutex.ts";
import { MOST } from "./shared-count.ts";
import { SharedGroup } from "./shared-group.ts";
import { type SyncIsolate, syncIsolate } from "./shared-isolate.ts";
import { SharedMutex } from "./shared-mutex.ts";
import type { SharedThingAt } from "./shared-thing.ts";
import { LOCK, NAME, QUEUE, REFS, SHARED_WORDS, STATE, VERSION } from "./shared-words.ts";
import { WaitGroup } from "./wait-group.ts";

type Thing = Mutex | WaitGroup;

/** The codec's numbers. */
const MUTEX = 2;
const GROUP = 3;

/** Those this isolate knows, by address. */
let objects = new Map<number, WeakRef<Thing>>();
const gone = new FinalizationRegistry<{ readonly iso: SyncIsolate; readonly at: number }>(({ iso, at }) => {
  // The memory of a group of threads that has ended is not ours to free in.
  if (syncIsolate() !== iso) return;
  if (objects.get(at)?.deref() === undefined) objects.delete(at);
  unref(iso, at);
});

/**
 * Owner thread only. Makes x shared; gives its address.
 * @throws CannotCrossError while there is one thread, or once those it was shared with have ended; ArenaFullError
 */
function promote(x: Thing): number {
  const iso = syncIsolate();
  const what = x instanceof Mutex ? "a mutex" : "a wait group";
  if (iso === null) throw new CannotCrossError(x, `${what}, before startThreads(),`);
  const known = x.shared as SharedThingAt | null;
  if (known !== null && known.iso !== iso) throw new CannotCrossError(x, `${what} of threads that have ended`);
  if (known !== null) return known.at;
  const state = stateOf(x, iso.to.m);
  if (state > MOST) throw new CannotCrossError(x, `${what} whose counter is above ${MOST}`);
  const { mem, codec } = iso;
  const { arena } = iso.to;
  const waiting = pending(x.waiters);
  const cells: number[] = [];
  try {
    cells.push(arena.allocate(SHARED_WORDS * 4));
    for (const _ of waiting) cells.push(iso.waiters.newCell());
    codec.encodeSlot(x.name, (cells[0] as number) + NAME);
  } catch (err) {
    for (const cell of cells) arena.free(cell);
    throw err;
  }
  // Nothing below can throw.
  const at = cells[0] as number;
  ops.store(mem, at + LOCK, 0);
  for (const word of [VERSION, QUEUE, QUEUE + 1]) ops.poke(mem, at + word, 0);
  ops.store(mem, at + REFS, 1);
  ops.store(mem, at + STATE, state);
  const end = endOf(iso, at, x);
  for (let w = x.waiters.first; w !== null; w = x.waiters.first) x.waiters.remove(w);
  waiting.forEach((w, i) => {
    end.adopt(w, cells[i + 1] as number);
  });
  remember(iso, x, at);
  return at;
}

function stateOf(x: Thing, m: number): number {
  if (x instanceof WaitGroup) return x.count;
  return x.locked ? m + 1 : 0;
}

function endOf(iso: SyncIsolate, at: number, x: Thing): SharedThingAt {
  if (x instanceof Mutex) {
    const end = new SharedMutex(iso, at, x);
    x.shared = end;
    return end;
  }
  const end = new SharedGroup(iso, at);
  x.shared = end;
  return end;
}

function pending(q: WaitQueue): Waiter[] {
  const list: Waiter[] = [];
  for (let w = q.first; w !== null; w = w.qnext) if (w.party.pending) list.push(w);
  return list;
}

function remember(iso: SyncIsolate, x: Thing, at: number): void {
  objects.set(at, new WeakRef(x));
  gone.register(x, { iso, at });
}

/** Any thread. One ref less; the last frees the cell. */
function unref(iso: SyncIsolate, at: number): void {
  if (ops.sub(iso.mem, at + REFS, 1) !== 1) return;
  iso.codec.dropSlot(at + NAME);
  iso.to.arena.free(at);
}

// A message names the thing by address and holds a ref meanwhile; the object made from it takes that ref over.
function objectAt(at: number, make: (name: string) => Thing): Thing {
  const iso = syncIsolate() as SyncIsolate;
  const old = objects.get(at)?.deref();
  if (old !== undefined) {
    unref(iso, at);
    return old;
  }
  const x = make(iso.codec.decodeSlot(at + NAME) as string);
  endOf(iso, at, x);
  remember(iso, x, at);
  return x;
}

function register(tag: number, match: (value: object) => boolean, make: (name: string) => Thing): void {
  registerCrossing<Thing>({
    tag,
    module: import.meta.url,
    match,
    encode(x) {
      const at = promote(x);
      ops.add((syncIsolate() as SyncIsolate).mem, at + REFS, 1);
      return [at];
    },
    decode: (words) => objectAt(words[0] as number, make),
    drop: (words) => unref(syncIsolate() as SyncIsolate, words[0] as number),
  });
}

register(
  MUTEX,
  (value) => value instanceof Mutex,
  (name) => new Mutex({ name }),
);
register(
  GROUP,
  (value) => value instanceof WaitGroup,
  (name) => new WaitGroup({ name }),
);

onAttach(() => {
  objects = new Map();
});

// Promotion: a mutex or a wait group becomes shared, with its waiters, when it is first handed to another thread.
//
// What.  promote(x) moves what x holds into shared words; from then on x passes on to its end (shared-mutex.ts,
//        shared-group.ts). The crossings registered here let the codec write one into a message, and find or make the
//        object on the other side; who holds it is counted in shm/shared-objects.ts. This file and what it needs of shm are loaded when threads start.
// Words. thing: a mutex or a wait group. end: what its object passes on to once it is shared.
// How.   Whatever could fail comes first: the cell, one for each parked waiter, the name. Then, with nothing left that can
//        throw, the object is switched over and the waiters are queued in their order. All of that is one synchronous step
//        on the thread that made it.
// Invariants.
//   I1  If there is no room, it stays local as it was, and whoever handed it over gets the error.
// The hard part. A parked waiter may have been claimed already and not been resumed yet (a select whose other case won): it
//   is still in the queue, and must not come alive again. Only parties that are pending move.
// Rejected. One machine for this and for channels: a channel is planned, since it holds values whose encoding runs the
//   user's code and names other channels; that is most of chan/promote.ts, and nothing here.
// Sources. Our own; see docs/architecture.md.

import type { Waiter, WaitQueue } from "@gr/core/internal";
import {
  CannotCrossError,
  Estate,
  Mail,
  onAttach,
  onDeath,
  onMail,
  ops,
  registerCrossing,
  SharedObjects,
  type ThingKind,
} from "@gr/shm";
import { Mutex } from "./mutex.ts";
import { MOST } from "./shared-count.ts";
import { SharedGroup } from "./shared-group.ts";
import { type SyncIsolate, syncIsolate } from "./shared-isolate.ts";
import { SharedMutex } from "./shared-mutex.ts";
import type { SharedThingAt } from "./shared-thing.ts";
import { BROKEN, LOCK, NAME, QUEUE, REF_WORDS, SHARED_WORDS, STATE, VERSION } from "./shared-words.ts";
import { WaitGroup } from "./wait-group.ts";

type Thing = Mutex | WaitGroup;

/** The codec's numbers. */
const MUTEX = 2;
const GROUP = 3;

const here = (): SyncIsolate => syncIsolate() as SyncIsolate;

let objects: SharedObjects<Thing> | null = null;

/** Those this isolate knows, in the memory that it has joined. */
export function sharedSyncs(): SharedObjects<Thing> {
  return objects as SharedObjects<Thing>;
}

const things: ThingKind<Thing> = {
  words: REF_WORDS,
  aloneMail: Mail.SyncAlone,
  held: Estate.Syncs,
  inherited: Estate.SyncsInherited,
  thingOf: (x) => x.shared as SharedThingAt | null,
  isBroken: (at) => ops.load(here().mem, at + STATE) === BROKEN,
  empty() {},
  free(at) {
    const { codec, to } = here();
    codec.dropSlot(at + NAME);
    to.arena.free(at);
  },
};

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
  sharedSyncs().firstRef(at);
  ops.store(mem, at + STATE, state);
  const end = endOf(iso, at, x);
  for (let w = x.waiters.first; w !== null; w = x.waiters.first) x.waiters.remove(w);
  waiting.forEach((w, i) => {
    end.adopt(w, cells[i + 1] as number);
  });
  sharedSyncs().objectMade(x, at);
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

function objectAt(at: number, make: (name: string) => Thing): Thing {
  const iso = here();
  return sharedSyncs().objectAt(at, () => {
    const x = make(iso.codec.decodeSlot(at + NAME) as string);
    endOf(iso, at, x);
    return x;
  });
}

function register(tag: number, match: (value: object) => boolean, make: (name: string) => Thing): void {
  registerCrossing<Thing>({
    tag,
    module: import.meta.url,
    match,
    encode(x) {
      const at = promote(x);
      sharedSyncs().addRef(x, at);
      return [at];
    },
    decode: (words) => objectAt(words[0] as number, make),
    drop: (words) => sharedSyncs().unref(words[0] as number),
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

onMail(Mail.SyncAlone, (cell) => sharedSyncs().told(cell));
// What it died inside of stays: another isolate may be about to mark that.
onDeath((dead, place) => {
  objects?.inherit(dead, () => new Set([place & ~1]));
});
onAttach((to) => {
  objects = to === null ? null : new SharedObjects(to, things);
});

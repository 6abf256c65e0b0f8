// Who holds a shared channel (shm/shared-objects.ts), what is freed with it, and what a thread that died left planned.

import {
  CHANNELS,
  Estate,
  estateOf,
  Mail,
  onAttach,
  onDeath,
  onMail,
  ops,
  SharedObjects,
  SLOT_WORDS,
  type ThingKind,
  W_M,
  W_NEXT,
  W_SLOT,
} from "@gr/shm";
import { LocalChan } from "./chan.ts";
import { endOf, type SharedChan } from "./shared-chan.ts";
import { type SharedIsolate, sharedIsolate } from "./shared-isolate.ts";
import { brokenBy } from "./shared-protocol.ts";
import { countOf } from "./shared-ring.ts";
import { BUF, CAP, HEAD, NAME, PLANNED, REF_WORDS, SENDQ } from "./shared-words.ts";

type AnyChan = LocalChan<unknown>;

const here = (): SharedIsolate => sharedIsolate() as SharedIsolate;

const channels: ThingKind<AnyChan> = {
  words: REF_WORDS,
  aloneMail: Mail.ChanAlone,
  held: Estate.Channels,
  inherited: Estate.Inherited,
  thingOf: (c) => c.shared as SharedChan | null,
  isBroken: (at) => here().isBroken(at),
  empty(at) {
    const iso = here();
    const { mem, codec, to } = iso;
    for (let w = ops.peek(mem, at + SENDQ); w !== 0; w = ops.peek(mem, w + W_NEXT))
      if (ops.peek(mem, w + W_M) === to.m) codec.dropSlot(w + W_SLOT);
    dropBuffer(iso, at);
  },
  free(at) {
    const { mem, codec, to } = here();
    codec.dropSlot(at + NAME);
    to.arena.free(at);
    ops.sub(mem, CHANNELS, 1);
  },
};

function dropBuffer({ mem, codec, to }: SharedIsolate, at: number): void {
  const buf = ops.peek(mem, at + BUF);
  if (buf === 0) return;
  const cap = ops.peek(mem, at + CAP);
  const head = ops.peek(mem, at + HEAD);
  for (let i = 0; i < countOf(mem, at); i++) codec.dropSlot(buf + ((head + i) % cap) * SLOT_WORDS);
  to.arena.free(buf);
}

let objects: SharedObjects<AnyChan> | null = null;

/** The shared channels of this isolate, which has joined a memory. */
export function sharedChans(): SharedObjects<AnyChan> {
  return objects as SharedObjects<AnyChan>;
}

/** Owner thread only. The channel at `at` begins, with the object of this isolate as its one ref. */
export function firstRef({ mem }: SharedIsolate, at: number): void {
  ops.add(mem, CHANNELS, 1);
  sharedChans().firstRef(at);
}

/** Owner thread only. The channel that a message names; the message's ref is the object's from here on. */
export function objectAt(at: number): AnyChan {
  return sharedChans().objectAt(at, () => {
    const { mem, codec } = here();
    const name = codec.decodeSlot(at + NAME) as string;
    const c = new LocalChan<unknown>(ops.peek(mem, at + CAP), { name });
    c.shared = endOf(at);
    return c;
  });
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

// Thread `dead` was inside the channel at `place` (0: none), and may have been making others shared: those break.
function brokenWith(mem: Int32Array, dead: number, place: number): Set<number> {
  const broken = new Set([place & ~1]);
  for (let at = ops.load(mem, estateOf(dead, Estate.Promoting)); at !== 0; at = ops.peek(mem, at + PLANNED)) {
    brokenBy(mem, at, dead);
    broken.add(at);
  }
  return broken;
}

onMail(Mail.ChanAlone, (cell) => sharedChans().told(cell));
onDeath((dead, place) => {
  objects?.inherit(dead, () => brokenWith(here().mem, dead, place));
});
onAttach((to) => {
  objects = to === null ? null : new SharedObjects(to, channels);
});

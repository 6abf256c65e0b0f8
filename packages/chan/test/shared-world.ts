// One isolate that has joined a shared memory, and another M that exists only as words: what it does is done here, by
// the protocol's functions.

import { type Coroutine, go } from "@gr/core";
import { sched } from "@gr/core/internal";
import {
  Arena,
  type Attachment,
  arenaStats,
  attach,
  attached,
  Codec,
  createMemory,
  deliverMail,
  Estate,
  HeldThings,
  inside,
  lock,
  MAIL_KIND,
  Mail,
  OK_DONE,
  OK_NONE,
  OPEN,
  ops,
  W_CLAIM,
  W_KEY,
  W_M,
  W_NEXT,
  W_OK,
  W_OWN,
  W_SLOT,
  WAITER_WORDS,
} from "@gr/shm";
import type { LocalChan } from "../src/chan.ts";
import "../src/promote.ts";
import type { SharedChan } from "../src/shared-chan.ts";
import { type SharedIsolate, sharedIsolate } from "../src/shared-isolate.ts";
import { closeAll, matchRecv, matchSend, recvNow, sendNow, type Woken } from "../src/shared-protocol.ts";
import { planned, sharedChans } from "../src/shared-refs.ts";
import { BLOCKED, COMPLETED, lockBoth, unlockBoth } from "../src/shared-ring.ts";
import { HOLDERS, LOCK, REFS, RLOCK } from "../src/shared-words.ts";

export interface World {
  readonly iso: SharedIsolate;
  readonly arena: Arena;
  readonly codec: Codec;
  /** How many things this isolate waits for. */
  readonly held: () => number;
  /** Hands out the mail that is under way to this isolate; says how much it was. */
  readonly deliver: () => number;
  /** Cells sent to the other M. */
  readonly sent: number[];
  /** Bytes in use, without the tables of held channels: those stay. */
  readonly cellBytes: () => number;
  readonly other: Other;
  /** Loses the mail that is under way. */
  readonly lose: () => void;
  readonly leave: () => void;
}

/** The other M. Its operations do not block; one that would leaves a waiter. */
export interface Other {
  trySend(c: unknown, value: unknown): boolean;
  /** The value, or undefined if it would block. */
  tryRecv(c: unknown): unknown;
  close(c: unknown): void;
  /** Leaves a receiver; call the result for what it got once it is mail. */
  recv(c: unknown): () => unknown;
  /** Leaves a sender; call the result to see whether it was taken. */
  send(c: unknown, value: unknown): () => boolean;
  /** Takes the lock and is gone. */
  dieInside(c: unknown): void;
  /** Takes the locks as one that makes the channel shared, and is gone. */
  diePromoting(c: unknown): void;
  /** Has an object for the channel from now on; or none any more, as its finaliser finds. */
  hold(c: unknown): void;
  letGo(c: unknown): void;
}

export const addressOf = (c: unknown): number => ((c as LocalChan<unknown>).shared as SharedChan).at;
export const isShared = (c: unknown): boolean => (c as LocalChan<unknown>).shared !== null;

/** Mail is delivered by itself in a later turn, or by deliver(). */
export function join(options: { bytes?: number } = {}): World {
  const memory = createMemory(options.bytes ?? 1 << 22, { debug: options.bytes === undefined });
  const arena = new Arena(memory, 0);
  const far = new Arena(memory, 1);
  const mail: number[] = [];
  const sent: number[] = [];
  let held = 0;
  let left = false;
  const mem = memory.i32;
  const deliver = (): number => {
    let n = 0;
    for (let cell = mail.shift(); cell !== undefined; cell = mail.shift()) {
      deliverMail(mem, cell);
      n++;
    }
    return n;
  };
  const post = (m: number, cell: number): void => {
    if (m !== 0) sent.push(cell);
    else {
      mail.push(cell);
      setImmediate(() => left || deliver());
    }
  };
  attach({ memory, arena, m: 0, canBlock: true, post, held: (change) => (held += change) });
  const iso = sharedIsolate() as SharedIsolate;
  return {
    iso,
    arena,
    codec: iso.codec,
    held: () => held,
    deliver,
    sent,
    cellBytes: () => arenaStats(arena).cellBytes - sharedChans().held.bytes,
    other: otherM(mem, far, post),
    lose: () => {
      mail.length = 0;
    },
    leave: () => {
      left = true;
      attach(null);
    },
  };
}

function otherM(mem: Int32Array, arena: Arena, post: (m: number, cell: number) => void): Other {
  const m = 1;
  const codec = new Codec(arena);
  const woken: Woken = { cell: 0, spent: 0 };
  const locked = <R>(at: number, f: () => R): R => {
    lockBoth(mem, at, m, true);
    const r = f();
    unlockBoth(mem, at, m);
    return r;
  };
  const wake = (): void => {
    if (woken.cell !== 0) post(ops.peek(mem, woken.cell + W_M), woken.cell);
  };
  const waiter = (): number => {
    const w = arena.allocate(WAITER_WORDS * 4);
    ops.poke(mem, w + MAIL_KIND, Mail.Waiter);
    ops.poke(mem, w + W_M, m);
    ops.poke(mem, w + W_KEY, 0);
    ops.poke(mem, w + W_CLAIM, w + W_OWN);
    ops.poke(mem, w + W_OWN, OPEN);
    ops.poke(mem, w + W_OK, OK_NONE);
    return w;
  };
  const park = (c: unknown, w: number, how: typeof matchRecv): void => {
    const at = addressOf(c);
    const came = locked(at, () => how(mem, at, m, w, woken));
    if (came !== BLOCKED) {
      ops.poke(mem, w + W_OK, came === COMPLETED ? OK_DONE : 0);
      wake();
    }
  };
  const held = new HeldThings({ ...(attached() as Attachment), arena, m }, Estate.Channels);
  const places = new Map<number, number>();
  return {
    diePromoting(c) {
      const at = addressOf(c);
      for (const word of [LOCK, RLOCK]) lock(mem, at + word, m, true);
      planned({ mem, to: { m } } as SharedIsolate, at);
    },
    hold(c) {
      const at = addressOf(c);
      ops.add(mem, at + REFS, 1);
      ops.add(mem, at + HOLDERS, m + 1);
      places.set(at, held.add(at));
    },
    letGo(c) {
      const at = addressOf(c);
      held.remove(places.get(at) as number);
      sharedChans().unrefObject(at, m);
    },
    dieInside(c) {
      inside(mem, m, addressOf(c));
      lock(mem, addressOf(c) + LOCK, m, true);
    },
    trySend(c, value) {
      const at = addressOf(c);
      const slot = arena.allocate(64);
      codec.encodeSlot(value, slot);
      const came = sendNow(mem, at, m, true, slot, woken);
      if (came !== COMPLETED) codec.dropSlot(slot);
      arena.free(slot);
      wake();
      return came === COMPLETED;
    },
    tryRecv(c) {
      const at = addressOf(c);
      const slot = arena.allocate(64);
      const came = recvNow(mem, at, m, true, slot, woken);
      wake();
      const value = came === COMPLETED ? codec.takeSlot(slot) : undefined;
      arena.free(slot);
      return value;
    },
    close(c) {
      const at = addressOf(c);
      locked(at, () => closeAll(mem, at, m, woken));
      for (let w = woken.cell; w !== 0; ) {
        const next = ops.peek(mem, w + W_NEXT);
        post(ops.peek(mem, w + W_M), w);
        w = next;
      }
    },
    recv(c) {
      const w = waiter();
      park(c, w, matchRecv);
      return () => {
        const value = ops.peek(mem, w + W_OK) === OK_DONE ? codec.takeSlot(w + W_SLOT) : undefined;
        arena.free(w);
        return value;
      };
    },
    send(c, value) {
      const w = waiter();
      codec.encodeSlot(value, w + W_SLOT);
      park(c, w, matchSend);
      return () => {
        const ok = ops.peek(mem, w + W_OK) === OK_DONE;
        arena.free(w);
        return ok;
      };
    },
  };
}

/** Makes the channel shared as a message would that goes nowhere. */
export function share(world: World, c: unknown): void {
  world.codec.drop(world.codec.encode(c));
}

export const refsOf = (world: World, c: unknown): number => ops.load(world.iso.mem, addressOf(c) + REFS);

const immediate = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Lets goroutines and outside awaits run until nothing more comes of it. */
export async function settle(world: World): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet++) {
    await immediate();
    // A slice that is used up goes on in the next turn.
    if (world.deliver() > 0 || sched.m.posted) quiet = 0;
  }
}

/** Starts a goroutine and lets it run until it waits; the list gets what it came to. */
export async function startedIn(world: World, body: () => Coroutine<unknown>): Promise<unknown[]> {
  const out: unknown[] = [];
  go(function* () {
    try {
      out.push(yield* body());
    } catch (err) {
      out.push(err);
    }
  });
  await settle(world);
  return out;
}

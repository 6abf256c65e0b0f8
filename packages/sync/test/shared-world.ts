// One isolate that has joined a shared memory, and another M that exists only as words: what it does is done here, by
// the protocols' functions.

import { type Coroutine, go } from "@gr/core";
import { sched } from "@gr/core/internal";
import {
  Arena,
  type Attachment,
  arenaStats,
  attach,
  attached,
  type Codec,
  createMemory,
  deliverMail,
  Estate,
  HeldThings,
  inside,
  lock,
  OK_DONE,
  OK_NO,
  OK_NONE,
  OPEN,
  ops,
  W_CLAIM,
  W_M,
  W_NEXT,
  W_OK,
  W_OWN,
  WAITER_WORDS,
} from "@gr/shm";
import type { Mutex, WaitGroup } from "../src/index.ts";
import { sharedSyncs } from "../src/promote.ts";
import { addNow, addUnder, matchWait, STEP } from "../src/shared-count.ts";
import { holdNow, matchHold, passOn } from "../src/shared-hold.ts";
import { type SyncIsolate, syncIsolate } from "../src/shared-isolate.ts";
import { BLOCKED, COMPLETED, claimAll, LOST, lockAt, unlockAt } from "../src/shared-queue.ts";
import type { SharedThingAt } from "../src/shared-thing.ts";
import { HOLDERS, LOCK, REFS } from "../src/shared-words.ts";
import { WaitGroup as Group } from "../src/wait-group.ts";

type Thing = Mutex | WaitGroup;

export interface World {
  readonly iso: SyncIsolate;
  readonly arena: Arena;
  readonly codec: Codec;
  /** How many things this isolate waits for. */
  readonly held: () => number;
  /** Hands out the mail that is under way to this isolate; says how much it was. */
  readonly deliver: () => number;
  /** Bytes in use, without the tables of held things: those stay. */
  readonly cellBytes: () => number;
  readonly other: Other;
  /** Loses the mail that is under way. */
  readonly lose: () => void;
  readonly leave: () => void;
}

/** The other M, number 1. */
export interface Other {
  add(wg: WaitGroup, n: number): void;
  tryLock(mu: Mutex): boolean;
  release(mu: Mutex): void;
  /** Leaves a waiter; call the result for whether it was served. */
  wait(x: Thing): () => boolean;
  /** Takes the lock and is gone. */
  dieInside(x: Thing): void;
  /** Has an object for it from now on; or none any more, as its finaliser finds. */
  hold(x: Thing): void;
  letGo(x: Thing): void;
}

export const addressOf = (x: Thing): number => (x.shared as unknown as SharedThingAt).at;

/** Mail is delivered by itself in a later turn, or by deliver(). */
export function join(options: { bytes?: number } = {}): World {
  const memory = createMemory(options.bytes ?? 1 << 22, { debug: options.bytes === undefined });
  const arena = new Arena(memory, 0);
  const mail: number[] = [];
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
    if (m !== 0) return;
    mail.push(cell);
    setImmediate(() => left || deliver());
  };
  attach({ memory, arena, m: 0, canBlock: true, post, held: (change) => (held += change) });
  const iso = syncIsolate() as SyncIsolate;
  return {
    iso,
    arena,
    codec: iso.codec,
    held: () => held,
    deliver,
    cellBytes: () => arenaStats(arena).cellBytes - sharedSyncs().held.bytes,
    other: otherM(mem, new Arena(memory, 1), post),
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
  const locked = <R>(at: number, f: () => R): R => {
    lockAt(mem, at, m, true);
    const r = f();
    unlockAt(mem, at, m);
    return r;
  };
  const wakeAll = (list: number): void => {
    for (let w = list; w !== 0; ) {
      const next = ops.peek(mem, w + W_NEXT);
      post(ops.peek(mem, w + W_M), w);
      w = next;
    }
  };
  const held = new HeldThings({ ...(attached() as Attachment), arena, m }, Estate.Syncs);
  const places = new Map<number, number>();
  return {
    hold(x) {
      const at = addressOf(x);
      ops.add(mem, at + REFS, 1);
      ops.add(mem, at + HOLDERS, m + 1);
      places.set(at, held.add(at));
    },
    letGo(x) {
      const at = addressOf(x);
      held.remove(places.get(at) as number);
      sharedSyncs().unrefObject(at, m);
    },
    add(wg, n) {
      const at = addressOf(wg);
      if (addNow(mem, at, n) !== STEP) return;
      wakeAll(locked(at, () => (addUnder(mem, at, n) === STEP ? claimAll(mem, at, m, OK_DONE) : 0)));
    },
    tryLock: (mu) => holdNow(mem, addressOf(mu), m) === COMPLETED,
    release(mu) {
      const at = addressOf(mu);
      wakeAll(locked(at, () => passOn(mem, at, m)));
    },
    wait(x) {
      const at = addressOf(x);
      const w = arena.allocate(WAITER_WORDS * 4);
      ops.poke(mem, w + W_M, m);
      ops.poke(mem, w + W_CLAIM, w + W_OWN);
      ops.poke(mem, w + W_OWN, OPEN);
      ops.poke(mem, w + W_OK, OK_NONE);
      const came = locked(at, () => (x instanceof Group ? matchWait : matchHold)(mem, at, m, w));
      if (came !== BLOCKED && came !== LOST) ops.poke(mem, w + W_OK, came === COMPLETED ? OK_DONE : OK_NO);
      return () => ops.peek(mem, w + W_OK) === OK_DONE;
    },
    dieInside(x) {
      inside(mem, m, addressOf(x) | 1);
      lock(mem, addressOf(x) + LOCK, m, true);
    },
  };
}

/** Makes it shared as a message would that goes nowhere. */
export function share(world: World, x: unknown): void {
  world.codec.drop(world.codec.encode(x));
}

export const refsOf = (world: World, x: Thing): number => ops.load(world.iso.mem, addressOf(x) + REFS);

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

// Who holds a thing that threads share: the isolates whose program can reach it, and the messages on their way that name
// it.
//
// What.  Counts them, finds or makes this isolate's object for a thing, and frees the thing with the last ref. Tells the
//        last isolate that it is alone with the thing, and drops what a dead thread held. One of these for each kind of
//        thing: channels, and the mutexes and wait groups of @gr/sync.
// Words. ref: one isolate's object, or one message on its way, that names the thing. object table: the things this
//        isolate knows, by address. held: the same in shared words (held-things.ts). alone: an isolate whose object is the
//        only ref. refs, holders: two words of the thing (ref-counts.ts).
// How.   refs counts them, holders adds up who has the objects among them: if one ref is left and it is an object, holders
//        names its isolate. A message's ref goes over to the object that is made of it.
// Invariants.
//   S1  A thing has one object per isolate: handed back, it is the same object.
//   S2  The cells are freed with the last ref, by whoever drops it.
//   S3  An isolate that is alone learns of that if somebody waits there; or whoever waits there for long finds it out.
//   S4  What a dead thread held is dropped once. But for what it was inside of: another isolate may be about to mark that.
// The hard part. S3, for a waiter's own look (linger) races with the last one to go elsewhere:
//   waiter: 1 is queued   2 reads refs          other: 1 refs goes down to 1   2 reads the queues
//   One of them sees the other. When the other looks the cells may have been freed and used again; what it reads is checked
//   for being an M, and the M that is told checks for itself.
// Rejected. Asking all isolates now and then (an idle program must not wake up).
// Sources. Our own.

import { ArenaFullError } from "./arena.ts";
import { ops } from "./atomics.ts";
import { type Estate, inherits } from "./deaths.ts";
import { HeldThings, heldBy } from "./held-things.ts";
import { type Attachment, attached, MAIL_BODY, MAIL_KIND, sendMail } from "./isolate.ts";
import { dropRef, leftAlone, type RefWords } from "./ref-counts.ts";
import { W_M, W_NEXT, WAITER_WORDS } from "./waiter-words.ts";
import { type SharedThing, waitersIn } from "./waiters.ts";

type Word = (typeof Estate)[keyof typeof Estate];

/** What is different for each kind of thing. */
export interface ThingKind<T extends object> {
  readonly words: RefWords;
  /** The kind of mail that says to an isolate that it is alone with a thing. */
  readonly aloneMail: number;
  /** In an isolate's estate: the tables of what it holds, and whether they were dropped. */
  readonly held: Word;
  readonly inherited: Word;
  /** This isolate's part of the object's thing, if it is shared. */
  thingOf(object: T): SharedThing | null;
  isBroken(at: number): boolean;
  /** Any thread. Nobody can reach the thing at `at` any more: frees what it holds, if it is not broken. */
  empty(at: number): void;
  /** Any thread. Frees the rest. */
  free(at: number): void;
}

interface Gone<T extends object> {
  readonly of: SharedObjects<T>;
  readonly at: number;
  readonly place: number;
}
const gone = /* @__PURE__ */ new FinalizationRegistry<Gone<object>>(({ of, at, place }) => of.collected(at, place));

/** The things of one kind that this isolate knows, in what it has joined. */
export class SharedObjects<T extends object> {
  private readonly to: Attachment;
  private readonly kind: ThingKind<T>;
  private readonly objects: Map<number, WeakRef<T>>;
  readonly held: HeldThings;

  constructor(to: Attachment, kind: ThingKind<T>) {
    this.to = to;
    this.kind = kind;
    this.objects = new Map();
    this.held = new HeldThings(to, kind.held);
  }

  /** Owner thread only. The thing at `at` begins, with the object of this isolate as its one ref. */
  firstRef(at: number): void {
    const { memory, m } = this.to;
    ops.store(memory.i32, at + this.kind.words.refs, 1);
    ops.store(memory.i32, at + this.kind.words.holders, m + 1);
  }

  /** Owner thread only. x is this isolate's object for the thing at `at` from now on, and has its ref. */
  objectMade(x: T, at: number): void {
    this.objects.set(at, new WeakRef(x));
    gone.register(x, { of: this as unknown as SharedObjects<object>, at, place: this.held.add(at) });
  }

  /** Owner thread only. A message is made that names x. */
  addRef(x: T, at: number): void {
    const { to, kind } = this;
    const thing = kind.thingOf(x);
    if (thing !== null) waitersIn(to).tighten(thing);
    ops.add(to.memory.i32, at + kind.words.refs, 1);
  }

  /** Owner thread only. The object for the thing that a message names; the message's ref is the object's from here on. */
  objectAt(at: number, make: () => T): T {
    const old = this.objects.get(at)?.deref();
    if (old !== undefined) {
      this.unref(at);
      return old;
    }
    const x = make();
    const { memory, m } = this.to;
    ops.add(memory.i32, at + this.kind.words.holders, m + 1);
    this.objectMade(x, at);
    return x;
  }

  /** Any thread. This isolate's object, or the object of M m, is no more. */
  unrefObject(at: number, m: number = this.to.m): void {
    this.dropped(at, dropRef(this.to.memory.i32, at, this.kind.words, m));
  }

  /** Any thread. A message that named the thing is no more. */
  unref(at: number): void {
    this.dropped(at, dropRef(this.to.memory.i32, at, this.kind.words, -1));
  }

  /** Owner thread only. The object has been collected. */
  collected(at: number, place: number): void {
    // The memory of a group of threads that has ended is not ours to free in.
    if (attached() !== this.to) return;
    if (this.objects.get(at)?.deref() === undefined) this.objects.delete(at);
    this.held.remove(place);
    this.unrefObject(at);
  }

  /** Owner thread only. Mail of the kind `aloneMail` has come. */
  told(cell: number): void {
    const at = ops.peek(this.to.memory.i32, cell + MAIL_BODY);
    this.to.arena.free(cell);
    const x = this.objects.get(at)?.deref();
    if (x !== undefined) this.loosen(x, at);
  }

  /** Any thread, once thread `dead` runs no more. Drops what it held, unless another does; `broken` says what stays. */
  inherit(dead: number, broken: () => ReadonlySet<number>): void {
    const { to, kind } = this;
    if (!inherits(to.memory.i32, dead, kind.inherited)) return;
    const stays = broken();
    for (const at of heldBy(to, dead, kind.held)) if (!stays.has(at)) this.unrefObject(at, dead);
  }

  /** Owner thread only. No other thread may reach the thing any more: then those who wait there are loose from now on. */
  loosen(x: T, at: number): void {
    const thing = this.kind.thingOf(x);
    if (thing?.alone !== true || thing.broken) return;
    const waiters = waitersIn(this.to);
    for (const cell of this.waitersAt(at)) {
      const record = waiters.at(cell);
      if (record !== undefined) waiters.loosen(record);
    }
  }

  /** No other thread can reach the thing. This isolate's cells on its queues. */
  private waitersAt(at: number): number[] {
    const { memory, m } = this.to;
    const cells: number[] = [];
    for (const q of this.kind.words.queues)
      for (let w = ops.peek(memory.i32, at + q); w !== 0; w = ops.peek(memory.i32, w + W_NEXT))
        if (ops.peek(memory.i32, w + W_M) === m) cells.push(w);
    return cells;
  }

  private dropped(at: number, left: number): void {
    if (left === 1) this.tellAlone(at);
    if (left !== 0) return;
    // What a dead thread left half changed cannot be trusted, not even to be freed.
    if (!this.kind.isBroken(at)) {
      this.kind.empty(at);
      for (const w of this.waitersAt(at)) waitersIn(this.to).abandon(w);
    }
    this.kind.free(at);
  }

  private tellAlone(at: number): void {
    const { memory, arena } = this.to;
    const m = leftAlone(memory.i32, at, this.kind.words);
    if (m < 0) return;
    let cell: number;
    try {
      cell = arena.allocate(WAITER_WORDS * 4);
    } catch (err) {
      // Then somebody may wait unfound until the program ends.
      if (err instanceof ArenaFullError) return;
      throw err;
    }
    ops.poke(memory.i32, cell + MAIL_KIND, this.kind.aloneMail);
    ops.poke(memory.i32, cell + MAIL_BODY, at);
    sendMail(m, cell);
  }
}

// Handles: a goroutine's handle crosses threads by reference.
//
// What.  On another M it is a Goroutine too: joined, selected, cancelled, with id, name and status. Back home it is the
//        object it was, and two that arrive in one M are one object while that lives. Where a portable runs, what arrives
//        is not what current() says: joined by way of home, its failure is somebody's.
// Words. home: the M that has the goroutine's own handle: where go() was called. A portable that runs elsewhere belongs
//        to that M too, so what a third one asks goes through there. loan: what home keeps for those who have the handle
//        (lent-handles.ts). far handle: what stands for it elsewhere (far-handle.ts).
// How.   A message names a handle by home, id and name. Who reads it tells home that it has one (WANTED), or had one
//        already, or threw it away (DROPPED); who sends one on that is not its own says so to home first (PASSED). The
//        first joiner there and the last that leaves are told to home (JOIN, LEAVE). When the goroutine ends, home tells
//        every M that has the handle how it did, with the result (ENDED).
// Invariants.
//   I1  Home keeps a loan while a message names the goroutine or an M has its handle.
//   I2  A far handle that has not ended is known to home, or its WANTED is on its way there.
//   I3  An M holds a far handle that somebody waits in; one that nobody can reach is released by its finaliser.
// The hard part. Counts of messages. Two Ms tell home about the same message, one that it is on its way, one that it was
//   read. An inbox takes all mail in the order in which it was pushed, whoever pushed it, and PASSED is pushed before the
//   message can be read: so home hears of it first. Only home itself may read the message before its own mail: then the
//   count is below zero until that has come, and the loan stays.
//   A failure that is joined only elsewhere: whoever waits there may have stopped, or not begun, when home learns of the
//   end. So each M answers to a failure, TAKEN or LEAVE; it surfaces at home if nobody has taken it.
//   Mail that finds no room must not be lost where no operation can be told: it is tried again, before anything else is sent.
// Rejected. Words per handle with a lock, as channels have: there is one writer, home. A request per join for the result:
//   a select that looks and does not wait would never find the goroutine ended. A handle of the M that runs a portable:
//   its failure and its program are at home.
// Sources. Reference listing for distributed collection, in Birrell et al., Network Objects (1993).
//
// A message that was under way to an M that died is counted still: then home keeps the goroutine until close().

import type { G } from "@gr/core/internal";
import type { FarHandle } from "./far-handle.ts";
import { farHandles, type MakeFar } from "./far-handle.ts";
import type { Handed } from "./handed.ts";
import { HandleMail } from "./handle-mail.ts";
import * as w from "./layout-words.ts";
import { Lent } from "./lent-handles.ts";
import type { MPeers } from "./m-peers.ts";
import * as MState from "./m-state.ts";
import * as n from "./numbers.ts";
import * as rec from "./record-words.ts";

const TAG = 0x6a0d;

const WANTED = 1;
const DROPPED = 2;
const PASSED = 3;
const JOIN = 4;
const LEAVE = 5;
const CANCEL = 6;
const NAMED = 7;
const RELEASED = 8;
const TAKEN = 9;
/** And how, as GoEndWhy. */
const ENDED = 16;

/** What stood here for another M's goroutine. */
interface Token {
  readonly id: number;
  readonly home: number;
}

export class Handles {
  private readonly h: Handed;
  private readonly peers: MPeers;
  /** This M's number. */
  private readonly m: number;
  readonly lent: Lent;
  private readonly Far: MakeFar;
  private readonly far: Map<number, WeakRef<FarHandle>>;
  private readonly dropped: FinalizationRegistry<Token>;
  /** Those that somebody waits in. */
  private readonly waiting: Set<FarHandle>;
  private readonly mail: HandleMail;

  /** Owner thread only. From now on they cross between this isolate, M m, and the others of its group. */
  constructor(h: Handed, peers: MPeers, m: number) {
    this.h = h;
    this.peers = peers;
    this.m = m;
    this.lent = new Lent(
      h,
      (to, g) => this.mail.surely(() => this.sendEnd(to, g)),
      (change) => peers.held(change),
    );
    this.Far = farHandles(h, {
      joins: (f) => this.joins(f),
      leaves: (f) => this.leaves(f),
      cancel: (f, reason) => this.mail.send(f.home, CANCEL, f.id, reason),
      rename: (f, name) => this.mail.send(f.home, NAMED, f.id, name),
    });
    this.far = new Map();
    this.dropped = new FinalizationRegistry((token) => this.unreachable(token));
    this.waiting = new Set();
    this.mail = new HandleMail(h, peers, m, (what, from, id, slot) => this.receive(what, from, id, slot));
    h.registerCrossing<G>({
      tag: TAG,
      match: (value) => value instanceof h.G,
      encode: (g) => this.encode(g),
      decode: (words) => this.decode(words),
      drop: (words) => this.drop(words),
    });
  }

  // Words: home, id, place and record at home of one that is named by the M that runs it, and its name.

  private encode(g: G): readonly number[] {
    const { m, peers } = this;
    // Home may be gone, and the notice of it on its way: then it is lost where it arrives too.
    if (g instanceof this.Far && (g.statusCode !== n.Gdead || this.mail.lives(g.home))) {
      this.mail.send(g.home, PASSED, g.id, undefined);
      return wordsOf(g.home, g, 0, 0);
    }
    const { record = 0 } = (g.side ?? {}) as { record?: number };
    if (record !== 0 && g.statusCode !== n.Gdead) {
      const { ops, mSlot, numberOf } = this.h;
      const { mem } = peers;
      const slot = ops.peek(mem, record + rec.HOME);
      const at = ops.peek(mem, record + rec.HOME_AT);
      const own = slot === peers.m ? peers.home.heldAt(at, record) : null;
      if (own !== null) return this.encode(own);
      if (slot !== peers.m && ops.load(mem, mSlot(slot) + w.M_STATE) !== MState.None) {
        const home = numberOf(mem, slot);
        this.mail.send(home, PASSED, g.id, [at, record]);
        return wordsOf(home, g, at, record);
      }
    }
    this.lent.named(g, 1);
    return wordsOf(m, g, 0, 0);
  }

  private decode(words: readonly number[]): G {
    const [home = 0, id32 = 0] = words;
    const id = id32 >>> 0;
    if (home === this.m) {
      const g = this.named(words);
      if (g !== undefined) {
        this.lent.named(g, -1);
        return g;
      }
    }
    const known = this.far.get(id)?.deref();
    if (known !== undefined) {
      this.mail.surely(() => this.mail.send(home, DROPPED, id, undefined));
      return known;
    }
    const f = new this.Far(id, home, nameOf(words));
    this.far.set(id, new WeakRef(f));
    this.dropped.register(f, { id, home });
    if (this.mail.lives(home)) this.mail.surely(() => this.mail.send(home, WANTED, id, undefined));
    else this.lose(f, gone(home));
    return f;
  }

  private drop(words: readonly number[]): void {
    const [home = 0, id = 0] = words;
    if (home !== this.m) this.mail.surely(() => this.mail.send(home, DROPPED, id >>> 0, undefined));
    else {
      const g = this.named(words);
      if (g !== undefined) this.lent.named(g, -1);
    }
  }

  // Of this M's own.
  private named([, id32 = 0, at = 0, record = 0]: readonly number[]): G | undefined {
    const id = id32 >>> 0;
    const g = this.lent.of(id) ?? (record === 0 ? null : this.peers.home.heldAt(at, record));
    return g?.id === id ? g : undefined;
  }

  private unreachable({ id, home }: Token): void {
    // It may have come again after it had been let go.
    if (this.far.get(id)?.deref() === undefined) this.far.delete(id);
    this.mail.surely(() => this.mail.send(home, RELEASED, id, undefined));
  }

  private joins(f: FarHandle): void {
    if (this.waiting.has(f)) return;
    this.mail.send(f.home, JOIN, f.id, undefined);
    this.waiting.add(f);
    this.peers.held(1);
  }
  private leaves(f: FarHandle): void {
    if (this.rested(f)) this.mail.surely(() => this.mail.send(f.home, LEAVE, f.id, undefined));
  }
  private rested(f: FarHandle): boolean {
    const waited = this.waiting.delete(f);
    if (waited) this.peers.held(-1);
    return waited;
  }

  private settle(f: FarHandle, how: number, value: unknown): void {
    this.rested(f);
    f.settle(how, value);
  }
  private lose(f: FarHandle, why: string): void {
    this.settle(f, n.Panic, new this.h.ThreadLostError(`${f} was lost: ${why}`));
  }

  // Mail.

  private sendEnd(to: number, g: G): void {
    const { flags } = g;
    let how: number = n.Return;
    let value = g.value;
    if ((flags & n.Ffailed) !== 0) how = n.Panic;
    else if ((flags & n.Fcancelled) !== 0) {
      how = n.Cancelled;
      value = g.side?.reason;
    } else if ((flags & n.Fgoexit) !== 0) how = n.Goexit;
    if (how !== n.Return) this.mail.send(to, ENDED + how, g.id, value);
    else
      try {
        // Others get it too, and home has it: nothing moves.
        this.h.takeMoves([value]);
        this.mail.post(to, ENDED, g.id, (slot) => this.peers.home.codec.encodeSlot(value, slot, "result"));
      } catch (err) {
        this.mail.send(to, ENDED + n.Panic, g.id, err);
      }
  }

  private receive(what: number, from: number, id: number, slot: number): void {
    if (what < ENDED) this.asked(what, from, id, this.mail.valueOf(slot));
    else {
      const f = this.ended(id, what - ENDED, slot);
      if (what === ENDED + n.Panic) this.afterOthers(() => this.answer(from, id, f));
    }
  }

  // A far handle's goroutine has.
  private ended(id: number, how: number, slot: number): G | undefined {
    const { codec } = this.peers;
    const f = this.far.get(id)?.deref();
    if (f === undefined || f.statusCode === n.Gdead) {
      codec.dropSlot(slot);
      return f;
    }
    const value = this.mail.valueOf(slot);
    this.settle(f, this.mail.failed ? n.Panic : how, value);
    return f;
  }

  // Whoever has just been given the handle may be runnable still, and about to join it.
  private afterOthers(f: () => void): void {
    const { sched, G, enlist, runqput } = this.h;
    const g = new G(sched.newId(), f, [], sched.ambient, 0);
    enlist(g);
    runqput(g, false);
  }
  private answer(to: number, id: number, f: G | undefined): void {
    const taken = f !== undefined && (f.flags & n.Fjoined) !== 0;
    this.mail.surely(() => this.mail.send(to, taken ? TAKEN : LEAVE, id, undefined));
  }

  // Of a goroutine of this M.
  private asked(what: number, from: number, id: number, value: unknown): void {
    const { lent } = this;
    if (what === PASSED) {
      const g = this.named([this.m, id, ...((value ?? []) as number[])]);
      if (g !== undefined) lent.named(g, 1);
      return;
    }
    const g = lent.of(id);
    if (g === undefined) {
      // It was another M's, which had this one's place before.
      if (what === WANTED)
        this.mail.surely(() => this.mail.post(from, ENDED + n.Panic, id, (slot) => this.unknown(id, slot)));
      return;
    }
    if (what === WANTED) lent.wanted(id, from);
    else if (what === DROPPED) lent.named(g, -1);
    else if (what === JOIN) lent.joined(id, from);
    else if (what === LEAVE) lent.left(id, from);
    else if (what === CANCEL) this.mail.surely(() => g.cancel(value));
    else if (what === NAMED) g.name = value as string;
    else if (what === RELEASED) lent.released(id, from);
    else if (what === TAKEN) lent.taken(id);
  }
  private unknown(id: number, slot: number): void {
    const err = new this.h.ThreadLostError(`goroutine ${id} was lost: the thread that it belonged to is gone`);
    this.h.encodeError(this.peers.codec, err, slot);
  }

  /** Scheduler side. M m is no more, and all its mail has come. */
  died(m: number): void {
    this.lent.died(m);
    this.loseAll(gone(m), m);
  }

  /** Owner thread only. The group ends. */
  close(): void {
    this.loseAll("the threads were closed", -1);
    this.lent.clear();
    this.mail.close();
  }

  // Of M m; of all, with -1.
  private loseAll(why: string, m: number): void {
    for (const ref of [...this.far.values()]) {
      const f = ref.deref();
      if (f !== undefined && f.statusCode !== n.Gdead && (m < 0 || f.home === m)) this.lose(f, why);
    }
  }
}

const gone = (m: number): string => `M${m}, which it belongs to, is gone`;

function wordsOf(home: number, { id, name }: G, at: number, record: number): number[] {
  const words = [home, id, at, record];
  for (let i = 0; i < name.length; i++) words.push(name.charCodeAt(i));
  return words;
}

function nameOf(words: readonly number[]): string {
  return words
    .slice(4)
    .map((c) => String.fromCharCode(c))
    .join("");
}

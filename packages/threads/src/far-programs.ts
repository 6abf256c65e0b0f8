// Programs across Ms: the goroutines that run here for a program of another M belong to a stand-in for it.
//
// The stand-in never ends by itself. A failure that nobody joins goes home by mail; when the program ends, home mails
// every M, and the stand-in cancels what it has.
//
// A stand-in says to home that it is there before it starts anything, and that it is over when the program has ended and
// nothing of it is left here, or not in time: then with what is left. So run can wait for goroutines that it never
// knew. Home's count cannot be 0 too early: a goroutine elsewhere has a proxy where it was started, the proxy keeps the
// program or the stand-in there from its end, and mail to home comes in the order in which it was sent.
//
// A program's key is (home's slot + 1) << 24 | its id there: never equal to an id of this M's own. A bit of it says that
// the program is in closed mode, for then the stand-in takes part in its judgement. The ids go on from one M of a slot to
// the next.
//
// Here is the home's side; the stand-ins themselves are in stand-ins.ts.

import type { LeakedGoroutine } from "@gr/core";
import { type Program as CoreProgram, kick, sched } from "@gr/core/internal";
import { type Arena, type Codec, MAIL_KIND, numberOf, onMail, ops, sendMail } from "@gr/shm";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";
import * as n from "./numbers.ts";
import { CHANGE, CLOSED, FROM, HOME_SHIFT, ID_MASK, KEY, MAIL_BYTES, VALUE } from "./program-words.ts";

/** Keys of ended programs that are kept, for records of theirs that are still on their way. */
const MAX_OVER = 1024;

export class FarPrograms {
  readonly arena: Arena;
  readonly codec: Codec;
  readonly m: number;
  /** The M's number; m is its slot. */
  readonly number: number;
  /** What stands here for programs of other Ms, by key (stand-ins.ts). */
  readonly standIns: Map<number, CoreProgram>;
  readonly keys: WeakMap<CoreProgram, number>;
  /** By key of a program of this M that started something elsewhere: its stand-ins, as their Ms. */
  private readonly spread: Map<number, number[]>;
  /** Programs that have ended and wait for them. */
  private readonly ending: Map<number, CoreProgram>;
  readonly over: Set<number>;
  /** The program that was asked for last, and its key. */
  private last: CoreProgram | null;
  private lastKey: number;
  /** The ids of those that the Ms of this slot had before are below. */
  private readonly firstId: number;

  constructor(arena: Arena, codec: Codec, m: number) {
    this.arena = arena;
    this.codec = codec;
    this.m = m;
    this.number = numberOf(arena.memory.i32, m);
    this.standIns = new Map();
    this.keys = new WeakMap();
    this.spread = new Map();
    this.ending = new Map();
    this.over = new Set();
    this.last = null;
    this.lastKey = 0;
    this.firstId = ops.peek(arena.memory.i32, w.mSlot(m) + w.M_PROGRAMS);
    onMail(n.ProgramEnded, (cell) => this.receiveEnded(cell));
    onMail(n.ProgramFailed, (cell) => this.receiveFailure(cell));
    onMail(n.ProgramSpread, (cell) => this.receiveSpread(cell));
  }

  /** Owner thread only. The key under which a new record names the program. */
  keyOf(program: CoreProgram): number {
    if (program !== this.last) {
      this.lastKey = this.keyAnew(program);
      this.last = program;
    }
    return this.lastKey;
  }
  private keyAnew(program: CoreProgram): number {
    const key = this.key(program);
    if (program.home !== null) return key;
    if (program !== sched.ambient && !this.spread.has(key)) this.spread.set(key, []);
    return key;
  }
  /** The same, which alone does not mean that the program has anything elsewhere. */
  key(program: CoreProgram): number {
    return this.keys.get(program) ?? this.ownKey(program);
  }
  private ownKey({ id, deadlock }: CoreProgram): number {
    const at = w.mSlot(this.m) + w.M_PROGRAMS;
    const mem = this.arena.memory.i32;
    const far = id === 0 ? 0 : id + this.firstId;
    if (far > ops.peek(mem, at)) ops.poke(mem, at, far);
    return ((this.m + 1) << HOME_SHIFT) | (deadlock === "closed" ? CLOSED : 0) | (far & ID_MASK);
  }

  /** Owner thread only. What stands here for another M's program; undefined if nothing does. */
  standIn(key: number): CoreProgram | undefined {
    return this.standIns.get(key);
  }

  own(id: number): CoreProgram | undefined {
    if (id === 0) return sched.ambient;
    for (const p of sched.programs) if (((p.id + this.firstId) & ID_MASK) === id && !this.keys.has(p)) return p;
    return undefined;
  }

  /** Owner thread only. A program of this M has ended: tells the others. */
  ended(program: CoreProgram): number {
    const key = this.ownKey(program);
    const where = this.spread.get(key);
    this.last = null;
    if (program.home !== null || where === undefined) return 0;
    for (const [old, p] of this.ending)
      if (p.settled) {
        this.ending.delete(old);
        this.spread.delete(old);
      }
    this.ending.set(key, program);
    this.endedHere(key);
    const mem = this.arena.memory.i32;
    const ms = ops.load(mem, w.NMS);
    for (let m = 0; m < ms; m++) {
      if (m === this.m || ops.load(mem, w.mSlot(m) + w.M_STATE) === MState.None) continue;
      const cell = this.arena.allocate(MAIL_BYTES);
      ops.poke(mem, cell + MAIL_KIND, n.ProgramEnded);
      ops.poke(mem, cell + KEY, key);
      sendMail(m, cell);
    }
    return where.length;
  }

  private endedHere(key: number): void {
    this.over.add(key);
    if (this.over.size > MAX_OVER) this.over.delete(this.over.values().next().value as number);
  }

  /** Mail.ProgramSpread. */
  private receiveSpread(cell: number): void {
    const mem = this.arena.memory.i32;
    const key = ops.peek(mem, cell + KEY);
    const change = ops.peek(mem, cell + CHANGE) as 1 | -1;
    const left = this.codec.takeSlot(cell + VALUE) as LeakedGoroutine[] | undefined;
    this.spreads(key, ops.peek(mem, cell + FROM), change, left ?? []);
    this.arena.free(cell);
  }

  private spreads(key: number, m: number, change: 1 | -1, left: readonly LeakedGoroutine[]): void {
    const where = this.spread.get(key);
    // It was not waited for any longer.
    if (where === undefined) return;
    const at = where.indexOf(m);
    if (change === 1) where.push(m);
    else if (at >= 0) where.splice(at, 1);
    else return;
    const p = this.ending.get(key);
    if (p === undefined) return;
    p.detached ??= new Set();
    for (const g of left) p.detached.add({ ...g, waitReason: `${g.waitReason} (on M${m})` });
    p.live += change;
    if (p.live === 0) p.finish();
    kick();
  }

  /** Owner thread only. M m is no more, nor are its stand-ins; with -1: no other M is. */
  died(m: number): void {
    for (const [key, where] of this.spread)
      for (const at of [...where]) if (m < 0 || at === m) this.spreads(key, at, -1, []);
  }

  /** Mail.ProgramEnded. */
  private receiveEnded(cell: number): void {
    const key = ops.peek(this.arena.memory.i32, cell + KEY);
    this.arena.free(cell);
    const p = this.standIns.get(key);
    this.endedHere(key);
    p?.end();
  }

  /** Mail.ProgramFailed. */
  private receiveFailure(cell: number): void {
    const id = ops.peek(this.arena.memory.i32, cell + KEY) & ID_MASK;
    const err = this.codec.takeSlot(cell + VALUE);
    this.arena.free(cell);
    const p = this.own(id);
    if (p === sched.ambient) sched.host.unhandled(err);
    else p?.fail(err);
    kick();
  }
}

// Programs across Ms: the goroutines that run here for a program of another M belong to a stand-in for it.
//
// The stand-in never ends by itself. A failure that nobody joins goes home by mail; when the program ends, home mails
// every M, and the stand-in cancels what it has.
//
// A program's key is (home + 1) << 24 | its id there: never equal to an id of this M's own. A bit of it says that the
// program is in closed mode, for then the stand-in takes part in its judgement.

import { type Program as CoreProgram, kick, Program, sched } from "@gr/core/internal";
import { type Arena, type Codec, MAIL_BODY, MAIL_KIND, Mail, onMail, ops, sendMail } from "@gr/shm";
import { encodeError, revive } from "./errors.ts";
import * as w from "./layout.ts";

const HOME_SHIFT = 24;
const CLOSED = 1 << (HOME_SHIFT - 1);
const ID_MASK = CLOSED - 1;

/** Words of the mail that this file sends. VALUE is a slot. */
const MAIL_BYTES = 64;
const KEY = MAIL_BODY;
const VALUE = 4;

export class FarPrograms {
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly m: number;
  private readonly standIns: Map<number, CoreProgram>;
  private readonly keys: WeakMap<CoreProgram, number>;
  /** Keys of programs of this M that started something elsewhere. */
  private readonly spread: Set<number>;

  constructor(arena: Arena, codec: Codec, m: number) {
    this.arena = arena;
    this.codec = codec;
    this.m = m;
    this.standIns = new Map();
    this.keys = new WeakMap();
    this.spread = new Set();
    onMail(Mail.ProgramEnded, (cell) => this.receiveEnded(cell));
    onMail(Mail.ProgramFailed, (cell) => this.receiveFailure(cell));
  }

  /** Owner thread only. The key under which a new record names the program. */
  keyOf(program: CoreProgram): number {
    const far = this.keys.get(program);
    if (far !== undefined) return far;
    const key = this.ownKey(program);
    this.spread.add(key);
    return key;
  }
  private ownKey({ id, deadlock }: CoreProgram): number {
    return ((this.m + 1) << HOME_SHIFT) | (deadlock === "closed" ? CLOSED : 0) | (id & ID_MASK);
  }

  /** Owner thread only. What stands here for another M's program; undefined if nothing does. */
  standIn(key: number): CoreProgram | undefined {
    return this.standIns.get(key);
  }

  /** Owner thread only. The program of a record's key, on this M. */
  of(key: number): CoreProgram {
    if ((key >>> HOME_SHIFT) - 1 === this.m) {
      const own = this.own(key & ID_MASK);
      if (own !== undefined) return own;
    }
    let p = this.standIns.get(key);
    if (p === undefined) {
      p = new Program(key, { deadlock: (key & CLOSED) === 0 ? "off" : "closed" }, null);
      p.home = (err) => this.sendFailure(key, err);
      this.standIns.set(key, p);
      this.keys.set(p, key);
      sched.programs.add(p);
    }
    return p;
  }

  private own(id: number): CoreProgram | undefined {
    if (id === 0) return sched.ambient;
    for (const p of sched.programs) if ((p.id & ID_MASK) === id && !this.keys.has(p)) return p;
    return undefined;
  }

  /** Owner thread only. A program of this M has ended: tells the others. */
  ended(program: CoreProgram): void {
    const key = this.ownKey(program);
    if (program.home !== null || !this.spread.delete(key)) return;
    const mem = this.arena.memory.i32;
    const ms = ops.load(mem, w.NMS);
    for (let m = 0; m < ms; m++) {
      if (m === this.m || ops.load(mem, w.mSlot(m) + w.M_STATE) === w.MState.None) continue;
      const cell = this.arena.allocate(MAIL_BYTES);
      ops.poke(mem, cell + MAIL_KIND, Mail.ProgramEnded);
      ops.poke(mem, cell + KEY, key);
      sendMail(m, cell);
    }
  }

  /** Mail.ProgramEnded. */
  private receiveEnded(cell: number): void {
    const key = ops.peek(this.arena.memory.i32, cell + KEY);
    this.arena.free(cell);
    const p = this.standIns.get(key);
    if (p === undefined) return;
    this.standIns.delete(key);
    p.end();
  }

  private sendFailure(key: number, err: unknown): void {
    const mem = this.arena.memory.i32;
    const cell = this.arena.allocate(MAIL_BYTES);
    ops.poke(mem, cell + MAIL_KIND, Mail.ProgramFailed);
    ops.poke(mem, cell + KEY, key);
    encodeError(this.codec, err, cell + VALUE);
    sendMail((key >>> HOME_SHIFT) - 1, cell);
  }

  /** Mail.ProgramFailed. */
  private receiveFailure(cell: number): void {
    const id = ops.peek(this.arena.memory.i32, cell + KEY) & ID_MASK;
    const err = revive(this.codec.takeSlot(cell + VALUE));
    this.arena.free(cell);
    const p = this.own(id);
    if (p === sched.ambient) sched.host.unhandled(err);
    else p?.fail(err);
    kick();
  }
}

// Waiters: who of this isolate waits at things that threads share.
//
// What.  The isolate's side of the waiter cells (waiter-words.ts), for things of every kind: which waiter a cell stands
//        for, what becomes of it when its mail comes, and what of those whom a dead thread left waiting.
// Words. thing: this isolate's part of a channel, a mutex or a wait group. record: one waiter at one thing. party: who
//        waits, with several waiters in a select; core's classes, of which only what is named here is used.
//        loose: a record that the table does not keep alive.
// How.   A waiter gets a cell and a record; the first of a party's cells holds its claim (claim.ts), which whoever
//        completes it, on this thread or another, must win. Who wins elsewhere sends the cell here as mail.
//        The table keeps who waits alive, since another thread may name it. Once no other thread can reach the thing,
//        only this isolate's object for it does so, as on one thread: then a waiter that nobody here can reach either is
//        collected, and found as leaked. That is looked at when a party has waited for long (linger), and when the thing
//        learns that it is alone.
// Invariants.
//   I1  One table per isolate, whatever kinds of things there are: a select may wait at several.
//   I2  A cell is freed by its owner alone: after its mail has come, or after it was taken off its queue under the locks.
//   I3  The cell with the claim is freed last.
// The hard part. A death. The dead may have won a party and told nobody: its claim names it, and one of the party's cells
//   may say what came of it. That cell may belong to any kind of thing, hence I1.

import { ops } from "./atomics.ts";
import { kindOf, OPEN, ownerOfClaim, TAKEN, take1 } from "./claim.ts";
import { onDeath } from "./deaths.ts";
import { type Attachment, hold, MAIL_KIND, Mail, onAttach, onMail, sendMail } from "./isolate.ts";
import { OK_DONE, OK_NO, OK_NONE, W_CLAIM, W_KEY, W_M, W_OK, W_ON, W_OWN, WAITER_WORDS } from "./waiter-words.ts";

/** Of core's Party. */
export interface SharedParty {
  /** True, or a claim that other threads can make too, until somebody has claimed it. */
  pending: boolean | { take(): boolean; linger?(): void };
  claim(): boolean;
  wake(w: SharedWaiter): void;
}

/** Of core's Waiter. */
export interface SharedWaiter {
  readonly party: SharedParty;
  queue: unknown;
  value: unknown;
  ok: boolean;
}

/** This isolate's part of a thing that threads share. */
export interface SharedThing {
  /** A thread that died has left it so that nobody can use it any more. */
  readonly broken: boolean;
  /** Owner thread only. A waiter has completed: sets its ok and value. `ok`: with success. */
  settle(record: SharedRecord, ok: boolean): void;
  /** Can no other thread reach it? Absent where that is not known. */
  readonly alone?: boolean;
  /** The loose records of those who wait at it; whoever makes it reachable for others must tighten them first. */
  loose?: Set<SharedRecord> | null;
}

/** Breaks the locks of the thing at `at`, which thread `dead` may hold. */
export type Breaker = (mem: Int32Array, at: number, dead: number) => void;

/** No key. */
const NONE = -1;
/** In the W_KEY of the one cell of mail that stands for no waiter. */
const BELL = -1;

/**
 * The claim of a party some of whose waiters other threads can see. It lives in the cell of the first of them, which
 * is therefore freed last.
 */
export class WordClaim {
  readonly at: number;
  private readonly home: number;
  private readonly table: SharedWaiters;
  /** Waiters that have it. */
  cells: number;
  /** The key of the last of them. */
  last: number;
  private homeDone: boolean;

  constructor(table: SharedWaiters, home: number) {
    this.table = table;
    this.home = home;
    this.at = home + W_OWN;
    this.cells = 0;
    this.last = NONE;
    this.homeDone = false;
    ops.store(table.mem, this.at, OPEN);
  }
  take(): boolean {
    return take1(this.table.mem, this.at, this.table.to.m);
  }
  /** Owner thread only. The party has waited for long: core holds it weakly from now on. */
  linger(): void {
    this.table.linger(this);
  }
  removed(cell: number): void {
    const { arena } = this.table.to;
    this.cells--;
    if (cell === this.home) this.homeDone = true;
    else arena.free(cell);
    if (this.cells === 0 && this.homeDone) arena.free(this.home);
  }
}

/** One waiter of this isolate at one shared thing. */
export class SharedRecord {
  readonly w: SharedWaiter;
  readonly cell: number;
  readonly claim: WordClaim;
  readonly key: number;
  readonly thing: SharedThing;
  /** The thing's own: what the waiter waits for. */
  readonly note: number;
  /** The key of the party's record before this one. */
  readonly before: number;

  constructor(w: SharedWaiter, cell: number, claim: WordClaim, key: number, thing: SharedThing, note: number) {
    this.w = w;
    this.cell = cell;
    this.claim = claim;
    this.key = key;
    this.thing = thing;
    this.note = note;
    this.before = claim.last;
    claim.last = key;
  }
}

/** What the table has in place of a loose record. It holds nothing that leads back to the party. */
class Loose {
  readonly record: WeakRef<SharedRecord>;
  readonly cell: number;
  readonly claim: WordClaim;
  readonly before: number;

  constructor(record: SharedRecord) {
    this.record = new WeakRef(record);
    this.cell = record.cell;
    this.claim = record.claim;
    this.before = record.before;
  }
}

export class SharedWaiters {
  readonly to: Attachment;
  readonly mem: Int32Array;
  /** By the lowest bit of a place (deaths.ts). */
  readonly breakers: Breaker[];
  private readonly records: (SharedRecord | Loose | undefined)[];
  private readonly freeKeys: number[];
  /** Claimed waiters whose operation failed before it could be queued. */
  private readonly early: SharedWaiter[];
  /** Mail to this isolate itself, on its way while `early` holds something. */
  private readonly bell: number;

  constructor(to: Attachment) {
    this.to = to;
    this.mem = to.memory.i32;
    this.breakers = [];
    this.records = [];
    this.freeKeys = [];
    this.early = [];
    this.bell = to.arena.allocate(WAITER_WORDS * 4);
    ops.poke(this.mem, this.bell + MAIL_KIND, Mail.Waiter);
    ops.poke(this.mem, this.bell + W_KEY, BELL);
  }

  /** Waiters of this isolate at shared things. */
  get waiting(): number {
    return this.records.length - this.freeKeys.length;
  }

  /** Owner thread only. @throws ArenaFullError */
  newCell(): number {
    return this.to.arena.allocate(WAITER_WORDS * 4);
  }

  /** Owner thread only. Makes `cell` a waiter of w at `thing`, on no queue yet. Exposes w's party. */
  record(w: SharedWaiter, cell: number, thing: SharedThing, note: number): SharedRecord {
    const { mem } = this;
    const { party } = w;
    let claim = party.pending as WordClaim | boolean;
    if (typeof claim === "boolean" || claim.cells === 0) claim = new WordClaim(this, cell);
    party.pending = claim;
    claim.cells++;
    const key = this.freeKeys.pop() ?? this.records.length;
    const record = new SharedRecord(w, cell, claim, key, thing, note);
    this.records[key] = record;
    ops.poke(mem, cell + MAIL_KIND, Mail.Waiter);
    ops.poke(mem, cell + W_ON, 0);
    ops.poke(mem, cell + W_M, this.to.m);
    ops.poke(mem, cell + W_KEY, key);
    ops.poke(mem, cell + W_CLAIM, claim.at);
    ops.poke(mem, cell + W_OK, OK_NONE);
    w.queue = record;
    hold(1);
    return record;
  }

  /** Owner thread only. The waiter is gone: its cell is free, unless other waiters of the party still need the claim in it. */
  release(record: SharedRecord): void {
    if (this.records[record.key] === record) hold(-1);
    else record.thing.loose?.delete(record);
    this.records[record.key] = undefined;
    this.freeKeys.push(record.key);
    if (record.w.queue === record) record.w.queue = null;
    record.claim.removed(record.cell);
  }

  /** Owner thread only. A party has waited for long at things of which some may be alone. */
  linger(claim: WordClaim): void {
    for (let entry = this.records[claim.last]; entry?.claim === claim; entry = this.records[entry.before])
      if (entry instanceof SharedRecord && entry.thing.alone === true) this.loosen(entry);
  }

  /** Owner thread only. From now on the thing that this waits at keeps it alive, not the table. The thing is alone. */
  loosen(record: SharedRecord): void {
    // One that has been won is on its way to be told.
    if (this.records[record.key] !== record || ops.load(this.mem, record.claim.at) !== OPEN) return;
    const { thing } = record;
    thing.loose ??= new Set();
    thing.loose.add(record);
    this.records[record.key] = new Loose(record);
    hold(-1);
  }

  /** Owner thread only. Other threads are about to reach the thing: the table keeps all alive again that wait at it. */
  tighten(thing: SharedThing): void {
    for (const record of thing.loose ?? []) {
      this.records[record.key] = record;
      hold(1);
    }
    thing.loose = null;
  }

  /** Owner thread only. The record of a waiter in `cell`; undefined if it has been collected. */
  at(cell: number): SharedRecord | undefined {
    return recordOf(this.records[ops.peek(this.mem, cell + W_KEY)]);
  }

  /** Owner thread only. The thing that the waiter in `cell` waited at has been collected, and so the waiter: its cell is free. */
  abandon(cell: number): void {
    const key = ops.peek(this.mem, cell + W_KEY);
    const entry = this.records[key];
    if (!(entry instanceof Loose)) return;
    // Whoever keeps it without its thing finds it on no queue.
    const w = entry.record.deref()?.w;
    if (w !== undefined) w.queue = null;
    this.records[key] = undefined;
    this.freeKeys.push(key);
    entry.claim.removed(cell);
  }

  /** Owner thread only. The waiter in `cell` was claimed and completed elsewhere in this isolate: tells its party. */
  completed(cell: number): void {
    const key = ops.peek(this.mem, cell + W_KEY);
    if (key === BELL) this.wakeEarly();
    // Else it was meant for the thread that had this one's slot before.
    else if (ops.peek(this.mem, cell + W_M) === this.to.m) this.complete(recordOf(this.records[key]) as SharedRecord);
  }

  /** Any thread's waiter that this one has claimed and completed is told: here, or by mail. */
  wake(cell: number): void {
    const m = ops.peek(this.mem, cell + W_M);
    if (m === this.to.m) this.completed(cell);
    else sendMail(m, cell);
  }

  private complete(record: SharedRecord): void {
    const { w } = record;
    const { party } = w;
    record.thing.settle(record, ops.peek(this.mem, record.cell + W_OK) === OK_DONE);
    this.release(record);
    // The claim word was won already; the party's own flag follows.
    party.pending = false;
    party.wake(w);
  }

  /**
   * Owner thread only. An operation fails before it could be queued; `value` is what its waiter tells. Its party is told
   * by mail, since whoever enqueues is in the middle of something.
   */
  fail(w: SharedWaiter, value: unknown): void {
    w.queue = null;
    if (!w.party.claim()) return;
    w.ok = false;
    w.value = value;
    this.early.push(w);
    if (this.early.length === 1) sendMail(this.to.m, this.bell);
  }

  private wakeEarly(): void {
    for (const w of this.early.splice(0)) w.party.wake(w);
  }

  /**
   * Owner thread only. Thread `dead` ran in the thing at `place` (0: none), and all mail it had sent here has come. Its
   * claims on waiters of this isolate will never be mail; those who wait at what it broke would wait for ever.
   */
  bury(dead: number, place: number): void {
    if (place !== 0) this.breakers[place & 1]?.(this.mem, place & ~1, dead);
    const left = new Map<WordClaim, SharedRecord>();
    // The one that it had finished with, if there is one; else it died inside a thing, which is broken.
    const told = ({ cell, thing }: SharedRecord): number =>
      ops.load(this.mem, cell + W_OK) !== OK_NONE ? 2 : thing.broken ? 1 : 0;
    for (const entry of this.records) {
      const record = recordOf(entry);
      // One whose party has been told is a case that lost: its select will leave it.
      if (record === undefined || record.w.party.pending === false) continue;
      const claim = ops.load(this.mem, record.claim.at);
      const byDead = kindOf(claim) === TAKEN && ownerOfClaim(claim) === dead;
      if (!byDead && !(claim === OPEN && record.thing.broken)) continue;
      const other = left.get(record.claim);
      if (other === undefined || told(record) > told(other)) left.set(record.claim, record);
    }
    for (const record of left.values()) {
      const { mem } = this;
      if (ops.load(mem, record.claim.at) === OPEN && !record.claim.take()) continue;
      if (ops.load(mem, record.cell + W_OK) === OK_NONE) ops.store(mem, record.cell + W_OK, OK_NO);
      this.complete(record);
    }
  }
}

function recordOf(entry: SharedRecord | Loose | undefined): SharedRecord | undefined {
  return entry instanceof Loose ? entry.record.deref() : entry;
}

interface Home {
  table: SharedWaiters | null;
}
// One per isolate, also where modules are loaded twice; see isolate.ts.
const KEY = "~gr.shm.waiters.1";
let home: Home | null = null;

/** Owner thread only. The table of this isolate in what it has joined. */
export function waitersIn(to: Attachment): SharedWaiters {
  if (home === null) home = openHome();
  if (home.table === null) home.table = new SharedWaiters(to);
  return home.table;
}

function openHome(): Home {
  const world = globalThis as { [KEY]?: Home };
  const known = world[KEY];
  if (known !== undefined) return known;
  const made: Home = { table: null };
  world[KEY] = made;
  onAttach((now) => {
    if (now === null) made.table = null;
  });
  onMail(Mail.Waiter, (cell) => made.table?.completed(cell));
  onDeath((dead, place) => made.table?.bury(dead, place));
  return made;
}

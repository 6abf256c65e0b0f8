// What this isolate keeps for its shared channels: who waits here.

import { ThreadLostError } from "@gr/core";
import type { SharedClaim, Waiter } from "@gr/core/internal";
import { type Attachment, Codec, hold, MAIL_KIND, Mail, onAttach, onDeath, onMail, ops, sendMail } from "@gr/shm";
import { Failure } from "./failure.ts";
import { kindOf, OPEN, ownerOfClaim, TAKEN, take1 } from "./shared-claim.ts";
import { brokenBy } from "./shared-protocol.ts";
import {
  CHAN,
  CLAIM,
  CLOSED,
  CLOSED_BROKEN,
  KEY,
  M,
  OK,
  OK_CLOSED,
  OK_DONE,
  OK_NONE,
  OWN,
  SLOT,
  WAITER_WORDS,
} from "./shared-words.ts";

/** In the KEY of the one cell of mail that stands for no waiter. */
const BELL = -1;

/**
 * The claim of a party some of whose waiters other threads can see. It lives in the cell of the first of them, which
 * is therefore freed last.
 */
export class WordClaim implements SharedClaim {
  readonly at: number;
  private readonly home: number;
  private readonly iso: SharedIsolate;
  /** Waiters that have it. */
  cells: number;
  private homeDone: boolean;

  constructor(iso: SharedIsolate, home: number) {
    this.iso = iso;
    this.home = home;
    this.at = home + OWN;
    this.cells = 0;
    this.homeDone = false;
    ops.store(iso.mem, this.at, OPEN);
  }
  take(): boolean {
    return take1(this.iso.mem, this.at, this.iso.to.m);
  }
  removed(cell: number): void {
    this.cells--;
    if (cell === this.home) this.homeDone = true;
    else this.iso.to.arena.free(cell);
    if (this.cells === 0 && this.homeDone) this.iso.to.arena.free(this.home);
  }
}

/** One waiter of this isolate on one shared channel. */
export class Record {
  readonly w: Waiter;
  readonly cell: number;
  readonly claim: WordClaim;
  readonly key: number;
  /** A receive: the slot holds a value once it has completed. */
  readonly receives: boolean;
  /** Address of the channel. */
  readonly at: number;

  constructor(w: Waiter, cell: number, claim: WordClaim, key: number, receives: boolean, at: number) {
    this.w = w;
    this.cell = cell;
    this.claim = claim;
    this.key = key;
    this.receives = receives;
    this.at = at;
  }
}

export class SharedIsolate {
  readonly to: Attachment;
  readonly mem: Int32Array;
  readonly codec: Codec;
  /** A slot for operations that do not block. */
  readonly scratch: number;
  private readonly records: (Record | undefined)[];
  private readonly freeKeys: number[];
  /** Claimed waiters whose operation failed before it could be queued. */
  private readonly early: Waiter[];
  /** Mail to this isolate itself, on its way while `early` holds something. */
  private readonly bell: number;

  constructor(to: Attachment) {
    this.to = to;
    this.mem = to.memory.i32;
    this.codec = new Codec(to.arena);
    this.scratch = to.arena.allocate(64);
    this.records = [];
    this.freeKeys = [];
    this.early = [];
    this.bell = to.arena.allocate(WAITER_WORDS * 4);
    ops.poke(this.mem, this.bell + MAIL_KIND, Mail.ChanWaiter);
    ops.poke(this.mem, this.bell + KEY, BELL);
  }

  /** Waiters of this isolate that wait on shared channels. */
  get waiting(): number {
    return this.records.length - this.freeKeys.length;
  }

  /** Owner thread only. @throws ArenaFullError */
  newCell(): number {
    return this.to.arena.allocate(WAITER_WORDS * 4);
  }

  /** Owner thread only. Makes `cell` a waiter of w for the channel at `at`, on no queue yet. Exposes w's party. */
  record(w: Waiter, cell: number, receives: boolean, at: number): Record {
    const { mem } = this;
    const { party } = w;
    let claim = party.shared as WordClaim | null;
    if (claim === null || claim.cells === 0) claim = new WordClaim(this, cell);
    party.shared = claim;
    claim.cells++;
    const key = this.freeKeys.pop() ?? this.records.length;
    const record = new Record(w, cell, claim, key, receives, at);
    this.records[key] = record;
    ops.poke(mem, cell + MAIL_KIND, Mail.ChanWaiter);
    ops.poke(mem, cell + CHAN, 0);
    ops.poke(mem, cell + M, this.to.m);
    ops.poke(mem, cell + KEY, key);
    ops.poke(mem, cell + CLAIM, claim.at);
    ops.poke(mem, cell + OK, OK_NONE);
    w.queue = record;
    hold(1);
    return record;
  }

  /** Owner thread only. The waiter is gone: its cell is free, unless other waiters of the party still need the claim in it. */
  release(record: Record): void {
    this.records[record.key] = undefined;
    this.freeKeys.push(record.key);
    if (record.w.queue === record) record.w.queue = null;
    record.claim.removed(record.cell);
    hold(-1);
  }

  /** Owner thread only. The waiter in `cell` was claimed and completed, here or elsewhere: tells its party. */
  completed(cell: number): void {
    const key = ops.peek(this.mem, cell + KEY);
    if (key === BELL) this.wakeEarly();
    else this.complete(this.records[key] as Record);
  }

  private complete(record: Record): void {
    const { w, cell } = record;
    const ok = ops.peek(this.mem, cell + OK) === OK_DONE;
    w.ok = ok;
    w.value = undefined;
    if (ok && record.receives) {
      try {
        w.value = this.codec.takeSlot(cell + SLOT);
      } catch (err) {
        w.ok = false;
        w.value = new Failure(err);
      }
    } else if (!ok) {
      if (!record.receives) this.codec.dropSlot(cell + SLOT);
      if (this.isBroken(record.at)) w.value = new Failure(lostChannel());
    }
    const { party } = w;
    this.release(record);
    // The claim word was won already; the party's own flag follows.
    party.pending = false;
    party.wake(w);
  }

  /**
   * Owner thread only. An operation fails before it could be queued. Its party is told by mail, since whoever enqueues
   * is in the middle of something.
   */
  fail(w: Waiter, error: unknown): void {
    w.queue = null;
    if (!w.party.claim()) return;
    w.ok = false;
    w.value = new Failure(error);
    this.early.push(w);
    if (this.early.length === 1) sendMail(this.to.m, this.bell);
  }

  private wakeEarly(): void {
    for (const w of this.early.splice(0)) w.party.wake(w);
  }

  isBroken(at: number): boolean {
    return ops.load(this.mem, at + CLOSED) === CLOSED_BROKEN;
  }

  /**
   * Owner thread only. Thread `dead` ran in the channel at `place` (0: none), and all mail it had sent here has come. Its
   * claims on waiters of this isolate will never be mail; those who wait on a channel it broke would wait for ever.
   */
  bury(dead: number, place: number): void {
    if (place !== 0 && (place & 1) === 0) brokenBy(this.mem, place, dead);
    const left = new Map<WordClaim, Record>();
    for (const record of this.records) {
      if (record === undefined) continue;
      const claim = ops.load(this.mem, record.claim.at);
      const byDead = kindOf(claim) === TAKEN && ownerOfClaim(claim) === dead;
      if (!byDead && !(claim === OPEN && this.isBroken(record.at))) continue;
      // The one that it had finished with, if there is one; else it died inside, and any will do.
      if (!left.has(record.claim) || ops.load(this.mem, record.cell + OK) !== OK_NONE) left.set(record.claim, record);
    }
    for (const record of left.values()) {
      const { mem } = this;
      if (ops.load(mem, record.claim.at) === OPEN && !record.claim.take()) continue;
      if (ops.load(mem, record.cell + OK) === OK_NONE) ops.store(mem, record.cell + OK, OK_CLOSED);
      this.complete(record);
    }
  }
}

/** The error of whoever uses a channel that a thread left half changed. */
export function lostChannel(): ThreadLostError {
  return new ThreadLostError("a thread died while it changed this channel, and what it held is lost");
}

let current: SharedIsolate | null = null;

/** This isolate's part of the shared channels; null while the program has one thread. */
export function sharedIsolate(): SharedIsolate | null {
  return current;
}

onAttach((to) => {
  current = to === null ? null : new SharedIsolate(to);
});
onMail(Mail.ChanWaiter, (cell) => (current as SharedIsolate).completed(cell));
onDeath((dead, place) => current?.bury(dead, place));

// What this isolate keeps for its shared channels: who waits here, and which object stands for which channel.

import type { Party, SharedClaim, Waiter } from "@gr/core/internal";
import { type Attachment, Codec, hold, MAIL_KIND, Mail, onAttach, onMail, ops } from "@gr/shm";
import { Failure } from "./failure.ts";
import { OPEN, TAKEN, take1 } from "./shared-protocol.ts";
import { CHAN, CLAIM, KEY, M, OK, OWN, SLOT, WAITER_WORDS } from "./shared-words.ts";

/**
 * The claim of a party some of whose waiters other threads can see. It lives in the cell of the first of them, which
 * is therefore freed last.
 */
export class WordClaim implements SharedClaim {
  readonly at: number;
  private readonly home: number;
  private readonly iso: SharedIsolate;
  private cells: number;
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
    return take1(this.iso.mem, this.at);
  }
  get taken(): boolean {
    return ops.load(this.iso.mem, this.at) === TAKEN;
  }
  added(): void {
    this.cells++;
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
  /** Keeps the channel's object while somebody waits on it. */
  readonly owner: object;

  constructor(w: Waiter, cell: number, claim: WordClaim, key: number, receives: boolean, owner: object) {
    this.w = w;
    this.cell = cell;
    this.claim = claim;
    this.key = key;
    this.receives = receives;
    this.owner = owner;
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

  constructor(to: Attachment) {
    this.to = to;
    this.mem = to.memory.i32;
    this.codec = new Codec(to.arena);
    this.scratch = to.arena.allocate(64);
    this.records = [];
    this.freeKeys = [];
  }

  /** Owner thread only. A waiter cell for w, on no queue yet. Exposes w's party. */
  record(w: Waiter, receives: boolean, owner: object): Record {
    const { mem } = this;
    const cell = this.to.arena.allocate(WAITER_WORDS * 4);
    const { party } = w;
    const claim = (party.shared as WordClaim | null) ?? new WordClaim(this, cell);
    party.shared = claim;
    claim.added();
    const key = this.freeKeys.pop() ?? this.records.length;
    const record = new Record(w, cell, claim, key, receives, owner);
    this.records[key] = record;
    ops.poke(mem, cell + MAIL_KIND, Mail.ChanWaiter);
    ops.poke(mem, cell + CHAN, 0);
    ops.poke(mem, cell + M, this.to.m);
    ops.poke(mem, cell + KEY, key);
    ops.poke(mem, cell + CLAIM, claim.at);
    ops.poke(mem, cell + OK, 0);
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
    const record = this.records[ops.peek(this.mem, cell + KEY)] as Record;
    const { w } = record;
    const ok = ops.peek(this.mem, cell + OK) === 1;
    w.ok = ok;
    w.value = undefined;
    if (ok && record.receives) {
      try {
        w.value = this.codec.takeSlot(cell + SLOT);
      } catch (err) {
        w.ok = false;
        w.value = new Failure(err);
      }
    } else if (!ok && !record.receives) this.codec.dropSlot(cell + SLOT);
    const { party } = w;
    this.release(record);
    wakeClaimed(party, w);
  }

  /** Owner thread only. As completed, for an operation that failed before it could be queued. */
  failed(record: Record, error: unknown): void {
    const { w } = record;
    if (!w.party.claim()) return;
    w.ok = false;
    w.value = new Failure(error);
    this.release(record);
    w.party.wake(w);
  }
}

// The claim word was won already; the party's own flag follows.
function wakeClaimed(party: Party, w: Waiter): void {
  party.pending = false;
  party.wake(w);
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

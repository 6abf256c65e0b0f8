// A ring of records: one writer, read while it is written or after its thread has gone.
//
// `TraceRing` is all this package asks of a ring; the shared one lives in @gr/shm. `LocalRing` is the ring of a
// program on one thread, in plain memory, where a write costs a fifth of one to shared memory.

import { RECORD_WORDS } from "./events.ts";

/** Where a recorder writes. The oldest records give way when it is full. */
export interface TraceRing {
  /** Owner thread only. Appends one record. */
  write(w0: number, w1: number, w2: number, w3: number): void;
  /** Owner thread only. Makes what was written visible to other threads. */
  publish(): void;
}

/** What a reader got from a ring: the records still there, oldest first, and how many were overwritten. */
export interface RingContents {
  readonly records: Uint32Array;
  readonly lost: number;
}

/** A ring in plain memory. */
export class LocalRing implements TraceRing {
  readonly #words: Uint32Array;
  readonly #mask: number;
  #head = 0;

  /** @throws RangeError unless records is a power of two */
  constructor(records: number) {
    if (!Number.isInteger(records) || records < 2 || (records & (records - 1)) !== 0)
      throw new RangeError(`viz: expected ringRecords to be a power of two, got ${records}`);
    this.#words = new Uint32Array(records * RECORD_WORDS);
    this.#mask = records - 1;
  }

  write(w0: number, w1: number, w2: number, w3: number): void {
    const at = (this.#head & this.#mask) * RECORD_WORDS;
    this.#words[at] = w0;
    this.#words[at + 1] = w1;
    this.#words[at + 2] = w2;
    this.#words[at + 3] = w3;
    this.#head++;
  }

  publish(): void {}

  read(): RingContents {
    const size = this.#mask + 1;
    if (this.#head <= size) return { records: this.#words.slice(0, this.#head * RECORD_WORDS), lost: 0 };
    const from = (this.#head & this.#mask) * RECORD_WORDS;
    const records = new Uint32Array(this.#words.length);
    records.set(this.#words.subarray(from), 0);
    records.set(this.#words.subarray(0, from), this.#words.length - from);
    return { records, lost: this.#head - size };
  }
}

// Ring of trace records: one writer that never waits, readers that are told what they missed.
//
// A record is four words (time, kind and small arguments, goroutine, other); what they mean is @gr/viz's. The writer
// counts records privately and publishes the count once per switch, or every 64 records: an atomic store per record
// would cost three times as much. A reader copies what is published, then reads the count again and drops what the
// writer may have written over meanwhile. It can be on any thread, also after the writer's death.
//
//   I1  The writer is never more than BATCH records beyond the published head.
//   I2  A record that a reader keeps was whole: its slot is not written again before head + SLACK - size passes it.
//
// The slack is two batches: one for what is not published yet, one because a plain write may become visible before an
// atomic store that precedes it.
//
// | word              | unit    | written by | read by |
// |-------------------|---------|------------|---------|
// | base + HEAD       | records | writer     | readers |
// | base + RECORDS .. | record  | writer     | readers |

import { ops } from "./atomics.ts";

const HEAD = 0;
/** A cache line away from head, and even. */
const RECORDS = 16;

export const TRACE_RECORD_WORDS = 4;
/** 1 MiB. */
export const TRACE_RECORDS = 65_536;
const BATCH = 64;

/** Words of a ring of `records`, all 0 at first. */
export const traceRingWords = (records: number = TRACE_RECORDS): number => RECORDS + records * TRACE_RECORD_WORDS;

function checkSize(records: number, batch: number): void {
  if ((records & (records - 1)) !== 0 || records < 4 * batch) {
    throw new RangeError(`shm: expected trace records to be a power of two >= ${4 * batch}, got ${records}`);
  }
}

/** The writer of a ring; there is one. */
export class TraceWriter {
  private readonly mem: Int32Array;
  private readonly base: number;
  private readonly mask: number;
  private readonly batchMask: number;
  private head: number;

  /** `batch` is for model tests. */
  constructor(mem: Int32Array, base: number, records: number = TRACE_RECORDS, batch: number = BATCH) {
    checkSize(records, batch);
    this.mem = mem;
    this.base = base;
    this.mask = records - 1;
    this.batchMask = batch - 1;
    this.head = ops.load(mem, base + HEAD);
  }

  /** Owner thread only. Never blocks; writes over the oldest record. */
  write(w0: number, w1: number, w2: number, w3: number): void {
    const { mem } = this;
    const at = this.base + RECORDS + (this.head & this.mask) * TRACE_RECORD_WORDS;
    ops.poke(mem, at, w0);
    ops.poke(mem, at + 1, w1);
    ops.poke(mem, at + 2, w2);
    ops.poke(mem, at + 3, w3);
    this.head = (this.head + 1) | 0;
    if ((this.head & this.batchMask) === 0) this.publish();
  }

  /** Owner thread only. Lets readers see what was written. */
  publish(): void {
    // Order matters: after the records; pairs with the reader's first load of head.
    ops.store(this.mem, this.base + HEAD, this.head);
  }
}

export interface TraceBatch {
  /** Four words per record, oldest first. */
  readonly records: Int32Array;
  /** Records that were written over before this reader came. */
  readonly lost: number;
}

/** A reader of a ring, with its own place in it. */
export class TraceReader {
  private readonly mem: Int32Array;
  private readonly base: number;
  private readonly size: number;
  private readonly keep: number;
  private tail: number;

  /** `batch` is for model tests. Starts at the first record ever: what is gone counts as lost. */
  constructor(mem: Int32Array, base: number, records: number = TRACE_RECORDS, batch: number = BATCH) {
    checkSize(records, batch);
    this.mem = mem;
    this.base = base;
    this.size = records;
    this.keep = records - 2 * batch;
    const head = ops.load(mem, base + HEAD);
    // Beyond 2^31 records the beginning is no longer a number behind head.
    this.tail = head < 0 ? (head - this.keep) | 0 : 0;
  }

  /** Any thread. All records since the last read. */
  read(): TraceBatch {
    const { mem, size } = this;
    const head = ops.load(mem, this.base + HEAD);
    const from = this.oldest(head);
    const count = (head - from) | 0;
    const records = new Int32Array(count * TRACE_RECORD_WORDS);
    for (let i = 0; i < count; i++) {
      const at = this.base + RECORDS + ((from + i) & (size - 1)) * TRACE_RECORD_WORDS;
      for (let w = 0; w < TRACE_RECORD_WORDS; w++) records[i * TRACE_RECORD_WORDS + w] = ops.peek(mem, at + w);
    }
    // Order matters: after the copy. What the writer may have reached meanwhile is not to be trusted.
    const kept = this.oldest(ops.load(mem, this.base + HEAD));
    const dropped = Math.min((kept - from) | 0, count);
    const lost = (kept - this.tail) | 0;
    this.tail = ((kept - head) | 0) > 0 ? kept : head;
    return { records: records.subarray(dropped * TRACE_RECORD_WORDS), lost };
  }

  /** The first record that is safe to read when `head` are published, and is not read yet. */
  private oldest(head: number): number {
    return ((head - this.tail) | 0) > this.keep ? (head - this.keep) | 0 : this.tail;
  }
}

// Values to words. The format is in codec-tags.ts, the essay in codec.ts.
//
// Hot path. The words go into a private buffer first: its size need not be known, writing it is cheaper than writing
// shared memory, and a value that cannot cross leaves no trace.

import { encodeExotic } from "./codec-exotic.ts";
import * as tag from "./codec-tags.ts";
import { crossingByTag, crossingOf } from "./crossing.ts";
import { CannotCrossError } from "./data-clone-error.ts";

/** Up to here objects are looked for one by one, which is faster than a map. */
const FEW = 16;

const f64 = new Float64Array(1);
const i64 = new BigInt64Array(f64.buffer);
const halves = new Int32Array(f64.buffer);

/** A writer that is reused: begin, value, end; then words [0, length). */
export class Encoder {
  words: Int32Array = new Int32Array(256);
  length = 0;
  private bytes: Uint8Array = new Uint8Array(this.words.buffer);
  private units: Uint16Array = new Uint16Array(this.words.buffer);
  private hasRefs = false;
  /** Offsets of the crossings. */
  private readonly crossings: number[] = [];
  private readonly few: unknown[] = new Array(FEW).fill(null);
  private count = 0;
  private many: Map<object, number> | null = null;

  begin(): void {
    this.length = tag.MESSAGE_VALUE;
    this.hasRefs = false;
    this.count = 0;
  }

  /** Completes the message. */
  end(): void {
    const { crossings } = this;
    this.room(crossings.length);
    for (const at of crossings) this.words[this.length++] = at;
    this.words[tag.MESSAGE_WORDS] = this.length;
    this.words[tag.MESSAGE_FLAGS] = (this.hasRefs ? tag.HAS_REFS : 0) | (crossings.length << 1);
  }

  /** Forgets the objects. Drops the references that crossings took, if the message will not be sent. */
  reset(sent: boolean): void {
    for (let i = 0; i < this.count && i < FEW; i++) this.few[i] = null;
    this.many = null;
    this.count = 0;
    if (this.crossings.length === 0) return;
    if (!sent) for (const at of this.crossings) dropCrossing(this.words, at);
    this.crossings.length = 0;
  }

  value(v: unknown): void {
    switch (typeof v) {
      case "number":
        this.number(v);
        return;
      case "string":
        this.string(v);
        return;
      case "object":
        if (v === null) this.word(tag.NULL);
        else this.object(v);
        return;
      case "undefined":
        this.word(tag.UNDEFINED);
        return;
      case "boolean":
        this.word(v ? tag.TRUE : tag.FALSE);
        return;
      case "bigint":
        this.bigint(v);
        return;
      case "function":
        if (!this.known(v) && !this.crossing(v)) throw new CannotCrossError(v, "a function");
        return;
      default:
        throw new CannotCrossError(v, "a symbol");
    }
  }

  word(w: number): void {
    if (this.length === this.words.length) this.grow(1);
    this.words[this.length++] = w;
  }

  number(v: number): void {
    const int = v | 0;
    if (int !== v || (int === 0 && 1 / v < 0)) {
      this.word(tag.F64);
      this.double(v);
    } else if ((int << 8) >> 8 === int) {
      this.word(tag.INT24 | (int << 8));
    } else {
      this.word(tag.INT32);
      this.word(int);
    }
  }

  double(v: number): void {
    this.room(2);
    f64[0] = v;
    this.words[this.length++] = halves[0]!;
    this.words[this.length++] = halves[1]!;
  }

  bigint(v: bigint): void {
    if (BigInt.asIntN(64, v) === v) {
      this.word(tag.BIGINT64);
      this.room(2);
      i64[0] = v;
      this.words[this.length++] = halves[0]!;
      this.words[this.length++] = halves[1]!;
      return;
    }
    this.word(tag.BIGINT | (v < 0n ? 1 << 8 : 0));
    this.string((v < 0n ? -v : v).toString(16));
  }

  string(s: string): void {
    const n = s.length;
    this.room(2 + ((n + 3) >> 2));
    const start = this.length;
    this.header(tag.LATIN1, n);
    const { bytes } = this;
    const at = this.length << 2;
    let all = 0;
    for (let i = 0; i < n; i++) {
      const c = s.charCodeAt(i);
      all |= c;
      bytes[at + i] = c;
    }
    this.length += (n + 3) >> 2;
    if (all > 255) {
      this.length = start;
      this.string16(s);
    }
  }

  private string16(s: string): void {
    const n = s.length;
    this.room(2 + ((n + 1) >> 1));
    this.header(tag.UTF16, n);
    const { units } = this;
    const at = this.length << 1;
    for (let i = 0; i < n; i++) units[at + i] = s.charCodeAt(i);
    this.length += (n + 1) >> 1;
  }

  /** A tag and a count, which may be long. */
  private header(t: number, n: number): void {
    this.room(2);
    if (n < tag.LONG) {
      this.words[this.length++] = t | (n << 8);
    } else {
      this.words[this.length++] = t | (tag.LONG << 8);
      this.words[this.length++] = n;
    }
  }

  private object(v: object): void {
    if (this.known(v)) return;
    if (Array.isArray(v)) {
      this.array(v);
      return;
    }
    const proto = Object.getPrototypeOf(v);
    if (proto !== Object.prototype && proto !== null && (this.crossing(v) || encodeExotic(this, v))) return;
    this.word(tag.OBJECT);
    this.properties(v);
  }

  /** Own enumerable properties with string keys, then END. */
  properties(v: object): void {
    const keys = Object.keys(v);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      this.string(key);
      this.value((v as Record<string, unknown>)[key]);
    }
    this.word(tag.END);
  }

  private array(v: readonly unknown[]): void {
    const n = v.length;
    const keys = Object.keys(v);
    // Fewer keys than half: do not spend a word on each hole.
    if (keys.length < n >> 1 && n > 64) {
      this.word(tag.SPARSE);
      this.word(n);
      this.properties(v);
      return;
    }
    // Index keys come first and in order; if the last one is one, all are.
    const plus = keys.length > 0 && !isIndex(keys[keys.length - 1]!, n);
    this.header(plus ? tag.ARRAY_PLUS : tag.ARRAY, n);
    const holes = keys.length < n || plus;
    for (let i = 0; i < n; i++) {
      const item = v[i];
      if (item === undefined && holes && !(i in v)) this.word(tag.HOLE);
      else this.value(item);
    }
    if (!plus) return;
    for (const key of keys) {
      if (isIndex(key, n)) continue;
      this.string(key);
      this.value((v as unknown as Record<string, unknown>)[key]);
    }
    this.word(tag.END);
  }

  /** Writes a REF if the object was met before; else counts it. */
  known(v: object): boolean {
    const { few, count } = this;
    let at = -1;
    if (this.many !== null) {
      at = this.many.get(v) ?? -1;
    } else {
      for (let i = 0; i < count; i++) {
        if (few[i] === v) {
          at = i;
          break;
        }
      }
    }
    if (at >= 0) {
      this.hasRefs = true;
      this.word(tag.REF);
      this.word(at);
      return true;
    }
    if (count === FEW && this.many === null) this.many = new Map((few as object[]).map((o, i) => [o, i]));
    if (this.many !== null) this.many.set(v, count);
    else few[count] = v;
    this.count = count + 1;
    return false;
  }

  private crossing(v: object): boolean {
    const crossing = crossingOf(v);
    if (crossing === null) return false;
    let words: readonly number[];
    try {
      words = crossing.encode(v);
    } catch (error) {
      throw error instanceof CannotCrossError ? new CannotCrossError(v, error.what) : error;
    }
    this.room(words.length + 2);
    this.crossings.push(this.length);
    this.header(tag.CROSSING, words.length);
    this.words[this.length++] = crossing.tag;
    for (const w of words) this.words[this.length++] = w;
    return true;
  }

  raw(source: Uint8Array): void {
    const n = source.length;
    this.room((n + 3) >>> 2);
    this.bytes.set(source, this.length << 2);
    this.length += (n + 3) >>> 2;
  }

  room(words: number): void {
    if (this.length + words > this.words.length) this.grow(words);
  }

  private grow(words: number): void {
    const bigger = new Int32Array(Math.max(this.words.length * 2, this.length + words));
    bigger.set(this.words.subarray(0, this.length));
    this.words = bigger;
    this.bytes = new Uint8Array(bigger.buffer);
    this.units = new Uint16Array(bigger.buffer);
  }
}

/** Does the key name an item of an array of n? */
function isIndex(key: string, n: number): boolean {
  const index = Number(key) >>> 0;
  return index < n && String(index) === key;
}

/** Gives back what the crossing written at `at` holds. */
export function dropCrossing(words: Int32Array, at: number): void {
  const n = words[at]! >>> 8;
  const crossing = crossingByTag(words[at + 1]!);
  crossing.drop?.(Array.from(words.subarray(at + 2, at + 2 + n)));
}

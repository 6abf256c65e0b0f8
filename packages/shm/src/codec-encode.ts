// Values to words. The format is in codec-tags.ts, the essay in codec.ts.
//
// Hot path. The words go into a private buffer first: its size need not be known, writing it is cheaper than writing
// shared memory, and a value that cannot cross leaves no trace.

import { encodeExotic } from "./codec-exotic.ts";
import { isIndex, mayBeSparse, refuseOurs } from "./codec-looks.ts";
import { type KeyShape, KeyWords, SHAPE_KEYS } from "./codec-shapes.ts";
import * as tag from "./codec-tags.ts";
import { crossingOf, dropCrossing } from "./crossing.ts";
import { CannotCrossError } from "./data-clone-error.ts";

/** Up to here objects are looked for one by one, which is faster than a map. */
const FEW = 16;

/** The buffer at first, and how large it may stay. */
const FIRST_WORDS = 256;
const LARGE_WORDS = 1 << 18;

const LONG_TEXT = 96;
const utf8 = new TextEncoder();

/** A writer that is reused: begin, value, end; then words [0, length). */
export class Encoder {
  words: Int32Array = new Int32Array(FIRST_WORDS);
  length = 0;
  private bytes: Uint8Array = new Uint8Array(this.words.buffer);
  private units: Uint16Array = new Uint16Array(this.words.buffer);
  private view: DataView = new DataView(this.words.buffer);
  private hasRefs = false;
  private readonly shapes: KeyWords = new KeyWords();
  /** Offsets of the crossings. */
  private readonly crossings: number[] = [];
  private readonly few: unknown[] = new Array(FEW).fill(null);
  private count = 0;
  private many: Map<object, number> | null = null;
  private readonly late: boolean;

  /** `late` goes to the crossings. */
  constructor(late: boolean) {
    this.late = late;
  }

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
    const sentWords = this.words;
    // One large value should not keep its size for ever.
    if (sentWords.length > LARGE_WORDS) this.use(new Int32Array(FIRST_WORDS));
    if (this.crossings.length === 0) return;
    if (!sent) for (const at of this.crossings) dropCrossing(sentWords, at);
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
    this.view.setFloat64(this.length << 2, v, true);
    this.length += 2;
  }

  bigint(v: bigint): void {
    if (BigInt.asIntN(64, v) === v) {
      this.word(tag.BIGINT64);
      this.room(2);
      this.view.setBigInt64(this.length << 2, v, true);
      this.length += 2;
      return;
    }
    this.word(tag.BIGINT | (v < 0n ? 1 << 8 : 0));
    this.string((v < 0n ? -v : v).toString(16));
  }

  string(s: string): void {
    const n = s.length;
    this.room(3 + ((n + 3) >> 2));
    const start = this.length;
    this.header(tag.LATIN1, n);
    if (n >= LONG_TEXT && this.ascii(s)) return;
    const { words } = this;
    let at = this.length;
    let all = 0;
    let i = 0;
    // Four characters a word; bytes lie in it as every host we run on has them, the low one first.
    for (; i + 4 <= n; i += 4) {
      const a = s.charCodeAt(i);
      const b = s.charCodeAt(i + 1);
      const c = s.charCodeAt(i + 2);
      const d = s.charCodeAt(i + 3);
      all |= a | b | c | d;
      words[at++] = a | (b << 8) | (c << 16) | (d << 24);
    }
    if (i < n) {
      let rest = 0;
      for (let shift = 0; i < n; i++, shift += 8) {
        const c = s.charCodeAt(i);
        all |= c;
        rest |= c << shift;
      }
      words[at++] = rest;
    }
    this.length = at;
    if (all > 255) {
      this.length = start;
      this.string16(s);
    }
  }

  /** Writes the text by the host's encoder if it is ASCII; that is faster from about a hundred characters on. */
  private ascii(s: string): boolean {
    const n = s.length;
    const from = this.length << 2;
    const { written } = utf8.encodeInto(s, this.bytes.subarray(from, from + n + 4));
    // As many bytes as characters: each took one. The room beyond n is what shows a longer text.
    if (written !== n) return false;
    this.length += (n + 3) >> 2;
    return true;
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
    this.plain(v);
  }

  /** Own enumerable properties with string keys: how many, the words of the keys, the keys, the values. */
  private plain(v: object): void {
    const { guess } = this.shapes;
    const n = guess === null ? -1 : guess.keys.length;
    let i = 0;
    // Both loops stand here, for the engine to see that they are over the same keys: then for-in reads a property by its
    // place, and asks nobody whether it is an own one.
    for (const key in v) {
      // biome-ignore lint/suspicious/noPrototypeBuiltins: Object.hasOwn is a call, 25 ns for five keys
      if (key !== guess?.keys[i] || !Object.prototype.hasOwnProperty.call(v, key)) {
        i = -2;
        break;
      }
      i++;
    }
    if (guess === null || i !== n) return void this.plainAnew(v);
    const { keys } = guess;
    this.head(guess);
    i = 0;
    // A getter may have changed the object meanwhile.
    for (const key in v) {
      if (key !== keys[i]) break;
      this.value((v as Record<string, unknown>)[key]);
      if (++i === n) return;
    }
    for (; i < n; i++) this.value((v as Record<string, unknown>)[keys[i]!]);
  }

  private plainAnew(v: object): void {
    const keys = Object.keys(v);
    const n = keys.length;
    const known = n > 0 && n <= SHAPE_KEYS ? this.shapes.find(keys) : null;
    if (known !== null) this.head(known);
    else this.keys(keys);
    for (let i = 0; i < n; i++) this.value((v as Record<string, unknown>)[keys[i]!]);
  }

  private head(shape: KeyShape): void {
    this.shapes.came(shape);
    const { head } = shape;
    const n = head.length;
    this.room(n);
    const { words } = this;
    let at = this.length;
    for (let i = 0; i < n; i++) words[at++] = head[i]!;
    this.length = at;
  }

  private keys(keys: readonly string[]): void {
    const from = this.length;
    this.header(tag.OBJECT, keys.length);
    if (keys.length === 0) return;
    const at = this.length;
    this.word(0);
    for (const key of keys) this.string(key);
    this.words[at] = this.length - at - 1;
    this.shapes.keep(keys, this.words.slice(from, this.length));
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
    if (mayBeSparse(v) && Object.keys(v).length < n >> 1) {
      this.word(tag.SPARSE);
      this.word(n);
      this.properties(v);
      return;
    }
    const plus = (v as { index?: unknown }).index !== undefined; // what a regular expression matched
    this.header(plus ? tag.ARRAY_PLUS : tag.ARRAY, n);
    for (let i = 0; i < n; i++) {
      const item = v[i];
      if (typeof item === "number") this.number(item);
      else if (item === undefined && !(i in v)) this.word(tag.HOLE);
      else this.value(item);
    }
    if (!plus) return;
    for (const key of Object.keys(v)) {
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
    if (crossing === null) {
      refuseOurs(v);
      return false;
    }
    let words: readonly number[];
    try {
      words = crossing.encode(v, this.late);
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
    this.use(bigger);
  }

  private use(words: Int32Array): void {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
    this.units = new Uint16Array(words.buffer);
    this.view = new DataView(words.buffer);
  }
}

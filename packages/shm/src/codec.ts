// Codec: values to bytes of shared memory, and back.
//
// What.  Clones values between threads: what structured clone takes of JavaScript itself, cycles and shared parts
//        included, and registered objects by reference. Small values fit into a slot of four words.
// Words. message: a whole value in one cell, length first. slot: four words in a ring or record that hold a value or
//        the address of its message. crossing: an object that goes by reference (crossing.ts).
//
//        slot:  | tag, length | integer | payload, 8 bytes: double, characters, or address |
//
// How.   A private buffer takes the words first; then one cell of the right size is allocated and filled. A tag word
//        says what follows (codec-tags.ts). Objects are numbered as they are met; one that comes again is a REF. The
//        decoder numbers alike, but only if the message says that it has REFs.
// Invariants.
//   I1  A value that cannot cross leaves nothing behind: no cell, no reference taken by a crossing.
//   I2  A message is written whole before its address is published, and never after; it is decoded by one thread, which
//       then owns the cell.
//   I3  Encoder and decoder number objects in the same order: when they are met, before their parts.
//   I4  A crossing's words are decoded once or dropped once.
// The hard part. Encoding runs the caller's code (getters, proxies), which may encode other values: then the buffer is
//   in use, and a second one is made. User code never runs while a lock is held, because encoding comes before any lock.
//   Text is never decoded from bytes that another thread may still write: V8's two-pass UTF-8 decoder writes out of
//   bounds when they change meanwhile. Here characters are read one by one, or by Node's single-pass readers, from a
//   cell that is ours (I2).
// Rejected. JSON (loses undefined, NaN, -0, Map, bigint, silently); v8.serialize (ten times the time for small values);
//   postMessage of values (a message per value); writing into the cell directly (its size is not known, and a failure
//   in the middle has to be undone); a path kept while encoding (it costs every value what only errors need).
// Sources. The structured clone algorithm of HTML, for what is taken and how.

import { type Arena, ArenaFullError } from "./arena.ts";
import { Decoder, fastBytes, textOf } from "./codec-decode.ts";
import { Encoder } from "./codec-encode.ts";
import { CELL, F64, FALSE, INT32, LATIN1, MESSAGE_FLAGS, MESSAGE_WORDS, NULL, TRUE, UNDEFINED } from "./codec-tags.ts";
import { crossingReady, dropCrossing, registerErrors } from "./crossing.ts";
import { cannotCross, DataCloneError } from "./data-clone-error.ts";
import { fatal } from "./fatal.ts";

registerErrors({ GR_ARENA_FULL: ArenaFullError, GR_DATA_CLONE: DataCloneError });

/** A slot is this many words; its address is even. */
export const SLOT_WORDS = 4;

/** Characters that fit into a slot, if none is above U+00FF. */
const SLOT_CHARACTERS = 8;

export interface CodecOptions {
  /** The receiver of what is encoded here asks slotReady before it decodes. */
  readonly late?: boolean;
}

/** Encodes into and decodes from the cells of its isolate's arena. */
export class Codec {
  private readonly arena: Arena;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;
  private readonly encoder: Encoder;
  private readonly late: boolean;
  private readonly decoder: Decoder;
  private encoding = false;
  private decoding = false;

  constructor(arena: Arena, options: CodecOptions = {}) {
    this.arena = arena;
    this.late = options.late ?? false;
    this.encoder = new Encoder(this.late);
    this.i32 = arena.memory.i32;
    this.f64 = arena.memory.f64;
    this.u8 = arena.memory.u8;
    this.decoder = new Decoder(arena.memory);
  }

  /**
   * Owner thread only. Address of a new cell with the value's message. `root` is what errors call the value.
   *
   * @throws DataCloneError if a part cannot cross
   * @throws ArenaFullError if there is no room
   */
  encode(value: unknown, root: string = "value"): number {
    const nested = this.encoding;
    const encoder = nested ? new Encoder(this.late) : this.encoder;
    this.encoding = true;
    let sent = false;
    try {
      encoder.begin();
      encoder.value(value);
      encoder.end();
      const cell = this.arena.allocate(encoder.length * 4);
      this.copyIn(encoder.words, encoder.length, cell);
      sent = true;
      return cell;
    } catch (error) {
      throw cannotCross(error, value, root);
    } finally {
      encoder.reset(sent);
      this.encoding = nested;
    }
  }

  /** Owner thread only. The value of the message; the cell stays. A message with crossings is decoded once. */
  decode(cell: number): unknown {
    this.arena.checkLive(cell);
    const nested = this.decoding;
    const decoder = nested ? new Decoder(this.arena.memory) : this.decoder;
    this.decoding = true;
    try {
      return decoder.message(cell);
    } catch (error) {
      // The sender's stack may have been larger.
      throw cannotCross(error, null, "value");
    } finally {
      this.decoding = nested;
    }
  }

  /** Owner thread only. Decodes the message and frees its cell. */
  take(cell: number): unknown {
    try {
      return this.decode(cell);
    } finally {
      this.arena.free(cell);
    }
  }

  /** Owner thread only. Throws the message away undecoded: gives back its crossings, then the cell. */
  drop(cell: number): void {
    const words = this.i32[cell + MESSAGE_WORDS]!;
    const crossings = this.i32[cell + MESSAGE_FLAGS]! >>> 1;
    if (crossings > 0) {
      const message = this.i32.subarray(cell, cell + words);
      for (let i = words - crossings; i < words; i++) dropCrossing(message, message[i]!);
    }
    this.arena.free(cell);
  }

  /**
   * Owner thread only. Writes the value into the slot: itself if it is small, else the address of its message.
   *
   * @throws DataCloneError and ArenaFullError as encode; the slot is then unchanged
   */
  encodeSlot(value: unknown, at: number, root: string = "value"): void {
    const { i32 } = this;
    switch (typeof value) {
      case "number": {
        const int = value | 0;
        if (int === value && (int !== 0 || 1 / value > 0)) {
          i32[at] = INT32;
          i32[at + 1] = int;
        } else {
          i32[at] = F64;
          this.f64[(at + 2) >> 1] = value;
        }
        return;
      }
      case "undefined":
        i32[at] = UNDEFINED;
        return;
      case "boolean":
        i32[at] = value ? TRUE : FALSE;
        return;
      case "string":
        if (value.length <= SLOT_CHARACTERS && this.shortString(value, at)) return;
        break;
      case "object":
        if (value === null) {
          i32[at] = NULL;
          return;
        }
    }
    const cell = this.encode(value, root);
    i32[at] = CELL;
    i32[at + 2] = cell;
  }

  /** Owner thread only. The slot's value; what it holds stays. */
  decodeSlot(at: number): unknown {
    const { i32 } = this;
    const head = i32[at]!;
    switch (head & 255) {
      case INT32:
        return i32[at + 1]!;
      case F64:
        return this.f64[(at + 2) >> 1]!;
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case LATIN1:
        return textOf(this.u8, (at + 2) << 2, head >>> 8);
      case CELL:
        return this.decode(i32[at + 2]!);
      default:
        return fatal(`codec: slot ${at} has tag ${head & 255}`);
    }
  }

  /** Owner thread only. Can the slot's value be decoded here now? What it names may be on its way still. */
  slotReady(at: number): boolean {
    if (this.i32[at] !== CELL) return true;
    const cell = this.i32[at + 2]!;
    const crossings = this.i32[cell + MESSAGE_FLAGS]! >>> 1;
    if (crossings === 0) return true;
    const message = this.i32.subarray(cell, cell + this.i32[cell + MESSAGE_WORDS]!);
    for (const offset of message.subarray(message.length - crossings))
      if (!crossingReady(message, offset)) return false;
    return true;
  }

  /** Owner thread only. The slot's value; its message, if it has one, is freed. */
  takeSlot(at: number): unknown {
    return this.i32[at] === CELL ? this.take(this.i32[at + 2]!) : this.decodeSlot(at);
  }

  /** Owner thread only. Throws the slot's value away undecoded. */
  dropSlot(at: number): void {
    if (this.i32[at] === CELL) this.drop(this.i32[at + 2]!);
  }

  private shortString(value: string, at: number): boolean {
    const { u8 } = this;
    const n = value.length;
    const from = (at + 2) << 2;
    let all = 0;
    for (let i = 0; i < n; i++) {
      const c = value.charCodeAt(i);
      all |= c;
      u8[from + i] = c;
    }
    if (all > 255) return false;
    this.i32[at] = LATIN1 | (n << 8);
    return true;
  }

  private copyIn(words: Int32Array, n: number, cell: number): void {
    const { i32 } = this;
    if (n <= 64) {
      for (let i = 0; i < n; i++) i32[cell + i] = words[i]!;
      return;
    }
    const fast = fastBytes(words.buffer);
    if (fast === null) i32.set(words.subarray(0, n), cell);
    else fast.copy(this.u8, cell << 2, 0, n << 2);
  }
}

// Counts pairings, and whether both sides are on one M: who sends a value with who receives it, who passes a mutex on or
// brings a wait group to zero with who waited.
//
// A value travels in a slot of four words, of which the first has a byte to spare. In every isolate that loads this
// module the codec writes the sender's M there and the receiver reads it, so buffered values are seen as well as those
// that are handed over directly. Who waited at a mutex or a group finds in its claim which M served it. The tests' own doing: the
// packages know nothing of it.
import { attached, Codec, ops, registerCrossing, type SharedRecord, type SharedThing, SharedWaiters } from "@gr/shm";

/** Words of a tally: pairings of one M, and of two. */
export const TALLY_WORDS = 2;

interface CodecInside {
  readonly i32: Int32Array;
  encodeSlot(value: unknown, at: number, root?: string): void;
  takeSlot(at: number): unknown;
}

const proto = Codec.prototype as unknown as CodecInside & Pick<Codec, "decodeSlot" | "dropSlot">;
const { encodeSlot, takeSlot, decodeSlot, dropSlot } = proto;
const BYTE = 24;

/** The codecs of channels; those of start records name what they encode. */
const ofChannels = new WeakSet<object>();
let tally = 0;

function here(): number {
  return attached()?.m ?? 0;
}

/** This isolate has got what M `from` gave. */
function count(i32: Int32Array, from: number): void {
  if (tally !== 0) ops.add(i32, tally + (from === here() ? 0 : 1), 1);
}

/** Reads the mark in the slot and takes it away; 0 if there is none. */
function unmark(i32: Int32Array, at: number): number {
  const mark = i32[at]! >>> BYTE;
  if (mark !== 0) i32[at] = i32[at]! & ((1 << BYTE) - 1);
  return mark;
}

proto.encodeSlot = function (this: CodecInside, value, at, root): void {
  if (root === undefined) ofChannels.add(this);
  encodeSlot.call(this, value, at, root);
  if (ofChannels.has(this)) this.i32[at] = this.i32[at]! | ((here() + 1) << BYTE);
};
proto.takeSlot = function (this: CodecInside, at): unknown {
  const mark = unmark(this.i32, at);
  if (mark !== 0) count(this.i32, mark - 1);
  return takeSlot.call(this as never, at);
};
proto.decodeSlot = function (this: CodecInside, at: number): unknown {
  unmark(this.i32, at);
  return decodeSlot.call(this as never, at);
};
proto.dropSlot = function (this: CodecInside, at: number): void {
  unmark(this.i32, at);
  dropSlot.call(this as never, at);
};

const watched = new WeakSet<object>();
const { record } = SharedWaiters.prototype;

/** Counts those whom things of this kind serve, unless they are channels. */
function watch(kind: SharedThing): void {
  if (watched.has(kind)) return;
  watched.add(kind);
  if ("tryRecv" in kind) return;
  const { settle } = kind;
  kind.settle = function (this: SharedThing, one: SharedRecord, ok: boolean): void {
    const mem = attached()!.memory.i32;
    if (ok) count(mem, ops.load(mem, one.claim.at) >> 2);
    settle.call(this, one, ok);
  };
}

SharedWaiters.prototype.record = function (w, cell, thing, note) {
  watch(Object.getPrototypeOf(thing));
  return record.call(this, w, cell, thing, note);
};

/** From now on this isolate counts what it receives in the tally at this address; 0: it does not count. */
export function countInto(address: number): void {
  tally = address;
}

// Nothing matches: it stands here so that every worker loads this module before it takes work.
registerCrossing({
  tag: 7001,
  module: import.meta.url,
  match: () => false,
  encode: () => [],
  decode: () => undefined,
});

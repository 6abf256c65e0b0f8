// Counts, for values that pass through shared channels, whether the M that sent one is the M that received it.
//
// A value travels in a slot of four words, of which the first has a byte to spare. In every isolate that loads this
// module the codec writes the sender's M there and the receiver reads it, so buffered values are seen as well as those
// that are handed over directly. The tests' own doing: the packages know nothing of it.
import { attached, Codec, ops, registerCrossing } from "@gr/shm";

/** Words of a tally: values received on the M that sent them, and on another one. */
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
  if (mark !== 0 && tally !== 0) ops.add(this.i32, tally + (mark === here() + 1 ? 0 : 1), 1);
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

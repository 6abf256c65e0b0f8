// Transfer: buffers that are copied into a message and then emptied here, so that what is in them has one owner.
//
// A mark lies beside the value, in weak tables, and does not change it: whoever gets the value without its crossing
// threads gets itself. Whoever can empty the buffers once the value is on its way takes the marks off first (takeMoves);
// a buffer that the encoder still finds marked is one that nobody would empty, and is refused. A message may yet stay, if
// its send loses: then the marks are put back once it is encoded (encodeMoving), and go with the emptying.
// What the buffer holds when it is encoded is what arrives; what its thread writes between that and the emptying is lost.

import type { Codec } from "./codec.ts";
import { CannotCrossError, DataCloneError } from "./data-clone-error.ts";

/** The buffers that move with a value, and the value that each moves with. */
const moves: WeakMap<object, readonly ArrayBuffer[]> = new WeakMap();
const movers: WeakMap<ArrayBuffer, object> = new WeakMap();
/** Was ever one marked? Most programs never do, and pay for nothing more. */
let any = false;

/**
 * The buffers in `list` move with the value when it is next sent; none do, with an empty list.
 *
 * @throws TypeError if the value cannot hold a buffer; DataCloneError as checkTransfer
 */
export function moveWith(value: unknown, list: readonly ArrayBuffer[]): void {
  checkTransfer(list);
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`transfer: expected an object that holds the buffers, got ${String(value)}`);
  }
  any = true;
  stay(value);
  moves.set(value, [...list]);
  for (const buffer of list) movers.set(buffer, value);
}

/**
 * The buffers that move with these values, to be emptied with detach; null if none do, as usual. Takes the marks off.
 *
 * @throws DataCloneError as checkTransfer; the marks are off then too
 */
export function takeMoves(values: readonly unknown[]): readonly ArrayBuffer[] | null {
  if (!any) return null;
  const taken: ArrayBuffer[] = [];
  for (const value of values) if (typeof value === "object" && value !== null) taken.push(...stay(value));
  if (taken.length === 0) return null;
  checkTransfer(taken);
  return taken;
}

/**
 * Owner thread only. As codec.encodeSlot, for a message that may yet stay here: the buffers that move with the value, which
 * are to be detached once it is sent; null if none do, as usual. Until then they are still marked.
 */
export function encodeMoving(codec: Codec, value: unknown, at: number, root?: string): readonly ArrayBuffer[] | null {
  const moved = any ? takeMoves([value]) : null;
  try {
    codec.encodeSlot(value, at, root);
  } finally {
    if (moved !== null) moveAgain(value as object, moved);
  }
  return moved;
}

function moveAgain(value: object, taken: readonly ArrayBuffer[]): void {
  moves.set(value, taken);
  for (const buffer of taken) movers.set(buffer, value);
}

function stay(value: object): readonly ArrayBuffer[] {
  const list = moves.get(value) ?? [];
  moves.delete(value);
  for (const buffer of list) movers.delete(buffer);
  return list;
}

/** Throws if the buffer is to move. It no longer is then: it may be sent once more, as a copy. */
export function refuseMove(buffer: ArrayBuffer): void {
  const mover = any ? movers.get(buffer) : undefined;
  if (mover === undefined) return;
  stay(mover);
  throw new CannotCrossError(buffer, "a buffer of a transfer() that is no whole argument, result or message");
}

/**
 * Detaches buffers that have been encoded, once their message is sent, and takes their marks off: transfer is a copy whose
 * original is emptied. One that is empty already has been sent twice, or emptied by its owner meanwhile; one that cannot
 * be emptied (of a WebAssembly.Memory) stays as it is: by now the message may have been read.
 */
export function detach(buffers: readonly ArrayBuffer[]): void {
  for (const buffer of buffers) {
    const mover = movers.get(buffer);
    if (mover !== undefined) stay(mover);
    try {
      structuredClone(buffer, { transfer: [buffer] });
    } catch {
      // By HTML's algorithm it throws for those; Node does nothing.
    }
  }
}

/** @throws DataCloneError if one is no ArrayBuffer, is detached already, or is listed twice */
export function checkTransfer(buffers: readonly ArrayBuffer[], root: string = "transfer"): void {
  for (const [i, buffer] of buffers.entries()) {
    if (!(buffer instanceof ArrayBuffer)) throw new DataCloneError(`${root}[${i}]`, "what is no ArrayBuffer");
    if (buffers.indexOf(buffer) !== i) throw new DataCloneError(`${root}[${i}]`, "an ArrayBuffer that is listed twice");
    if (isDetached(buffer)) throw new DataCloneError(`${root}[${i}]`, "a detached ArrayBuffer");
  }
}

function isDetached(buffer: ArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

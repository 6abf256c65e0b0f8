// Transfer: buffers that are copied into a message and then emptied here, so that what is in them has one owner.
//
// A mark lies beside the value, in weak tables, and does not change it: whoever gets the value without its crossing
// threads gets itself. Whoever can empty the buffers once the value is on its way takes the marks off first (takeMoves);
// a buffer that the encoder still finds marked is one that nobody would empty, and is refused.

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
  throw new CannotCrossError(buffer, "a buffer of a transfer() that is no whole argument or result");
}

/**
 * Detaches buffers that have been encoded, once their message is sent: transfer is a copy whose original is emptied.
 *
 * @throws DataCloneError if one is detached already, or listed twice; none is detached then
 */
export function detach(buffers: readonly ArrayBuffer[], root: string = "transfer"): void {
  checkTransfer(buffers, root);
  for (const buffer of buffers) structuredClone(buffer, { transfer: [buffer] });
}

/** Throws what detach would, before anything is sent. */
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

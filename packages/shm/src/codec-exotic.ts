// The encoder's slow half: objects that are neither plain nor arrays.
//
// An object is what its internal slots say, not its prototype or its tag: each kind is tried by a method that only
// works on it. What is left is a class instance, which crosses as structured clone takes it: its own enumerable
// properties. Objects with a tag of the host (Blob, URL, MessagePort, ...) are refused: without their inside they would
// arrive empty.

import type { Encoder } from "./codec-encode.ts";
import * as tag from "./codec-tags.ts";
import { CannotCrossError } from "./data-clone-error.ts";
import { refuseMove } from "./transfer.ts";

type Brand = (v: object) => boolean;

/** True if the getter or method works on the object. */
const branded =
  (check: (this: never) => unknown): Brand =>
  (v) => {
    try {
      (check as (this: unknown) => unknown).call(v);
      return true;
    } catch {
      return false;
    }
  };
const getter = (proto: object, key: PropertyKey): ((this: never) => unknown) =>
  Object.getOwnPropertyDescriptor(proto, key)!.get!;

const isMap = branded(getter(Map.prototype, "size"));
const isSet = branded(getter(Set.prototype, "size"));
const isDate = branded(Date.prototype.getTime);
const isBuffer = branded(getter(ArrayBuffer.prototype, "byteLength"));
const boxes = [Number, String, Boolean, BigInt, Symbol].map((type) => branded(type.prototype.valueOf));
const isBoxed: Brand = (v) => boxes.some((is) => is(v));
const typedArrayKind = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

const nameOf = (v: object): string => Object.prototype.toString.call(v).slice(8, -1);

/** Writes the object if it is of a kind with a tag of its own; false if it is a class instance. */
export function encodeExotic(e: Encoder, v: object): boolean {
  if (ArrayBuffer.isView(v)) return encodeView(e, v);
  if (v instanceof Error) return encodeError(e, v);
  const name = nameOf(v);
  if (name === "Object") return false;
  const hinted = KINDS[name];
  if (hinted?.is(v)) return hinted.write(e, v as never);
  // A class of one's own may hide what the object is.
  for (const kind of Object.values(KINDS)) if (kind !== hinted && kind.is(v)) return kind.write(e, v as never);
  // A tag without the slots, or a tag that the object's own class gave it.
  const type = (v as { constructor?: unknown }).constructor;
  if (hinted !== undefined || (isOwnClass(type) && !isHosts(v, name))) return false;
  const what = typeof type === "function" && type !== Object ? type.name : name;
  throw new CannotCrossError(v, `${/^[AEIO]/.test(what) ? "an" : "a"} ${what}`);
}

/** A class written in JavaScript? */
function isOwnClass(type: unknown): boolean {
  return typeof type === "function" && /^class\b/.test(Function.prototype.toString.call(type));
}

/** Is it of a class of the host, or of one that extends such a class? Hosts write some of theirs in JavaScript (Node). */
function isHosts(v: object, name: string): boolean {
  const type = (globalThis as Record<string, unknown>)[name];
  return typeof type === "function" && v instanceof type;
}

interface Kind {
  is(v: object): boolean;
  write(e: Encoder, v: never): boolean;
}
const KINDS: Readonly<Record<string, Kind>> = {
  Map: { is: isMap, write: encodeMap },
  Set: { is: isSet, write: encodeSet },
  Date: { is: isDate, write: encodeDate },
  RegExp: { is: isRegExp, write: encodeRegExp },
  ArrayBuffer: { is: isBuffer, write: encodeBuffer },
  Error: { is: (v) => nameOf(v) === "Error", write: encodeError },
  Number: { is: isBoxed, write: encodeBoxed },
  String: { is: isBoxed, write: encodeBoxed },
  Boolean: { is: isBoxed, write: encodeBoxed },
  BigInt: { is: isBoxed, write: encodeBoxed },
  Symbol: { is: isBoxed, write: encodeBoxed },
};

function isRegExp(v: object): boolean {
  // RegExp.prototype's own getters accept it too, and it has no flags.
  return v !== RegExp.prototype && branded(getter(RegExp.prototype, "global"))(v);
}

function encodeDate(e: Encoder, v: Date): boolean {
  e.word(tag.DATE);
  e.double(Date.prototype.getTime.call(v));
  return true;
}

function encodeRegExp(e: Encoder, v: RegExp): boolean {
  e.word(tag.REGEXP);
  e.string(v.source);
  e.string(v.flags);
  return true;
}

function encodeMap(e: Encoder, v: Map<unknown, unknown>): boolean {
  e.word(tag.MAP);
  // As structured clone does: what getters add meanwhile is not sent.
  for (const [key, item] of [...Map.prototype.entries.call(v)]) {
    e.value(key);
    e.value(item);
  }
  e.word(tag.END);
  return true;
}

function encodeSet(e: Encoder, v: Set<unknown>): boolean {
  e.word(tag.SET);
  for (const item of [...Set.prototype.values.call(v)]) e.value(item);
  e.word(tag.END);
  return true;
}

function encodeBoxed(e: Encoder, v: object): boolean {
  const primitive: unknown = v.valueOf();
  if (typeof primitive === "symbol") throw new CannotCrossError(v, "a symbol");
  e.word(tag.BOXED);
  e.value(primitive);
  return true;
}

/** What an error's message holds besides its properties. */
const OWN_WORDS = ["name", "message", "stack", "cause", "errors"];

/**
 * Class name, message, stack and cause; and the own properties that are primitives: those that are enumerable (code,
 * errno, path, ...), and those that are not.
 */
function encodeError(e: Encoder, v: Error): boolean {
  const cause = Object.hasOwn(v, "cause");
  const errors = v instanceof AggregateError;
  const dom = nameOf(v) === "DOMException";
  e.word(
    tag.ERROR |
      (((cause ? tag.ERROR_HAS_CAUSE : 0) | (errors ? tag.ERROR_HAS_ERRORS : 0) | (dom ? tag.ERROR_IS_DOM : 0)) << 8),
  );
  e.string(String(v.name));
  e.string(String(v.message));
  e.value(typeof v.stack === "string" ? v.stack : undefined);
  if (cause) e.value(v.cause);
  if (errors) e.value((v as AggregateError).errors);
  for (const shown of [true, false]) {
    for (const key of Object.getOwnPropertyNames(v)) {
      if (Object.prototype.propertyIsEnumerable.call(v, key) !== shown || OWN_WORDS.includes(key)) continue;
      const item = (v as unknown as Record<string, unknown>)[key];
      const type = typeof item;
      if (item !== null && (type === "object" || type === "function" || type === "symbol")) continue;
      e.string(key);
      e.value(item);
    }
    e.word(tag.END);
  }
  return true;
}

interface Resizable {
  readonly resizable?: boolean;
  readonly maxByteLength?: number;
  readonly detached?: boolean;
}

function encodeBuffer(e: Encoder, v: ArrayBuffer & Resizable): boolean {
  if (v.detached) throw new CannotCrossError(v, "a detached ArrayBuffer");
  refuseMove(v);
  e.word(tag.BUFFER);
  e.word(v.byteLength);
  e.word(v.resizable ? v.maxByteLength! : -1);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(v);
  } catch {
    throw new CannotCrossError(v, "a detached ArrayBuffer");
  }
  e.raw(bytes);
  return true;
}

function encodeView(e: Encoder, v: ArrayBufferView): boolean {
  const name = typedArrayKind.call(v as never) as string | undefined;
  const kind = tag.VIEW_KINDS.indexOf(name ?? "DataView");
  if (kind < 0) throw new CannotCrossError(v, `a ${name}`);
  e.word(tag.VIEW | (kind << 8));
  e.word(v.byteOffset);
  e.word(name === undefined ? v.byteLength : (v as Uint8Array).length);
  e.value(v.buffer);
  return true;
}

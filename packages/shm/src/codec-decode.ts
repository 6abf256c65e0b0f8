// Words to values. The format is in codec-tags.ts, the essay in codec.ts.
//
// Hot path. Reads the message in place, plainly: its cell belongs to this thread by now.

import { WordKeys } from "./codec-shapes.ts";
import * as tag from "./codec-tags.ts";
import { crossingByTag, errorPrototype } from "./crossing.ts";
import { fatal } from "./fatal.ts";
import type { Memory } from "./memory.ts";

/** Node's Buffer copies and reads shared bytes many times faster than typed arrays do; browsers have none. */
interface FastBytes {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  copy(target: Uint8Array, targetStart: number, sourceStart: number, sourceEnd: number): number;
}
interface BufferMaker {
  from(buffer: ArrayBufferLike): FastBytes;
}

export function fastBytes(buffer: ArrayBufferLike): FastBytes | null {
  const maker = (globalThis as unknown as { Buffer?: BufferMaker }).Buffer;
  if (typeof maker?.from !== "function") return null;
  const made = maker.from(buffer);
  return typeof made.latin1Slice === "function" && typeof made.ucs2Slice === "function" ? made : null;
}

const STANDARD_ERRORS: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function errorOf(flags: number, name: string, message: string): Error {
  if ((flags & tag.ERROR_IS_DOM) !== 0 && typeof DOMException === "function") return new DOMException(message, name);
  return new (STANDARD_ERRORS[name] ?? Error)(message);
}

export class Decoder {
  private readonly mem: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly units: Uint16Array;
  private readonly view: DataView;
  private readonly shapes: WordKeys = new WordKeys();
  private readonly fast: FastBytes | null;
  private at = 0;
  private refs: unknown[] | null = null;

  constructor(memory: Memory) {
    this.mem = memory.i32;
    this.bytes = memory.u8;
    this.units = new Uint16Array(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.fast = fastBytes(memory.buffer);
  }

  /** The value of the message in the cell. */
  message(cell: number): unknown {
    this.at = cell + tag.MESSAGE_VALUE;
    this.refs = (this.mem[cell + tag.MESSAGE_FLAGS]! & tag.HAS_REFS) !== 0 ? [] : null;
    const value = this.value();
    this.refs = null;
    return value;
  }

  private value(): unknown {
    const head = this.mem[this.at++]!;
    switch (head & 255) {
      case tag.INT24:
        return head >> 8;
      case tag.LATIN1:
        return this.latin1(this.count(head));
      case tag.OBJECT:
        return this.plain(this.count(head));
      case tag.ARRAY:
        return this.array(this.count(head));
      case tag.F64:
        return this.double();
      case tag.INT32:
        return this.mem[this.at++]!;
      case tag.UNDEFINED:
        return undefined;
      case tag.NULL:
        return null;
      case tag.TRUE:
        return true;
      case tag.FALSE:
        return false;
      case tag.UTF16:
        return this.utf16(this.count(head));
      case tag.REF:
        return this.refs![this.mem[this.at++]!];
      default:
        return this.rare(head);
    }
  }

  private rare(head: number): unknown {
    switch (head & 255) {
      case tag.BIGINT64:
        this.at += 2;
        return this.view.getBigInt64((this.at - 2) << 2, true);
      case tag.BIGINT: {
        const magnitude = BigInt(`0x${this.value()}`);
        return head >>> 8 === 1 ? -magnitude : magnitude;
      }
      case tag.ARRAY_PLUS:
        return this.properties(this.array(this.count(head)) as unknown as Record<string, unknown>);
      case tag.SPARSE: {
        const made = this.met(new Array(this.mem[this.at++]! >>> 0));
        return this.properties(made as unknown as Record<string, unknown>);
      }
      case tag.DATE:
        return this.met(new Date(this.double()));
      case tag.REGEXP: {
        const source = this.value() as string;
        return this.met(new RegExp(source, this.value() as string));
      }
      case tag.MAP:
        return this.map();
      case tag.SET:
        return this.set();
      case tag.ERROR:
        return this.error(head >>> 8);
      case tag.BUFFER:
        return this.met(this.buffer());
      case tag.VIEW:
        return this.viewOf(head >>> 8);
      case tag.BOXED:
        return this.boxed();
      case tag.CROSSING:
        return this.crossing(head >>> 8);
      default:
        return fatal(`codec: tag ${head & 255} at word ${this.at - 1}`);
    }
  }

  /** Counts the object for REFs, before its parts are read. */
  private met<T>(made: T): T {
    if (this.refs !== null) this.refs.push(made);
    return made;
  }

  /** For what cannot be made before its parts: keeps its number. */
  private reserve(): number {
    return this.refs === null ? -1 : this.refs.push(null) - 1;
  }

  private fill<T>(place: number, made: T): T {
    if (this.refs !== null) this.refs[place] = made;
    return made;
  }

  private count(head: number): number {
    const n = head >>> 8;
    return n === tag.LONG ? this.mem[this.at++]! : n;
  }

  private double(): number {
    this.at += 2;
    return this.view.getFloat64((this.at - 2) << 2, true);
  }

  private properties(into: Record<string, unknown>): Record<string, unknown> {
    for (;;) {
      const head = this.mem[this.at++]!;
      if (head === tag.END) return into;
      this.at--;
      const key = this.value() as string;
      define(into, key, this.value());
    }
  }

  private plain(n: number): object {
    if (n === 0) return this.met({});
    const words = this.mem[this.at++]!;
    const shape = this.shapes.find(this.mem, this.at, words);
    if (shape === null) return this.plainAnew(this.met({}), n, words);
    this.at += words;
    const { keys } = shape;
    const made: Record<string, unknown> = this.met({ ...shape.empty });
    for (let i = 0; i < n; i++) made[keys[i]!] = this.value();
    return made;
  }

  private plainAnew(made: Record<string, unknown>, n: number, words: number): object {
    const from = this.at;
    const keys: string[] = [];
    for (let i = 0; i < n; i++) keys.push(this.value() as string);
    // Such a key takes more than an assignment.
    if (!keys.includes("__proto__")) this.shapes.keep(this.mem, from, words, keys);
    for (let i = 0; i < n; i++) define(made, keys[i]!, this.value());
    return made;
  }

  private array(n: number): unknown[] {
    const made: unknown[] = this.met(n < 1024 ? [] : new Array(n));
    for (let i = 0; i < n; i++) {
      if (this.mem[this.at] === tag.HOLE) {
        this.at++;
        made.length = Math.max(made.length, i + 1);
      } else if (i < made.length) {
        made[i] = this.value();
      } else {
        made.push(this.value());
      }
    }
    return made;
  }

  private latin1(n: number): string {
    const from = this.at << 2;
    this.at += (n + 3) >> 2;
    if (n > 24 && this.fast !== null) return this.fast.latin1Slice(from, from + n);
    return textOf(this.bytes, from, n);
  }

  private utf16(n: number): string {
    const from = this.at << 1;
    this.at += (n + 1) >> 1;
    if (n > 24 && this.fast !== null) return this.fast.ucs2Slice(from << 1, (from + n) << 1);
    return textOf(this.units, from, n);
  }

  private map(): Map<unknown, unknown> {
    const made = this.met(new Map<unknown, unknown>());
    while (this.mem[this.at] !== tag.END) {
      const key = this.value();
      made.set(key, this.value());
    }
    this.at++;
    return made;
  }

  private set(): Set<unknown> {
    const made = this.met(new Set<unknown>());
    while (this.mem[this.at] !== tag.END) made.add(this.value());
    this.at++;
    return made;
  }

  private error(flags: number): Error {
    const place = this.reserve();
    const name = this.value() as string;
    const message = this.value() as string;
    const stack = this.value() as string | undefined;
    const withErrors = (flags & tag.ERROR_HAS_ERRORS) !== 0;
    const made = this.fill(place, withErrors ? new AggregateError([], message) : errorOf(flags, name, message));
    hide(made, "stack", stack ?? `${name}: ${message}`);
    if (made.name !== name) hide(made, "name", name);
    if ((flags & tag.ERROR_HAS_CAUSE) !== 0) hide(made, "cause", this.value());
    if (withErrors) hide(made, "errors", this.value());
    const { code } = this.properties(made as unknown as Record<string, unknown>);
    for (const [key, value] of Object.entries(this.properties({}))) hide(made, key, value);
    const prototype = errorPrototype(code);
    if (prototype !== undefined) Object.setPrototypeOf(made, prototype);
    return made;
  }

  private buffer(): ArrayBuffer {
    const n = this.mem[this.at++]!;
    const max = this.mem[this.at++]!;
    const made = max < 0 ? new ArrayBuffer(n) : makeResizable(n, max);
    const from = this.at << 2;
    const target = new Uint8Array(made);
    if (this.fast !== null) this.fast.copy(target, 0, from, from + n);
    else target.set(this.bytes.subarray(from, from + n));
    this.at += (n + 3) >>> 2;
    return made;
  }

  private viewOf(kind: number): unknown {
    const place = this.reserve();
    const offset = this.mem[this.at++]!;
    const length = this.mem[this.at++]!;
    const buffer = this.value();
    const type = (globalThis as unknown as Record<string, ViewConstructor | undefined>)[tag.VIEW_KINDS[kind]!];
    if (type === undefined) throw new TypeError(`shm: this host has no ${tag.VIEW_KINDS[kind]}`);
    return this.fill(place, new type(buffer, offset, length));
  }

  private boxed(): unknown {
    const place = this.reserve();
    return this.fill(place, Object(this.value()));
  }

  private crossing(n: number): unknown {
    const place = this.reserve();
    const crossing = crossingByTag(this.mem[this.at++]!);
    const words = Array.from(this.mem.subarray(this.at, this.at + n));
    this.at += n;
    return this.fill(place, crossing.decode(words));
  }
}

type ViewConstructor = new (buffer: unknown, offset: number, length: number) => unknown;

function makeResizable(bytes: number, maxByteLength: number): ArrayBuffer {
  const make = ArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new make(bytes, { maxByteLength });
}

/** An own property of that name, not the prototype. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** An own property that is not listed, as an error's are. */
function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true });
}

/** Characters to a string, eight at a time; never with a decoder that reads shared bytes twice. */
export function textOf(source: Uint8Array | Uint16Array, from: number, n: number): string {
  let text = "";
  let i = from;
  const end = from + n;
  for (; i + 8 <= end; i += 8) {
    text += String.fromCharCode(
      source[i]!,
      source[i + 1]!,
      source[i + 2]!,
      source[i + 3]!,
      source[i + 4]!,
      source[i + 5]!,
      source[i + 6]!,
      source[i + 7]!,
    );
  }
  if (i + 4 <= end) {
    text += String.fromCharCode(source[i]!, source[i + 1]!, source[i + 2]!, source[i + 3]!);
    i += 4;
  }
  if (i + 2 <= end) {
    text += String.fromCharCode(source[i]!, source[i + 1]!);
    i += 2;
  }
  return i < end ? text + String.fromCharCode(source[i]!) : text;
}

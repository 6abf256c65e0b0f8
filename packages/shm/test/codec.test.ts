import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { Arena, ArenaFullError } from "../src/arena.ts";
import { arenaStats } from "../src/arena-stats.ts";
import { Codec, SLOT_WORDS } from "../src/codec.ts";
import { registerCrossing, registerErrors } from "../src/crossing.ts";
import { CannotCrossError, DataCloneError } from "../src/data-clone-error.ts";
import { createMemory } from "../src/memory.ts";
import { checkTransfer, detach, encodeMoving, moveWith, takeMoves } from "../src/transfer.ts";

const memory = createMemory(64 << 20, { debug: true });
const arena = new Arena(memory, 0);
const codec = new Codec(arena);
let live: number;
beforeEach(() => {
  live = arenaStats(arena).cellBytes;
  return () => expect(arenaStats(arena).cellBytes).toBe(live);
});

const clone = (value: unknown): unknown => codec.take(codec.encode(value));
const slot = arena.allocate(SLOT_WORDS * 4);
const throughSlot = (value: unknown): unknown => {
  codec.encodeSlot(value, slot);
  return codec.takeSlot(slot);
};

const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  maxDepth: 4,
});

test("any value arrives as structured clone would bring it", () => {
  fc.assert(
    fc.property(anything, (value) => {
      const expected = structuredClone(value);
      expect(clone(value)).toStrictEqual(expected);
      expect(throughSlot(value)).toStrictEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test("any text arrives unit by unit, lone surrogates too", () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c));
  const text = fc.oneof(fc.string({ unit, maxLength: 300 }), fc.string({ maxLength: 300 }));
  fc.assert(
    fc.property(text, (s) => {
      expect(clone(s)).toBe(s);
      expect(throughSlot(s)).toBe(s);
      expect(clone({ [s]: 1 })).toStrictEqual({ [s]: 1 });
    }),
    { numRuns: 500 },
  );
});

test("any number and bigint arrives exactly", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.integer(), fc.bigInt()), (n) => {
      expect(clone(n)).toBe(n);
      expect(throughSlot(n)).toBe(n);
    }),
  );
  for (const n of [0, -0, Number.NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 23, -(2 ** 23), -(2 ** 23) - 1]) {
    expect(Object.is(clone(n), n)).toBe(true);
    expect(Object.is(throughSlot(n), n)).toBe(true);
  }
  for (const n of [2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 2n ** 64n, 3n ** 500n, -(3n ** 500n)]) {
    expect(clone(n)).toBe(n);
  }
});

test("arrays keep holes and length, and what a regular expression matched its properties", () => {
  const match = /(?<a>b)/.exec("abc");
  const sparse: unknown[] = new Array(1_000_000);
  sparse[7] = 1;
  const holes = [1, undefined, 3];
  delete holes[0];
  const tail: unknown[] = [1];
  tail.length = 5;
  const odd = Object.assign([1, 2], { index: 0, "1.5": "x", "-1": "y", "01": "z" });
  for (const value of [
    match,
    sparse,
    holes,
    tail,
    odd,
    [],
    new Array(3),
    new Array(3000),
    Array(3000).fill(undefined),
  ]) {
    expect(clone(value)).toStrictEqual(structuredClone(value));
  }
  expect(0 in (clone(holes) as unknown[])).toBe(false);
  expect(1 in (clone(holes) as unknown[])).toBe(true);
});

test("cycles and shared parts stay what they are, also beyond sixteen objects", () => {
  const shared = { x: 1 };
  const parts = Array.from({ length: 40 }, (_, i) => ({ i, shared }));
  const value: Record<string, unknown> = { parts, map: new Map([[shared, parts]]), set: new Set([parts[39]]) };
  value.self = value;
  const got = clone(value) as typeof value & { parts: typeof parts; map: Map<unknown, unknown>; set: Set<unknown> };
  expect(got.self).toBe(got);
  expect(got.parts.every((part) => part.shared === got.parts[0]!.shared)).toBe(true);
  expect(got.map.get(got.parts[0]!.shared)).toBe(got.parts);
  expect(got.set.has(got.parts[39])).toBe(true);
  const map = new Map<unknown, unknown>();
  map.set(map, [map]);
  const gotMap = clone(map) as typeof map;
  expect(gotMap.get(gotMap)).toStrictEqual([gotMap]);
  const date = new Date(5);
  const re = /a/g;
  const boxed = Object(7n);
  const mixed = clone([date, re, boxed, date, re, boxed]) as unknown[];
  for (const i of [0, 1, 2]) expect(mixed[i]).toBe(mixed[i + 3]);
});

test("buffers and views: kinds, offsets, one buffer under many views, views before their buffer", () => {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).buffer;
  const views = [
    new DataView(buffer, 3, 5),
    new Int8Array(buffer, 1),
    new Uint8ClampedArray(buffer),
    new Uint16Array(buffer, 2, 3),
    new Float64Array(buffer, 8),
    new BigInt64Array(buffer),
  ];
  const got = clone({ views, buffer }) as { views: ArrayBufferView[]; buffer: ArrayBuffer };
  expect(got).toStrictEqual({ views, buffer });
  for (const [i, view] of got.views.entries()) {
    expect(view.buffer).toBe(got.buffer);
    expect(view.byteOffset).toBe(views[i]!.byteOffset);
  }
  expect(clone(Buffer.from("text"))).toStrictEqual(structuredClone(Buffer.from("text")));
  const big = new Uint8Array(100_003).map((_, i) => i);
  expect(clone(big)).toStrictEqual(big);
  const Resizable = ArrayBuffer as unknown as new (n: number, o: { maxByteLength: number }) => ArrayBuffer;
  expect(clone(new Resizable(4, { maxByteLength: 64 }))).toMatchObject({ byteLength: 4, maxByteLength: 64 });
});

class Failure extends Error {
  override readonly name = "Failure";
  readonly code = "GR_X";
  readonly extra = { dropped: true };
}

test("errors keep class name, message, stack, cause, code; standard classes revive", () => {
  const error = new RangeError("far", { cause: new TypeError("inner") });
  const got = clone(error) as RangeError;
  expect(got).toBeInstanceOf(RangeError);
  expect(got.cause).toBeInstanceOf(TypeError);
  expect([got.message, got.stack, (got.cause as Error).message]).toEqual(["far", error.stack, "inner"]);
  expect(Object.keys(got)).toEqual([]);

  const failure = new Failure("mine");
  const gotFailure = clone(failure) as Failure;
  expect(gotFailure).toBeInstanceOf(Error);
  expect([gotFailure.name, gotFailure.message, gotFailure.code, gotFailure.stack]).toEqual([
    "Failure",
    "mine",
    "GR_X",
    failure.stack,
  ]);
  expect("extra" in gotFailure).toBe(false);

  const many = clone(new AggregateError([new Error("a")], "all")) as AggregateError;
  expect(many).toBeInstanceOf(AggregateError);
  expect(many.errors[0]).toMatchObject({ message: "a" });
  const loop = new Error("loop");
  loop.cause = loop;
  const gotLoop = clone(loop) as Error;
  expect(gotLoop.cause).toBe(gotLoop);
});

test("an error whose class is registered arrives as one, also inside others; its code tells", () => {
  class Known extends Error {
    override readonly name = "Known";
    readonly code = "GR_TEST_KNOWN";
    readonly ms = 5;
    get twice(): number {
      return this.ms * 2;
    }
  }
  registerErrors({ GR_TEST_KNOWN: Known });
  const known = new Known("text", { cause: new RangeError("inner") });
  const [got, outer] = clone([known, new Error("outer", { cause: known })]) as [Known, Error];
  expect(got).toBeInstanceOf(Known);
  expect([got.name, got.message, got.code, got.twice, got.stack]).toEqual([
    "Known",
    "text",
    "GR_TEST_KNOWN",
    10,
    known.stack,
  ]);
  expect(got.cause).toBeInstanceOf(RangeError);
  expect(outer.cause).toBe(got);
  expect(clone(new DataCloneError("value.a", "a function"))).toBeInstanceOf(DataCloneError);
});

class Point {
  x = 1;
  #secret = 2;
  get sum(): number {
    return this.x + this.#secret;
  }
}
class Tagged {
  y = 2;
  get [Symbol.toStringTag](): string {
    return "Map";
  }
}
class MyMap extends Map<string, number> {
  override get [Symbol.toStringTag](): string {
    return "Mine";
  }
}

test("class instances arrive as plain objects, subclasses as what they extend", () => {
  expect(clone(new Point())).toStrictEqual({ x: 1 });
  expect(clone(new Tagged())).toStrictEqual({ y: 2 });
  expect(clone(new MyMap([["a", 1]]))).toStrictEqual(new Map([["a", 1]]));
  expect(clone(Object.create(Map.prototype))).toStrictEqual({});
  const value = JSON.parse('{"__proto__":{"polluted":1}}');
  const got = clone(value) as object;
  expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
  expect(Object.keys(got)).toEqual(["__proto__"]);
});

const refused: [string, unknown, string][] = [
  [
    "args[0].user.callback",
    [{ user: { callback: () => 1 } }],
    "args[0].user.callback: a function cannot cross threads",
  ],
  ["symbol", { s: Symbol("x") }, "args.s: a symbol cannot cross threads"],
  ["map value", new Map([["k", [() => 1]]]), 'args.get("k")[0]: a function cannot cross threads'],
  ["map key", new Map([[() => 1, 1]]), "args.keys()[0]: a function cannot cross threads"],
  ["set", new Set([1, Promise.resolve()]), "args.values()[1]: a Promise cannot cross threads"],
  ["weak map", [new WeakMap()], "args[0]: a WeakMap cannot cross threads"],
  ["weak ref", { "a b": new WeakRef({}) }, 'args["a b"]: a WeakRef cannot cross threads'],
  ["generator", [(function* () {})()], "args[0]: a Generator cannot cross threads"],
  ["cause", new Error("x", { cause: () => 1 }), "args.cause: a function cannot cross threads"],
  ["port", [new MessageChannel().port1], "args[0]: a MessagePort cannot cross threads"],
  ["url", new URL("http://x.y"), "args: a URL cannot cross threads"],
  ["abort signal", { signal: new AbortController().signal }, "args.signal: an AbortSignal cannot cross threads"],
  ["boxed symbol", [Object(Symbol("x"))], "args[0]: a symbol cannot cross threads"],
  [
    "shared buffer",
    [new Int32Array(new SharedArrayBuffer(8))],
    "args[0].buffer: a SharedArrayBuffer cannot cross threads",
  ],
  ["top", () => 1, "args: a function cannot cross threads"],
];
test.each(refused)("refuses and names the path: %s", (_name, value, message) => {
  try {
    codec.encode(value, "args");
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DataCloneError);
    expect(error).toMatchObject({ code: "GR_DATA_CLONE", message });
    expect(message.startsWith((error as DataCloneError).path)).toBe(true);
  }
  expect(() => codec.encodeSlot(value, slot)).toThrow(DataCloneError);
  expect(clone([1])).toEqual([1]); // the encoder is usable
});

test("a getter that encodes meanwhile, and one that throws, disturb nothing", () => {
  const value = {
    a: 1,
    get b() {
      return clone({ inner: [1, 2] });
    },
    c: [3],
  };
  expect(clone(value)).toEqual({ a: 1, b: { inner: [1, 2] }, c: [3] });
  const bad = {
    get x(): never {
      throw new Error("mine");
    },
  };
  expect(() => codec.encode([bad])).toThrow("mine");
  expect(clone(value)).toEqual({ a: 1, b: { inner: [1, 2] }, c: [3] });
});

class Handle {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
}
const held = new Map<number, number>();
const count = (id: number, by: number): void => void held.set(id, (held.get(id) ?? 0) + by);
registerCrossing<Handle>({
  tag: 7001,
  match: (value) => value instanceof Handle || value === callable,
  encode: (value) => {
    const id = value === (callable as unknown) ? 1000 : value.id;
    if (id < 0) throw new CannotCrossError(value, "a closed Handle");
    count(id, 1);
    return [id, -5];
  },
  decode: ([id, more]) => {
    expect(more).toBe(-5);
    count(id!, -1);
    return id === 1000 ? (callable as unknown as Handle) : new Handle(id!);
  },
  drop: ([id]) => count(id!, -1),
});
function callable(): void {}

test("what is registered crosses by reference, functions too, once per message", () => {
  const handle = new Handle(3);
  const cell = codec.encode({ a: handle, b: [handle, callable] });
  expect(held.get(3)).toBe(1);
  const got = codec.take(cell) as { a: Handle; b: unknown[] };
  expect(got.a).toEqual(new Handle(3));
  expect(got.b).toEqual([got.a, callable]);
  expect(got.b[0]).toBe(got.a);
  expect(held.get(3)).toBe(0);
});

test("a message that is dropped or fails gives back what its crossings took", () => {
  codec.encodeSlot([new Handle(4), { deep: new Handle(5) }], slot);
  expect([held.get(4), held.get(5)]).toEqual([1, 1]);
  codec.dropSlot(slot);
  expect([held.get(4), held.get(5)]).toEqual([0, 0]);
  expect(() => codec.encode([new Handle(6), () => 1])).toThrow(DataCloneError);
  expect(held.get(6)).toBe(0);
  expect(() => codec.encode({ h: new Handle(-1) }, "v")).toThrow("v.h: a closed Handle cannot cross threads");
});

test("a full arena throws, gives crossings back, and leaves the encoder usable", () => {
  const small = new Codec(new Arena(createMemory(4 * 65536), 0));
  const value = [new Handle(8), "x".repeat(1_000_000)];
  expect(() => small.encode(value)).toThrow(ArenaFullError);
  expect(held.get(8)).toBe(0);
  expect(small.take(small.encode([1, "two"]))).toEqual([1, "two"]);
});

test("small values stay in the slot and allocate nothing", () => {
  for (const value of [0, 1.5, -0, true, false, null, undefined, "", "12345678", "æøå"]) {
    codec.encodeSlot(value, slot);
    expect(arenaStats(arena).cellBytes).toBe(live);
    expect(codec.decodeSlot(slot)).toBe(value);
  }
  codec.encodeSlot("123456789", slot);
  expect(arenaStats(arena).cellBytes).toBeGreaterThan(live);
  codec.dropSlot(slot);
});

test("transfer detaches after sending, and checks before", () => {
  const buffers = [new ArrayBuffer(8), new ArrayBuffer(0)];
  checkTransfer(buffers);
  detach(buffers);
  expect(buffers.map((b) => b.byteLength)).toEqual([0, 0]);
  expect(() => checkTransfer(buffers)).toThrow("transfer[0]: a detached ArrayBuffer cannot cross threads");
  const twice = new ArrayBuffer(1);
  expect(() => checkTransfer([twice, twice])).toThrow("transfer[1]: an ArrayBuffer that is listed twice");
  // Engines differ in what they do with one that cannot be detached, or is.
  vi.stubGlobal("structuredClone", () => {
    throw new TypeError("not detachable");
  });
  expect(() => detach(buffers)).not.toThrow();
  vi.unstubAllGlobals();
  expect(() => codec.encode({ b: buffers[0] }, "v")).toThrow("v.b: a detached ArrayBuffer cannot cross threads");
});

test("a buffer that is to move goes with its whole value; elsewhere it is refused, once", () => {
  const bytes = new Uint8Array([1, 2]);
  const other = new ArrayBuffer(3);
  const value = { bytes, other };
  expect(takeMoves([value])).toBe(null);
  moveWith(value, [bytes.buffer, other]);
  expect(() => codec.encode(value, "value")).toThrow(
    "value.bytes.buffer: a buffer of a transfer() that is no whole argument, result or message cannot cross threads",
  );
  expect(clone(value)).toStrictEqual(value);
  expect(takeMoves([value])).toBe(null);

  moveWith(value, [bytes.buffer, other]);
  expect(() => codec.encodeSlot([1, other], slot, "args")).toThrow("args[1]: a buffer of a transfer()");
  moveWith(value, [bytes.buffer]);
  moveWith(value, [other]);
  expect(clone(bytes)).toStrictEqual(bytes);
  expect(takeMoves([1, value, null])).toEqual([other]);
  expect(clone(value)).toStrictEqual(value);
  expect([bytes.length, other.byteLength]).toEqual([2, 3]);

  moveWith(value, [other]);
  expect([encodeMoving(codec, value, slot), codec.takeSlot(slot)]).toStrictEqual([[other], value]);
  expect(encodeMoving(codec, value, slot)).toEqual([other]);
  codec.dropSlot(slot);
  expect(encodeMoving(codec, 7, slot)).toBe(null);

  moveWith(bytes, [other]);
  expect(() => takeMoves([value, bytes])).toThrow("transfer[1]: an ArrayBuffer that is listed twice");
  expect(() => moveWith(1, [other])).toThrow("transfer: expected an object that holds the buffers, got 1");
  expect(() => moveWith(value, [other, other])).toThrow("listed twice");
  expect(clone(value)).toStrictEqual(value);
});

test("a value nested too deeply for the stack is refused, gives back what it took, and leaves the encoder usable", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 200_000; i++) deep = [deep];
  const refused = "args[0]: a value that is nested too deeply cannot cross threads";
  for (const value of [deep, [new Handle(9), deep], { deep }, new Map([[1, deep]]), new Error("e", { cause: deep })]) {
    expect(() => codec.encodeSlot(value, slot, "args[0]")).toThrow(DataCloneError);
    expect(() => codec.encode(value, "args[0]")).toThrow(refused);
  }
  expect(held.get(9) ?? 0).toBe(0);
  expect(clone([new Handle(9)])).toEqual([new Handle(9)]);
  // What one stack can write, a smaller one may not be able to read.
  let half: unknown = 1;
  for (let i = 0; i < 300; i++) half = [half];
  const cell = codec.encode(half);
  const descend = (): unknown => {
    try {
      codec.decode(cell);
    } catch (err) {
      return err;
    }
    return descend();
  };
  const unread = descend() as DataCloneError;
  expect(unread).toBeInstanceOf(DataCloneError);
  expect(unread.message).toMatch(/^value: a value that is nested too deeply/);
  codec.drop(cell);
  const mine = {
    get x() {
      throw new RangeError("mine");
    },
  };
  expect(() => codec.encode(mine)).toThrow(/^mine$/);
});

test("an object that its own getter changes still arrives whole", () => {
  const value = {
    get a() {
      delete (value as { b?: number }).b;
      return 1;
    },
    b: 2,
    c: 3,
  };
  expect(clone(value)).toEqual({ a: 1, b: undefined, c: 3 });
});

test("objects with the keys of another, of other kinds, or very many, keep their own values", () => {
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, i]));
  const values = [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: "x", b: null }, { é: 1, 世: 2 }, { "": 1 }, wide, { a: 1 }];
  for (const value of [...values, ...values, values]) {
    const got = clone(value) as object;
    expect(got).toStrictEqual(value);
    expect(Object.keys(got)).toEqual(Object.keys(value));
  }
});

test("objects in any order of shapes: what was expected next is taken for nothing else", () => {
  const shapes: object[] = [
    { a: 1, b: 2 },
    { a: 1, b: 2, c: 3 },
    { a: 1 },
    { b: 2, a: 1 },
    {},
    { a: { a: 1, b: 2 }, b: { b: 2 } },
    { 2: "x", 1: "y", a: 1 },
    Object.defineProperty({ a: 1 }, "b", { value: 2, enumerable: false }),
    Object.create(null, { a: { value: 1, enumerable: true }, b: { value: 2, enumerable: true } }),
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...shapes), { minLength: 3, maxLength: 12 }), (list) => {
      for (const value of list) {
        const arrived = clone(value) as object;
        expect(arrived).toEqual(structuredClone(value));
        expect(Object.keys(arrived)).toEqual(Object.keys(value));
      }
    }),
  );
});

test("what an object inherits is not its own, also where the same keys were its own before", () => {
  const inherits = { a: 1 };
  const proto = Object.prototype as { b?: number };
  for (let i = 0; i < 3; i++) clone({ a: 1, b: 2 });
  proto.b = 3;
  let arrived: unknown;
  try {
    arrived = clone(inherits);
  } finally {
    delete proto.b;
  }
  expect(Object.keys(arrived as object)).toEqual(["a"]);
});

test("without Node's Buffer, as in a browser, the same values arrive", () => {
  const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 200 }));
  const values = fc.sample(fc.tuple(anything, text, fc.uint8Array({ maxLength: 1000 })), { numRuns: 200, seed: 1 });
  const host = globalThis as { Buffer?: unknown };
  const saved = host.Buffer;
  const got: unknown[] = [];
  host.Buffer = undefined;
  try {
    const plain = new Codec(arena);
    for (const value of values) got.push(plain.take(plain.encode(value)));
  } finally {
    host.Buffer = saved;
  }
  expect(got).toStrictEqual(structuredClone(values));
});

test("what an error has that is not enumerable crosses and stays so", () => {
  const error = Object.assign(new Error("text"), { code: "shown" });
  Object.defineProperties(error, { story: { value: "long" }, part: { value: {} } });
  const got = clone(error) as typeof error & { story: string };
  expect([got.story, Object.keys(got), "part" in got]).toEqual(["long", ["code"], false]);
});

test("a DOMException arrives as one, with its name, code and cause", () => {
  const error = new DOMException("enough", "AbortError");
  const [got, inner] = clone([error, new DOMException("no", { name: "DataCloneError", cause: 3 } as never)]) as [
    DOMException,
    DOMException & { cause: unknown },
  ];
  expect(got).toBeInstanceOf(DOMException);
  expect([got.name, got.message, got.code, got.stack]).toEqual(["AbortError", "enough", 20, error.stack]);
  expect(Object.hasOwn(got, "name")).toBe(false);
  expect([inner.name, inner.code, inner.cause]).toEqual(["DataCloneError", 25, 3]);
  // A host without the class.
  const { DOMException: here } = globalThis;
  Reflect.deleteProperty(globalThis, "DOMException");
  try {
    const plain = clone(error) as Error;
    expect([plain.constructor, plain.name, plain.message]).toEqual([Error, "AbortError", "enough"]);
  } finally {
    globalThis.DOMException = here;
  }
});

import { expect, test } from "vitest";
import { Arena } from "../src/arena.ts";
import { Codec } from "../src/codec.ts";
import { registerCrossing } from "../src/crossing.ts";
import { createMemory } from "../src/memory.ts";

test("a SharedArrayBuffer crosses by the number it was given, under views too, and stays shared", () => {
  const known: SharedArrayBuffer[] = [];
  registerCrossing<SharedArrayBuffer>({
    tag: 1,
    match: (value) => value instanceof SharedArrayBuffer,
    encode: (buffer) => [known.includes(buffer) ? known.indexOf(buffer) : known.push(buffer) - 1],
    decode: ([id]) => known[id!]!,
  });
  const codec = new Codec(new Arena(createMemory(1 << 20), 0));
  const buffer = new SharedArrayBuffer(16);
  const view = new Int32Array(buffer, 4, 2);
  const got = codec.take(codec.encode({ buffer, view, again: new Uint8Array(buffer) })) as Record<string, Int32Array>;
  expect(got.buffer).toBe(buffer);
  view[1] = 7;
  expect(got.view).toEqual(view);
  expect(got.again!.buffer).toBe(buffer);
  expect(() => registerCrossing({ tag: 1.5, match: () => false, encode: () => [], decode: () => 0 })).toThrow(
    RangeError,
  );
});

import { expect, test } from "vitest";
import { type TraceBatch, TraceReader, TraceWriter, traceRingWords } from "../src/trace-ring.ts";
import { holds } from "./model.ts";

const SIZE = 4;
const words = traceRingWords(SIZE);

const write = (writer: TraceWriter, i: number): void => writer.write(i, i, i, i);
const indices = ({ records }: TraceBatch): number[] => {
  const found: number[] = [];
  for (let i = 0; i < records.length; i += 4) {
    for (let w = 1; w < 4; w++) if (records[i + w] !== records[i]) throw new Error("a torn record was kept");
    found.push(records[i]!);
  }
  return found;
};

test("a reader keeps no torn record and knows how many it lost", () => {
  holds({
    words,
    threads: [
      (mem) => {
        const writer = new TraceWriter(mem, 0, SIZE, 1);
        for (let i = 1; i <= 6; i++) write(writer, i);
      },
      (mem) => {
        const reader = new TraceReader(mem, 0, SIZE, 1);
        let next = 1;
        for (let k = 0; k < 2; k++) {
          const batch = reader.read();
          next += batch.lost;
          for (const index of indices(batch))
            if (index !== next++) throw new Error(`got ${index}, expected ${next - 1}`);
        }
        return next;
      },
    ],
  });
});

test("records written since the last publish are not seen, and are not lost", () => {
  const mem = new Int32Array(traceRingWords(256));
  const writer = new TraceWriter(mem, 0, 256);
  const reader = new TraceReader(mem, 0, 256);
  for (let i = 0; i < 70; i++) write(writer, i);
  expect(indices(reader.read())).toHaveLength(64);
  writer.publish();
  expect(indices(reader.read())).toEqual([64, 65, 66, 67, 68, 69]);
  expect(reader.read()).toMatchObject({ lost: 0 });
});

test("a reader that was lapped gets the newest and the number of the lost; a later writer goes on", () => {
  const mem = new Int32Array(traceRingWords(256));
  const reader = new TraceReader(mem, 0, 256);
  const first = new TraceWriter(mem, 0, 256);
  for (let i = 0; i < 1000; i++) write(first, i);
  first.publish();
  const batch = reader.read();
  expect(batch.lost + indices(batch).length).toBe(1000);
  expect(indices(batch).at(-1)).toBe(999);
  const second = new TraceWriter(mem, 0, 256);
  write(second, 1000);
  second.publish();
  expect(reader.read().records[0]).toBe(1000);
});

test("indices wrap around", () => {
  const mem = new Int32Array(traceRingWords(256));
  mem[0] = 0x7fffffff - 10;
  const reader = new TraceReader(mem, 0, 256);
  reader.read();
  const writer = new TraceWriter(mem, 0, 256);
  for (let i = 0; i < 40; i++) write(writer, i);
  writer.publish();
  expect(indices(reader.read())).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

test("a size that is no power of two, or too small for the batch, is refused", () => {
  expect(() => new TraceWriter(new Int32Array(10), 0, 100)).toThrow(RangeError);
  expect(() => new TraceReader(new Int32Array(10), 0, 128)).toThrow("power of two >= 256");
});

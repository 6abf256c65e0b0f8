import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../src/bytes.ts";
import { readGrt, readGrtAny, TraceFormatError } from "../src/grt-read.ts";
import { gzip } from "../src/grt-write.ts";
import { type Stream, Trace, traceHeader } from "../src/trace.ts";
import { MScript, traceOf } from "./build-trace.ts";

const u32 = fc.nat(0xffff_ffff);
const streamArb: fc.Arbitrary<Stream> = fc.record({
  m: fc.nat(63),
  baseNs: fc.double({ noNaN: true, min: 0, max: 1e12 }),
  lost: fc.nat(1e6),
  strings: fc.array(fc.string(), { maxLength: 5 }).map((texts) => ["", ...texts]),
  records: fc.array(fc.tuple(u32, u32, u32, u32), { maxLength: 30 }).map((rows) => Uint32Array.from(rows.flat())),
});

test("reading a written file gives the same streams", () => {
  const streams = fc.uniqueArray(streamArb, { selector: (s) => s.m, maxLength: 4 });
  fc.assert(
    fc.property(streams, (given) => {
      const trace = new Trace(traceHeader({ title: "t" }), given);
      const back = readGrt(trace.toGrt());
      expect(back.header).toEqual(trace.header);
      expect(back.streams).toEqual(trace.streams);
    }),
    { numRuns: 200 },
  );
});

test("a stream longer than a batch is whole again after reading", () => {
  const s = new MScript(2);
  for (let i = 0; i < 70_000; i++) s.at(i).start(i % 9);
  const trace = traceOf([s]);
  const bytes = trace.toGrt();
  expect(readGrt(bytes).streams).toEqual(trace.streams);
  expect(bytes.length / trace.size).toBeLessThan(7);
});

test("a section of an unknown type is skipped", () => {
  const trace = traceOf([new MScript(0).at(1).start(1)]);
  const extra = new ByteWriter();
  extra.bytes(trace.toGrt());
  extra.u8(200);
  extra.u32(3);
  extra.bytes(new Uint8Array([1, 2, 3]));
  expect(readGrt(extra.take()).streams).toEqual(trace.streams);
});

test("a file that was cut short keeps the sections that are whole", () => {
  const trace = traceOf([new MScript(0).at(1).start(1), new MScript(1).at(2).start(2)]);
  const bytes = trace.toGrt();
  expect(readGrt(bytes.subarray(0, bytes.length - 1)).streams[0]).toEqual(trace.streams[0]);
});

test("bytes that are no trace are refused with what was found", () => {
  expect(() => readGrt(new TextEncoder().encode("PNG and more bytes"))).toThrow(TraceFormatError);
  expect(() => readGrt(new TextEncoder().encode("GRTRACE1\u0001\u0000\u0000\u0000{"))).toThrow("JSON header");
});

test("a gzipped file is read as a plain one", async () => {
  const trace = traceOf([new MScript(0).at(1).start(1)]);
  expect((await readGrtAny(await gzip(trace.toGrt()))).streams).toEqual(trace.streams);
  expect((await readGrtAny(trace.toGrt())).streams).toEqual(trace.streams);
});

test("numbers of every size survive the byte writer", () => {
  fc.assert(
    fc.property(u32, fc.integer(), (u, i) => {
      const w = new ByteWriter();
      w.varint(u);
      w.zigzag(i);
      const r = new ByteReader(w.take());
      expect([r.varint(), r.zigzag(), r.left]).toEqual([u, i, 0]);
    }),
  );
});

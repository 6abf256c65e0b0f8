// Writes a trace as a `.grt` file.
//
// What.  The file format, version 1; grt-read.ts is its reader.
// Words. section: a type byte, a u32 length, that many bytes. batch: a run of records of one M.
// How.   "GRTRACE1" · u32 length · JSON header · sections, all little-endian:
//          1 Strings  m varint, count varint, then texts (id 1, 2, …)
//          2 Batch    m varint, lost varint, baseNs f64, count varint, then records:
//                     kind u8, how u8, Δticks zigzag, Δg zigzag, x varint, b varint
//        The whole file may be gzipped; the reader sees that by its first two bytes.
// Invariants.
//   I1  A reader skips sections whose type it does not know.
//   I2  Reading what was written gives the same records, strings, bases and losses.
//   I3  Deltas are taken modulo 2^32, so a clock that wraps or steps back is kept exactly.
// The hard part. None of the numbers is bounded (ids wrap, clocks step), hence I3: deltas as 32-bit integers,
//   written zigzag, cost at most five bytes and never lose a bit.
// Rejected. JSON (20 times larger); protobuf (a schema compiler to read one's own file); a column per field
//   (smaller by a fifth, but a file that was cut short would lose everything instead of its tail).
// Sources. LEB128 and zigzag as in protobuf.

import { ByteWriter } from "./bytes.ts";
import { RECORD_WORDS } from "./events.ts";
import type { Stream, Trace } from "./trace.ts";

/** First eight bytes of a file. */
export const MAGIC = "GRTRACE1";
/** Section types. A number is never used again. */
export const Section = { Strings: 1, Batch: 2 } as const;
const BATCH_RECORDS = 65_536;

/** The trace as the bytes of a `.grt` file. */
export function writeGrt(trace: Trace): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.bytes(new TextEncoder().encode(MAGIC));
  const header = new TextEncoder().encode(JSON.stringify(trace.header));
  out.u32(header.length);
  out.bytes(header);
  for (const s of trace.streams) {
    section(out, Section.Strings, strings(s));
    const count = s.records.length / RECORD_WORDS;
    for (let from = 0; from === 0 || from < count; from += BATCH_RECORDS) {
      section(out, Section.Batch, batch(s, from, Math.min(count, from + BATCH_RECORDS)));
    }
  }
  return out.take();
}

/** The same bytes through gzip, for a host that has CompressionStream (Node 18, every current browser). */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const squeezed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(squeezed).arrayBuffer());
}

function section(out: ByteWriter, type: number, body: ByteWriter): void {
  out.u8(type);
  out.u32(body.length);
  out.bytes(body.take());
}

function strings(s: Stream): ByteWriter {
  const out = new ByteWriter();
  out.varint(s.m);
  out.varint(Math.max(0, s.strings.length - 1));
  for (let id = 1; id < s.strings.length; id++) out.text(s.strings[id] ?? "");
  return out;
}

function batch(s: Stream, from: number, to: number): ByteWriter {
  const out = new ByteWriter();
  out.varint(s.m);
  out.varint(from === 0 ? s.lost : 0);
  out.f64(s.baseNs);
  out.varint(to - from);
  let ticks = 0;
  let g = 0;
  for (let i = from * RECORD_WORDS; i < to * RECORD_WORDS; i += RECORD_WORDS) {
    const head = s.records[i + 1]!;
    out.u8(head & 0xff);
    out.u8((head >>> 8) & 0xff);
    out.zigzag(s.records[i]! - ticks);
    out.zigzag(s.records[i + 2]! - g);
    out.varint(head >>> 16);
    out.varint(s.records[i + 3]!);
    ticks = s.records[i]!;
    g = s.records[i + 2]!;
  }
  return out;
}

// Reads a `.grt` file (format: grt-write.ts). Skips what it does not know, keeps what a cut-short file still has.

import { ByteReader } from "./bytes.ts";
import { packHead, RECORD_WORDS } from "./events.ts";
import { MAGIC, Section } from "./grt-write.ts";
import { type Stream, Trace, type TraceHeader, traceHeader } from "./trace.ts";

/** The bytes are no trace, or one this version cannot read. */
export class TraceFormatError extends Error {
  override readonly name = "TraceFormatError";
  readonly code = "GR_TRACE_FORMAT";
}

interface Building {
  m: number;
  baseNs: number;
  lost: number;
  strings: string[];
  parts: Uint32Array[];
}

/**
 * The trace in the bytes of a `.grt` file.
 *
 * @throws TraceFormatError if the bytes do not begin as a `.grt` file does, or carry no readable header
 */
export function readGrt(bytes: Uint8Array): Trace {
  const start = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (start !== MAGIC) throw new TraceFormatError(`grt: expected ${MAGIC} at the start, got ${JSON.stringify(start)}`);
  const r = new ByteReader(bytes);
  r.at = MAGIC.length;
  let header: TraceHeader;
  try {
    header = traceHeader(JSON.parse(new TextDecoder().decode(r.bytes(r.u32()))) as Partial<TraceHeader>);
  } catch (err) {
    throw new TraceFormatError("grt: expected a JSON header", { cause: err });
  }
  return new Trace(header, readStreams(r));
}

/** Like readGrt, for a file that may be gzipped. */
export async function readGrtAny(bytes: Uint8Array<ArrayBuffer>): Promise<Trace> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return readGrt(bytes);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return readGrt(new Uint8Array(await new Response(plain).arrayBuffer()));
}

function readStreams(r: ByteReader): Stream[] {
  const building = new Map<number, Building>();
  const of = (m: number): Building => {
    let s = building.get(m);
    if (s === undefined) {
      s = { m, baseNs: 0, lost: 0, strings: [""], parts: [] };
      building.set(m, s);
    }
    return s;
  };
  while (r.left >= 5) {
    const type = r.u8();
    const length = r.u32();
    if (length > r.left) break; // The file was cut short: what came before is whole.
    const body = new ByteReader(r.bytes(length));
    if (type === Section.Strings) readStrings(body, of(body.varint()));
    else if (type === Section.Batch) readBatch(body, of(body.varint()));
  }
  return [...building.values()].map((s) => ({
    m: s.m,
    baseNs: s.baseNs,
    lost: s.lost,
    strings: s.strings,
    records: join(s.parts),
  }));
}

function readStrings(r: ByteReader, s: Building): void {
  for (let n = r.varint(); n > 0; n--) s.strings.push(r.text());
}

function readBatch(r: ByteReader, s: Building): void {
  s.lost += r.varint();
  s.baseNs = r.f64();
  const count = r.varint();
  if (count > r.left) throw new TraceFormatError(`grt: expected a batch of at most ${r.left} records, got ${count}`);
  const words = new Uint32Array(count * RECORD_WORDS);
  let ticks = 0;
  let g = 0;
  for (let i = 0; i < words.length; i += RECORD_WORDS) {
    const kind = r.u8();
    const how = r.u8();
    ticks = (ticks + r.zigzag()) >>> 0;
    g = (g + r.zigzag()) >>> 0;
    words[i] = ticks;
    words[i + 1] = packHead(kind, how, r.varint());
    words[i + 2] = g;
    words[i + 3] = r.varint();
  }
  s.parts.push(words);
}

function join(parts: readonly Uint32Array[]): Uint32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint32Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

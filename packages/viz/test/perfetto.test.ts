import { expect, test } from "vitest";
import { ByteReader } from "../src/bytes.ts";
import { Ev } from "../src/events.ts";
import { MScript, traceOf } from "./build-trace.ts";

type Value = number | bigint | Uint8Array;
type Fields = Map<number, Value[]>;

/** Decodes one protobuf message without a schema. */
function decode(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  const r = new ByteReader(bytes);
  const long = (): number => {
    let v = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = r.u8();
      v += (byte & 0x7f) * scale;
      if (byte < 0x80) return v;
    }
  };
  while (r.left > 0) {
    const tag = long();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    expect([0, 1, 2]).toContain(wire);
    const value: Value =
      wire === 0 ? long() : wire === 1 ? BigInt(r.u32()) + (BigInt(r.u32()) << 32n) : r.bytes(r.varint());
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const inner = (f: Fields, field: number): Fields | undefined => {
  const v = f.get(field)?.[0];
  return v instanceof Uint8Array ? decode(v) : undefined;
};
const text = (f: Fields | undefined, field: number): string =>
  new TextDecoder().decode(f?.get(field)?.[0] as Uint8Array);

function packets(): Fields[] {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").start(1).at(5).create(1, 2, "worker");
  m0.at(7).block(1, 1).at(20).unblock(1, 2).start(1).at(30).end(1);
  const m1 = new MScript(1).at(0).procStart(1).event(Ev.MSpinBegin, 0, 0, 0, 0).at(8).start(2).at(19).end(2);
  m0.baseNs = m1.baseNs = 5e12;
  const file = decode(traceOf([m0, m1]).toPerfetto());
  return file.get(1)!.map((p) => decode(p as Uint8Array));
}

test("the first packet clears the state of its sequence, the others go on with it", () => {
  expect(packets().map((p) => p.get(13)![0])).toEqual([
    3,
    ...packets()
      .slice(1)
      .map(() => 2),
  ]);
});

test("every track that has events is described once", () => {
  const described = packets().flatMap((p) => inner(p, 60)?.get(1) ?? []);
  expect(new Set(described).size).toBe(described.length);
  for (const p of packets()) {
    const event = inner(p, 11);
    if (event !== undefined) expect(described).toContain(event.get(11)![0]);
  }
});

test("every slice that begins ends, in order of time, on the lanes of its M and its P", () => {
  const open = new Map<unknown, number>();
  let begun = 0;
  for (const p of packets()) {
    const event = inner(p, 11);
    const type = event?.get(9)?.[0];
    if (event === undefined || (type !== 1 && type !== 2)) continue;
    const track = event.get(11)![0];
    expect(open.get(track) === undefined).toBe(type === 1);
    if (type === 1) open.set(track, p.get(8)![0] as number);
    else {
      expect(p.get(8)![0] as number).toBeGreaterThanOrEqual(open.get(track)!);
      open.delete(track);
    }
    if (type === 1) begun++;
  }
  expect([open.size, begun]).toEqual([0, 7]);
});

test("every flow id has one start and one end", () => {
  const events = packets().flatMap((p) => inner(p, 11) ?? []);
  const starts = events.flatMap((e) => e.get(47) ?? []);
  const ends = events.flatMap((e) => e.get(48) ?? []);
  expect(starts.length).toBe(3);
  expect([...starts].sort()).toEqual([...ends].sort());
});

test("names are interned once and times are beyond 32 bits", () => {
  const names = packets().flatMap((p) => {
    const data = inner(p, 12);
    return data === undefined ? [] : [text(inner(data, 2), 2)];
  });
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("G2 worker");
  expect(names).toContain("Waiting: chan receive");
  expect(packets().some((p) => p.get(8)?.[0] === 5e12 + 8000)).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { SpanKind, SpanTable } from "../../src/span-table.ts";
import type { Lane, Timeline } from "../../src/timeline.ts";
import { CLASSES, LaneIndex } from "../../src/view/lane-index.ts";
import { pixel, rasterLane } from "../../src/view/raster.ts";

/** A lane of spans given as gap, length and colour slot. */
function laneOf(parts: readonly (readonly [number, number, number])[]): { t: Timeline; lane: Lane } {
  const spans = new SpanTable();
  let now = 0;
  for (const [gap, length, slot] of parts) {
    spans.add(SpanKind.Running, now + gap, now + gap + length, slot, 0, 0);
    now += gap + length;
  }
  const lane: Lane = {
    kind: "p",
    id: 0,
    label: "P0",
    spans: Uint32Array.from(parts, (_, i) => i),
    held: new Float64Array(0),
  };
  // The goroutine's number stands for its function: slot and class are the same here.
  const goroutines = { nameId: Uint32Array.from({ length: 8 }, (_, i) => i) };
  return { t: { spans, goroutines } as unknown as Timeline, lane };
}

const partsArb = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 30 }), fc.nat(7)), { maxLength: 400 });

test("every column's shares equal those found by walking all spans", () => {
  fc.assert(
    fc.property(partsArb, fc.integer({ min: -50, max: 500 }), fc.integer({ min: 1, max: 400 }), (parts, a, width) => {
      const { t, lane } = laneOf(parts);
      const index = new LaneIndex(t, lane, (n) => n);
      index.sweep(a, width, 12, (column, shares) => {
        const from = a + column * width;
        const expected = new Float64Array(CLASSES);
        for (let i = 0; i < t.spans.count; i++) {
          const inside = Math.min(t.spans.end[i]!, from + width) - Math.max(t.spans.start[i]!, from);
          if (inside > 0) expected[t.spans.g[i]!]! += inside / width;
        }
        for (let c = 0; c < CLASSES; c++) expect(shares[c]).toBeCloseTo(expected[c]!, 9);
      });
    }),
    { numRuns: 100 },
  );
});

test("countIn counts the spans that touch a stretch", () => {
  const { t, lane } = laneOf([
    [0, 10, 0],
    [10, 10, 0],
    [0, 5, 1],
  ]);
  const index = new LaneIndex(t, lane, (n) => n);
  expect([index.countIn(0, 10), index.countIn(10, 20), index.countIn(5, 21), index.countIn(0, 100)]).toEqual([
    1, 0, 2, 3,
  ]);
});

test("a raster column is as high as its share of time, and full when nothing is missing", () => {
  const { t, lane } = laneOf([
    [0, 50, 0],
    [50, 60, 1],
    [0, 40, 2],
  ]);
  const index = new LaneIndex(t, lane, (n) => n);
  const classes = Uint32Array.from({ length: CLASSES }, (_, c) => c + 1);
  const pixels = new Uint32Array(2 * 10);
  rasterLane(index, 0, 100, 2, 10, { classes, ground: 0, resting: new Set() }, pixels);
  const column = (x: number): number[] => Array.from({ length: 10 }, (_, y) => pixels[y * 2 + x]!);
  expect(column(0)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  expect(column(1)).toEqual([3, 3, 3, 3, 2, 2, 2, 2, 2, 2]);
});

test("a colour becomes a pixel of little-endian RGBA", () => {
  expect(new Uint8Array(Uint32Array.of(pixel("#56b4e9")).buffer)).toEqual(Uint8Array.of(0x56, 0xb4, 0xe9, 0xff));
});

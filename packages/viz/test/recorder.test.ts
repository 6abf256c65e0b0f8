import { expect, test } from "vitest";
import { Ev } from "../src/events.ts";
import { recorderFor, type TraceRing } from "../src/recorder.ts";

/** A ring that never ends. */
function endless(): TraceRing & { readonly words: number[] } {
  const words: number[] = [];
  return { words, write: (...record) => void words.push(...record), publish: () => {} };
}

test("events between two stamps share the first one's time", () => {
  let now = 5;
  const ring = endless();
  const r = recorderFor(ring, 3, { nowMs: () => now });
  now = 6.5;
  r.stamp();
  r.event(Ev.GoBlock, 2, 0x1234, 7, 9);
  now = 9;
  r.event(Ev.GoStart, 0, 0, 8, 0);
  expect(ring.words).toEqual([15_000, 0x1234_0221, 7, 9, 15_000, Ev.GoStart, 8, 0]);
  expect([r.m, r.baseMs]).toEqual([3, 5]);
});

test("a text has one id, never 0, and is told once", () => {
  const told: [number, string][] = [];
  const r = recorderFor(endless(), 0, { nowMs: () => 0, onString: (id, text) => told.push([id, text]) });
  expect([r.string("main"), r.string("worker"), r.string("main")]).toEqual([1, 2, 1]);
  expect(told).toEqual([
    [1, "main"],
    [2, "worker"],
  ]);
});

test("more texts than the column can number share one entry that says so", () => {
  const r = recorderFor(endless(), 0, { nowMs: () => 0 });
  for (let i = 0; i < 70_000; i++) r.string(`f${i}`);
  expect(r.string("f0")).toBe(1);
  expect(r.string("one more")).toBe(0xffff);
  expect(r.strings[0xffff]).toBe("(too many names)");
  expect(r.strings.length).toBe(0x1_0000);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { StepIndex } from "../../src/view/step-index.ts";
import { pan, show, ticks, whole, zoom } from "../../src/view/viewport.ts";

test("zooming keeps the time under the pointer where it is", () => {
  const v = zoom(whole(0, 1_000_000), 0.5, 400_000);
  expect([v.start, v.end]).toEqual([200_000, 700_000]);
});

test("the view never leaves the trace, whatever is asked for", () => {
  const move = fc.oneof(
    fc.record({ f: fc.double({ min: 0.01, max: 100, noNaN: true }), at: fc.integer({ min: -1e7, max: 1e7 }) }),
    fc.double({ min: -9, max: 9, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), fc.array(move, { maxLength: 20 }), (length, moves) => {
      let v = whole(5, 5 + length);
      for (const m of moves) v = typeof m === "number" ? pan(v, m) : zoom(v, m.f, m.at);
      expect(v.start).toBeGreaterThanOrEqual(5);
      expect(v.end).toBeLessThanOrEqual(5 + length + 1e-6);
      expect(v.end).toBeGreaterThan(v.start);
    }),
  );
});

test("show moves a stretch that sticks out back inside, with its length", () => {
  const v = show(whole(0, 10_000), 9_000, 12_000);
  expect([v.start, v.end]).toEqual([7_000, 10_000]);
});

test("ruler steps are 1, 2 or 5 times a power of ten", () => {
  expect(ticks(whole(0, 100_000_000), 10)).toEqual({
    step: 10_000_000,
    times: Array.from({ length: 11 }, (_, i) => i * 1e7),
  });
  expect(ticks(whole(0, 37_000), 10).step).toBe(5_000);
});

test("the largest value of a column is found over any number of steps", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(50)), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(steps, fc.nat(900), fc.integer({ min: 1, max: 900 }), (given, a, width) => {
      let now = 0;
      const time = Float64Array.from(given, ([gap]) => {
        now += gap;
        return now;
      });
      const value = Float64Array.from(given, ([, v]) => v);
      const index = new StepIndex({ key: "k", label: "k", time, value, max: 50 });
      let expected = 0;
      for (let i = 0; i < time.length; i++) {
        const until = time[i + 1] ?? Number.POSITIVE_INFINITY;
        if (time[i]! <= a + width && until > a) expected = Math.max(expected, value[i]!);
      }
      expect(index.maxIn(a, a + width)).toBe(expected);
    }),
    { numRuns: 200 },
  );
});

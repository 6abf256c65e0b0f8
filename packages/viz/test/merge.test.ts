import fc from "fast-check";
import { expect, test } from "vitest";
import { Ev } from "../src/events.ts";
import { merge } from "../src/merge.ts";
import { MScript } from "./build-trace.ts";

const names = (kinds: Uint8Array): string[] =>
  [...kinds].map((k) => Object.entries(Ev).find(([, v]) => v === k)?.[0] ?? String(k));

test("events of several Ms come out by time", () => {
  const a = new MScript(0).at(1).create(0, 1, "main").start(1).at(9).end(1);
  const b = new MScript(1).at(5).procStart(1);
  expect(names(merge([a.stream(), b.stream()]).kind)).toEqual(["GoCreate", "GoStart", "ProcStart", "GoEnd"]);
});

test("a goroutine that starts before its creation by a slow clock is held back until it was created", () => {
  const maker = new MScript(0).at(10).create(1, 7, "worker");
  const runner = new MScript(1).at(4).procStart(1).start(7).at(6).end(7);
  const ev = merge([maker.stream(), runner.stream()]);
  expect(names(ev.kind)).toEqual(["ProcStart", "GoCreate", "GoStart", "GoEnd"]);
  expect([...ev.time]).toEqual([4000, 10000, 10000, 10000]);
  expect(ev.forced).toBe(0);
});

test("a wake-up waits for the block it ends", () => {
  const waiter = new MScript(0).at(0).create(0, 3, "reader").start(3).at(8).block(3, 1);
  const waker = new MScript(1).at(5).unblock(3, 0);
  const ev = merge([waiter.stream(), waker.stream()]);
  expect(names(ev.kind)).toEqual(["GoCreate", "GoStart", "GoBlock", "GoUnblock"]);
});

test("a start whose cause was lost goes ahead and is counted", () => {
  const a = new MScript(0).at(1).create(0, 2, "x").start(2).at(2).block(2, 1);
  const b = new MScript(1).at(3).start(2).at(4).end(2);
  const ev = merge([a.stream(), b.stream()]);
  expect(ev.count).toBe(5);
  expect(ev.forced).toBe(1);
});

test("records lost at the beginning of a ring appear as one Lost event", () => {
  const a = new MScript(0).at(50).start(2);
  a.lost = 12;
  const ev = merge([a.stream()]);
  expect(names(ev.kind)).toEqual(["Lost", "GoStart"]);
  expect(ev.lost).toBe(12);
});

test("a clock that wraps after 429 s goes on rising", () => {
  const wrap = (2 ** 32 - 10) / 10;
  const a = new MScript(0).at(wrap).start(1).at(5).block(1, 1);
  const ev = merge([a.stream()]);
  expect(ev.time[1]! - ev.time[0]!).toBe(6000);
});

test("every record comes out once, in its M's order, with time never falling", () => {
  const record = fc.tuple(
    fc.nat(1000),
    fc.constantFrom(Ev.GoCreate, Ev.GoStart, Ev.GoStop, Ev.GoBlock, Ev.GoUnblock, Ev.GoEnd, Ev.Lost, Ev.MPark),
    fc.nat(5),
    fc.nat(5),
  );
  const stream = fc.array(record, { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(stream, { minLength: 1, maxLength: 4 }), (rows) => {
      const scripts = rows.map((events, m) => {
        const s = new MScript(m);
        for (const [i, [us, kind, g, b]] of events.entries()) s.at(us).event(kind, i % 256, 0, g, b);
        return s.stream();
      });
      const ev = merge(scripts);
      expect(ev.count).toBe(rows.flat().length);
      for (let i = 1; i < ev.count; i++) expect(ev.time[i]).toBeGreaterThanOrEqual(ev.time[i - 1]!);
      for (let m = 0; m < rows.length; m++) {
        const hows = [...ev.how].filter((_, i) => ev.m[i] === m);
        expect(hows).toEqual(rows[m]!.map((_, i) => i % 256));
      }
    }),
    { numRuns: 100 },
  );
});

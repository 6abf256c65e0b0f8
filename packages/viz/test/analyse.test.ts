import { expect, test } from "vitest";
import { analyse } from "../src/analyse.ts";
import { Ev } from "../src/events.ts";
import { toText } from "../src/text.ts";
import { MScript, traceOf } from "./build-trace.ts";

function script(): MScript[] {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").start(1);
  m0.at(10).create(1, 2, "worker").block(1, 1).at(90).start(1).at(100).end(1);
  const m1 = new MScript(1).at(0).procStart(1).event(Ev.MPark, 0, 0, 0, 0);
  m1.at(20).event(Ev.RunqSteal, 0, 0, 0, 3).start(2).at(80).unblock(1, 2).end(2, 1);
  return [m0, m1];
}

test("the figures count goroutines, steals, parks and switches, per M and in all", () => {
  const a = analyse(traceOf(script()));
  expect([a.made, a.ended, a.panicked, a.steals, a.parks, a.switches]).toEqual([2, 2, 1, 1, 1, 3]);
  expect(a.threads.map((m) => [m.goroutines, m.runs, m.stolen])).toEqual([
    [1, 2, 0],
    [1, 1, 3],
  ]);
});

test("busy is the share of the trace in which a P ran a goroutine", () => {
  const a = analyse(traceOf(script()));
  expect(a.procs.map((p) => p.busy)).toEqual([0.2, 0.6]);
});

test("waits are summed by reason, and latency is the time between runnable and running", () => {
  const a = analyse(traceOf(script()));
  expect(a.waits).toEqual([{ reason: "chan receive", count: 1, totalNs: 70_000, maxNs: 70_000 }]);
  expect(a.latency).toEqual({ count: 3, p50: 10_000, p90: 10_000, p99: 10_000, max: 10_000 });
});

test("the summary says it in words", () => {
  expect(analyse(traceOf(script())).summary).toBe(
    "2 goroutines shared 2 threads for 100 µs; 1 steal; 3 switches; P0 busy 20 %; P1 busy 60 %. Most waiting: chan receive.",
  );
});

test("the summary of an empty trace says that nothing was recorded", () => {
  expect(analyse(traceOf([new MScript(0)])).summary).toBe("No goroutine was recorded.");
});

test("the text form has one line per event, with names and reasons", () => {
  const lines = [...toText(traceOf(script()))];
  expect(lines[1]).toBe('         0 M0 GoCreate by=0 g=1 name="main"');
  expect(lines).toContain('     10000 M0 GoBlock g=1 obj=0 how="chan receive"');
  expect(lines.length).toBe(13);
});

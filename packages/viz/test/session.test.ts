import { type Coroutine, go, gosched, run } from "@gr/core";
import { type TraceSource, traceSources } from "@gr/core/internal";
import { expect, test } from "vitest";
import { analyse } from "../src/analyse.ts";
import { Ev, packHead } from "../src/events.ts";
import { readGrt } from "../src/grt-read.ts";
import { startTrace, stopTrace, TraceStateError } from "../src/session.ts";

function* worker(): Coroutine<number> {
  yield* gosched();
  return 1;
}

function* main(): Coroutine<number> {
  const handles = [go(worker), go(worker), go(worker)];
  let sum = 0;
  for (const h of handles) sum += yield* h;
  return sum;
}

test("a program run under startTrace leaves its goroutines, switches and waits in the trace", async () => {
  startTrace({ title: "three workers" });
  const sum = await run(main);
  const trace = stopTrace();
  expect(sum).toBe(3);
  const t = trace.timeline;
  const names = [...t.goroutines.id].map((_, gi) => t.goroutines.name(gi));
  expect(names.filter((n) => n === "worker").length).toBe(3);
  const a = analyse(trace);
  expect(a.ended).toBe(4);
  expect(trace.merged.forced).toBe(0);
  expect(a.waits.map((w) => w.reason)).toContain("join");
  expect(analyse(readGrt(trace.toGrt())).summary).toBe(a.summary);
});

test("nothing is recorded after stopTrace", async () => {
  startTrace();
  const trace = stopTrace();
  await run(main);
  expect(trace.size).toBe(1);
});

test("a second start and an early stop say what is wrong", () => {
  expect(() => stopTrace()).toThrow(TraceStateError);
  startTrace();
  expect(() => startTrace()).toThrow("viz: a trace is being recorded already");
  stopTrace();
});

test("a full ring keeps the newest records, and the trace says how many were lost", async () => {
  startTrace({ ringRecords: 256 });
  await run(function* main(): Coroutine<void> {
    for (let i = 0; i < 300; i++) yield* gosched();
  });
  const trace = stopTrace();
  expect(trace.size).toBeLessThanOrEqual(256);
  expect(trace.timeline.lost).toBeGreaterThan(300);
  expect(analyse(trace).summary).toMatch(/ records lost\.$/);
});

test("a ring whose size is not a power of two is refused, and nothing is being traced then", () => {
  expect(() => startTrace({ ringRecords: 1000 })).toThrow(RangeError);
  expect(() => stopTrace()).toThrow(TraceStateError);
});

test("a registered source is started with the ring size and its streams join on one clock", () => {
  const started: number[] = [];
  const source: TraceSource = {
    start: (how) => void started.push(how.ringRecords),
    stop: () => [
      {
        m: 3,
        baseMs: performance.timeOrigin + performance.now() + 1000,
        records: Uint32Array.of(0, packHead(Ev.ProcStart, 0, 0), 0, 2),
        lost: 0,
        strings: ["", "far"],
      },
    ],
  };
  traceSources.add(source);
  try {
    startTrace({ ringRecords: 1024 });
    const trace = stopTrace();
    expect(started).toEqual([1024]);
    expect(trace.streams.map((s) => s.m)).toEqual([0, 3]);
    expect(trace.header.gomaxprocs).toBe(3);
    expect(trace.streams[1]!.baseNs).toBeGreaterThan(900e6);
  } finally {
    traceSources.delete(source);
  }
});

test("a source that is registered while a trace is recorded starts then, and not again", () => {
  const started: number[] = [];
  const source: TraceSource = { start: (how) => void started.push(how.ringRecords), stop: () => [] };
  startTrace({ ringRecords: 512 });
  try {
    traceSources.add(source).add(source);
    expect(started).toEqual([512]);
  } finally {
    stopTrace();
    traceSources.delete(source);
  }
  traceSources.add(source);
  traceSources.delete(source);
  expect(started).toEqual([512]);
});

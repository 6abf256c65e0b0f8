import { all, go, run, sleep } from "@gr/core";
import { Ev, type SourceStream, setTraceSink, traceSources } from "@gr/core/internal";
import { readRecording } from "@gr/shm";
import { startThreads } from "@gr/threads";
import { expect, test } from "vitest";
import * as t from "./fixtures/tasks.mjs";
import { serving } from "./serving.ts";

const kinds = (s: SourceStream): Set<number> => {
  const found = new Set<number>();
  for (let i = 1; i < s.records.length; i += 4) found.add((s.records[i] as number) & 255);
  return found;
};
const count = (s: SourceStream, kind: number): number => {
  let n = 0;
  for (let i = 1; i < s.records.length; i += 4) if (((s.records[i] as number) & 255) === kind) n++;
  return n;
};

test("every M records what ran on it, and main reads that when the trace ends", async () => {
  const threads = await startThreads({ procs: 2, mainRuns: false });
  const [source] = traceSources;
  source?.start({ ringRecords: 4096 });
  await run(function* () {
    while (serving(threads) < 2) yield* all([go(t.spin, 2), go(t.spin, 2)]);
    yield* all(Array.from({ length: 30 }, () => go(t.spin, 1)));
    while (threads.stats().idleThreads < 2) yield* sleep(1);
  });
  const started = threads.stats().ms.map((m) => m.started);
  const streams = source?.stop(readRecording) ?? [];
  // The spare has one too, without a goroutine unless sysmon took a P for it.
  const served = streams.filter((s) => (started[s.m] as number) > 0);
  expect(served.length).toBeGreaterThan(1);
  for (const s of served) {
    expect(kinds(s)).toEqual(
      new Set([...kinds(s), Ev.MStart, Ev.ProcStart, Ev.ProcStop, Ev.GoStart, Ev.GoEnd, Ev.MPark]),
    );
    // The runtime's own goroutines start too, and do not end.
    expect(count(s, Ev.GoStart)).toBeGreaterThanOrEqual(started[s.m] as number);
    expect(count(s, Ev.GoEnd)).toBe(started[s.m]);
    expect(s.lost).toBe(0);
    expect(Math.abs(s.baseMs - Date.now())).toBeLessThan(60_000);
  }
  setTraceSink(null);
  await threads.close();
  expect(traceSources.size).toBe(0);
});

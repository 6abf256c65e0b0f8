import { expect, test } from "vitest";
import { Ev } from "../src/events.ts";
import { MScript, traceOf } from "./build-trace.ts";

interface ChromeEvent {
  readonly ph: string;
  readonly name: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly id?: number;
  readonly args?: Record<string, unknown>;
}

function exported(): ChromeEvent[] {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").start(1).at(5.6).create(1, 2, "worker");
  m0.at(7).block(1, 1).at(20).unblock(1, 0).start(1).at(30).end(1);
  const m1 = new MScript(1).at(0).procStart(1).event(Ev.MSpinBegin, 0, 0, 0, 0).at(8).start(2).at(19).end(2);
  return JSON.parse(traceOf([m0, m1]).toChrome()).traceEvents as ChromeEvent[];
}

test("a running span stands on the lane of its M and of its P, in µs", () => {
  const runs = exported().filter((e) => e.ph === "X" && e.name === "G2 worker");
  expect(runs.map((e) => [e.pid, e.tid, e.ts, e.dur])).toEqual([
    [1, 1001, 8, 11],
    [2, 2001, 8, 11],
  ]);
  expect(runs[0]!.args).toEqual({ g: 2, m: 1, p: 1, end: "return" });
});

test("every arrow has one start and one end, with the same id and name, from the waker's lane to the run", () => {
  const flows = exported().filter((e) => e.ph === "s" || e.ph === "f");
  const ids = new Set(flows.map((e) => e.id));
  for (const id of ids) {
    const pair = flows.filter((e) => e.id === id);
    expect(pair.map((e) => e.ph)).toEqual(["s", "f"]);
    expect(pair[0]!.name).toBe(pair[1]!.name);
  }
  expect(flows.filter((e) => e.ph === "f").map((e) => e.tid)).toEqual([1000, 1001, 1000]);
  expect(flows.find((e) => e.name === "unblock (chan receive)")?.tid).toBe(1900);
});

test("no thread id is 0, and slices of one thread never overlap", () => {
  const events = exported();
  expect(events.every((e) => e.tid > 0)).toBe(true);
  const until = new Map<number, number>();
  for (const e of events.filter((x) => x.ph === "X")) {
    expect(e.ts!).toBeGreaterThanOrEqual(until.get(e.tid) ?? 0);
    until.set(e.tid, e.ts! + e.dur!);
  }
  expect(until.size).toBe(4);
});

test("at equal times a slice stands before the arrow that ends in it", () => {
  const events = exported();
  for (const end of events.filter((e) => e.ph === "f")) {
    const run = events.findIndex((e) => e.ph === "X" && e.tid === end.tid && e.ts === end.ts);
    expect(run).toBeGreaterThanOrEqual(0);
    expect(run).toBeLessThan(events.indexOf(end));
  }
});

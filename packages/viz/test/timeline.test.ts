import fc from "fast-check";
import { expect, test } from "vitest";
import { Ev } from "../src/events.ts";
import { explain } from "../src/explain.ts";
import { SpanHow, SpanKind } from "../src/span-table.ts";
import { goLane, type Lane, type Timeline } from "../src/timeline.ts";
import { MScript, traceOf } from "./build-trace.ts";

const CHAN_RECV = 1;

/** Spans as `kind G start-end`, in µs. */
function show(t: Timeline, lane: Lane): string[] {
  const names = Object.entries(SpanKind);
  const s = t.spans;
  return [...lane.spans].map((row) => {
    const kind = names.find(([, v]) => v === s.kind[row])![0];
    const g = s.g[row] === 0 ? "" : ` G${t.goroutines.id[s.g[row]!]}`;
    return `${kind}${g} ${(s.start[row]! - t.start) / 1000}-${(s.end[row]! - t.start) / 1000}`;
  });
}

/** G1 on M0/P0 starts G2, which M1/P1 takes; G2 waits for a value that G1 sends. */
function twoThreads(): MScript[] {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").at(1).start(1);
  m0.at(2).create(1, 2, "worker").at(20).unblock(2, 1).at(30).end(1).procStop(0);
  const m1 = new MScript(1).at(0).event(Ev.MStart, 1, 0, 0, 0).event(Ev.MSpinBegin, 0, 0, 0, 0);
  m1.at(3).event(Ev.MSpinEnd, 1, 0, 0, 0).procStart(1).event(Ev.RunqSteal, 0, 0, 0, 1).at(5).start(2);
  m1.at(10)
    .block(2, CHAN_RECV)
    .at(22)
    .start(2)
    .at(28)
    .end(2)
    .event(Ev.MPark, 0, 0, 0, 0)
    .at(40)
    .event(Ev.MExit, 0, 0, 0, 0);
  return [m0, m1];
}

test("each P and each M gets the spans of the goroutines that ran on it", () => {
  const t = traceOf(twoThreads()).timeline;
  expect(t.ps.map((l) => [l.label, show(t, l)])).toEqual([
    ["P0", ["Running G1 1-30"]],
    ["P1", ["Running G2 5-10", "Running G2 22-28"]],
  ]);
  expect(t.ms.map((l) => l.label)).toEqual(["M0 main", "M1 worker"]);
  expect(show(t, t.ms[1]!)).toEqual(["Spinning 0-3", "Running G2 5-10", "Running G2 22-28", "Parked 28-40"]);
  expect([...t.ps[0]!.held]).toEqual([0, 30_000]);
});

test("the lane of a goroutine tells its whole life, with who started and who woke it", () => {
  const t = traceOf(twoThreads()).timeline;
  const worker = [...t.goroutines.id].indexOf(2);
  const lane = goLane(t, worker);
  expect(lane.label).toBe("G2 worker");
  expect(show(t, lane)).toEqual([
    "Runnable G2 2-5",
    "Running G2 5-10",
    "Waiting G2 10-20",
    "Runnable G2 20-22",
    "Running G2 22-28",
  ]);
  const [created, , , woken] = [...lane.spans];
  expect([t.spans.how[created!], t.spans.how[woken!]]).toEqual([SpanHow.Created, SpanHow.Woken]);
  expect(t.goroutines.id[t.spans.by[woken!]!]).toBe(1);
  expect(t.spans.byM[woken!]).toBe(0);
});

test("counters follow the states exactly", () => {
  const t = traceOf(twoThreads()).timeline;
  const series = (key: string): [number, number][] => {
    const s = t.series.find((x) => x.key === key)!;
    return [...s.time].map((time, i) => [time / 1000, s.value[i]!]);
  };
  expect(series("waiting")).toEqual([
    [10, 1],
    [20, 0],
  ]);
  expect(series("running")).toEqual([
    [1, 1],
    [5, 2],
    [10, 1],
    [22, 2],
    [28, 1],
    [30, 0],
  ]);
  expect(series("fresh")).toEqual([
    [0, 1],
    [1, 0],
    [2, 1],
    [5, 0],
  ]);
});

test("a steal is a mark on the M that stole", () => {
  const t = traceOf(twoThreads()).timeline;
  expect(t.marks).toEqual([{ time: 3000, kind: Ev.RunqSteal, m: 1, p: 1, b: 1, x: 0 }]);
});

test("a span says in words why it waited, who woke it and why it was not running", () => {
  const t = traceOf(twoThreads()).timeline;
  const [first, , waited] = [...goLane(t, [...t.goroutines.id].indexOf(2)).spans];
  expect(explain(t, waited!)).toEqual(["G2 worker waited 10.0 µs (chan receive).", "Woken by G1 main on M0."]);
  expect(explain(t, first!)[1]).toBe("Started by G1 main on M0.");
  expect(explain(t, t.ps[0]!.spans[0]!)[0]).toBe("G1 main ran for 29.0 µs on P0, thread M0, then returned.");
});

test("a runnable goroutine names what kept every P busy", () => {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").start(1).create(1, 2, "late");
  m0.at(50).end(1).start(2).at(60).end(2);
  const m1 = new MScript(1).at(0).procStart(1).create(0, 3, "hog").start(3).at(55).end(3);
  const t = traceOf([m0, m1]).timeline;
  const row = goLane(t, [...t.goroutines.id].indexOf(2)).spans[0]!;
  expect(explain(t, row)[0]).toBe("G2 late could run for 50.0 µs but did not: both Ps were busy (P0: G1, P1: G3).");
});

test("with one thread and no word about Ps everything ran on P0", () => {
  const t = traceOf([new MScript(0).at(0).create(0, 1, "main").start(1).at(4).end(1)]).timeline;
  expect(show(t, t.ps[0]!)).toEqual(["Running G1 0-4"]);
});

test("a P that an M gives up without having taken it was held from the start", () => {
  const m0 = new MScript(0).at(0).start(1).at(4).end(1).procStop(1).procStart(0).at(6).start(2).at(7).end(2);
  const t = traceOf([m0, new MScript(1)]).timeline;
  expect(t.ps.map((l) => show(t, l))).toEqual([["Running G2 6-7"], ["Running G1 0-4"]]);
  expect([...t.ps[1]!.held]).toEqual([0, 4000]);
});

test("a hole in the records is a Lost span, and what was open ends where it begins", () => {
  const m0 = new MScript(0).at(0).procStart(0).start(1).at(10).event(Ev.MSpinEnd, 0, 0, 0, 0);
  m0.at(30).event(Ev.Lost, 0, 0, 0, 99).start(2).at(35).end(2);
  const t = traceOf([m0]).timeline;
  expect(show(t, t.ms[0]!)).toEqual(["Running G1 0-10", "Lost 10-30", "Running G2 30-35"]);
  expect(t.lost).toBe(99);
});

test("a goroutine that is created anew while it runs elsewhere ends its run there", () => {
  const m0 = new MScript(0).at(1).create(0, 4, "again");
  const m1 = new MScript(1).at(0).start(4).at(2).event(Ev.MPark, 0, 0, 0, 0);
  m0.at(3).create(0, 4, "again");
  const t = traceOf([m0, m1]).timeline;
  expect(show(t, t.ms[0]!)).toEqual(["Running G4 0-2"]);
});

test("lanes never overlap, whatever the events", () => {
  const kinds = [Ev.GoCreate, Ev.GoStart, Ev.GoStop, Ev.GoBlock, Ev.GoUnblock, Ev.GoEnd, Ev.Lost, Ev.MPark];
  const more = [Ev.MSpinBegin, Ev.MSpinEnd, Ev.LoopLeave, Ev.LoopEnter, Ev.ProcStart, Ev.ProcStop, Ev.MExit];
  const record = fc.tuple(fc.nat(50), fc.constantFrom(...kinds, ...more), fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(fc.array(fc.array(record, { maxLength: 40 }), { minLength: 1, maxLength: 3 }), (rows) => {
      const scripts = rows.map((events, m) => {
        const s = new MScript(m);
        let now = 0;
        for (const [us, kind, g, b] of events) {
          now += us;
          s.at(now).event(kind, 0, 0, g, b);
        }
        return s;
      });
      const t = traceOf(scripts).timeline;
      const gs = Array.from({ length: t.goroutines.count - 1 }, (_, i) => goLane(t, i + 1));
      for (const lane of [...t.ms, ...gs]) {
        for (let i = 0; i < lane.spans.length; i++) {
          const row = lane.spans[i]!;
          expect(t.spans.end[row]!).toBeGreaterThanOrEqual(t.spans.start[row]!);
          if (i > 0) expect(t.spans.start[row]!).toBeGreaterThanOrEqual(t.spans.end[lane.spans[i - 1]!]!);
        }
      }
    }),
    { numRuns: 400 },
  );
});

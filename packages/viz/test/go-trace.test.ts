import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "../src/bytes.ts";
import { Ev } from "../src/events.ts";
import type { Trace } from "../src/trace.ts";
import { MScript, traceOf } from "./build-trace.ts";

interface GoEvent {
  readonly p: number;
  readonly ts: number;
  readonly type: number;
  readonly args: readonly number[];
}

/** Unpacks a file as Go's parser does: batches by P, times summed up. */
function parse(bytes: Uint8Array): { events: GoEvent[]; strings: Map<number, string>; stacks: Map<number, number[]> } {
  const events: GoEvent[] = [];
  const strings = new Map<number, string>();
  const stacks = new Map<number, number[]>();
  expect(new TextDecoder().decode(bytes.subarray(0, 13))).toBe("go 1.19 trace");
  const r = new ByteReader(bytes);
  r.at = 16;
  let p = -1;
  let ts = 0;
  while (r.left > 0) {
    const head = r.u8();
    const type = head & 0x3f;
    if (type === 37) {
      strings.set(r.varint(), r.text());
      continue;
    }
    const args: number[] = [];
    const end = head >> 6 === 3 ? r.varint() + r.at : -1;
    while (end >= 0 ? r.at < end : args.length < (head >> 6) + 1) args.push(r.varint());
    if (type === 1) [p, ts] = args as [number, number];
    else if (type === 3) stacks.set(args[0]!, args.slice(2));
    else if (type !== 2) {
      ts += args[0]!;
      events.push({ p, ts, type, args: args.slice(1) });
    }
  }
  return { events, strings, stacks };
}

const CREATE = 13;
const START = 14;
const UNBLOCK = 21;
const WAITING = 31;

/** Go's rules: a state and a count per goroutine, one goroutine per running P. Fails where Go's parser would. */
function check(events: readonly GoEvent[]): Map<number, string> {
  const queues = new Map<number, GoEvent[]>();
  for (const e of events) queues.set(e.p, [...(queues.get(e.p) ?? []), e]);
  const state = new Map<number, { seq: number; is: string }>();
  const ps = new Map<number, { running: boolean; g: number }>();
  const ready = (e: GoEvent): boolean => {
    const g = state.get(e.args[0]!);
    if (e.type === CREATE) return g === undefined || g.is === "dead";
    if (e.type === START) return g?.is === "runnable" && g.seq === e.args[1];
    if (e.type === UNBLOCK) return g?.is === "waiting" && g.seq === e.args[1];
    return true;
  };
  for (let left = events.length; left > 0; left--) {
    const heads = [...queues.values()].filter((q) => q.length > 0 && ready(q[0]!)).sort((a, b) => a[0]!.ts - b[0]!.ts);
    expect(heads.length).toBeGreaterThan(0);
    step(heads[0]!.shift()!, state, ps);
  }
  for (const p of ps.values()) expect(p.running).toBe(false);
  return new Map([...state].map(([g, s]) => [g, s.is]));
}

function step(
  e: GoEvent,
  state: Map<number, { seq: number; is: string }>,
  ps: Map<number, { running: boolean; g: number }>,
): void {
  const p = ps.get(e.p) ?? { running: false, g: 0 };
  ps.set(e.p, p);
  const g = state.get(e.args[0]!);
  if (e.type === 4) return;
  if (e.type === 5 || e.type === 6) {
    expect([p.running, p.g]).toEqual([e.type === 6, 0]);
    p.running = e.type === 5;
  } else if (e.type === CREATE) state.set(e.args[0]!, { seq: 1, is: "runnable" });
  else if (e.type === WAITING || e.type === START || e.type === UNBLOCK) {
    g!.seq++;
    g!.is = e.type === START ? "running" : e.type === WAITING ? "waiting" : "runnable";
    if (e.type !== START) return;
    expect([p.running, p.g]).toEqual([true, 0]);
    p.g = e.args[0]!;
  } else {
    expect(state.get(p.g)?.is).toBe("running");
    state.get(p.g)!.is = e.type === 15 ? "dead" : e.type === 17 || e.type === 18 ? "runnable" : "waiting";
    p.g = 0;
  }
}

function twoThreads(): Trace {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "main").at(1).start(1).create(1, 2, "worker");
  m0.at(5).block(1, 15).procStop(0).at(40).procStart(0).start(1).at(50).end(1).procStop(0);
  const m1 = new MScript(1).at(3).procStart(1).start(2).at(10).block(2, 1).at(20).unblock(2, 0).start(2);
  m1.at(30).end(2).at(31).unblock(1, 0).procStop(1);
  return traceOf([m0, m1]);
}

test("Go's parser rules hold, and every goroutine ends", () => {
  const { events } = parse(twoThreads().toGo());
  expect([...check(events)]).toEqual([
    [1, "dead"],
    [2, "dead"],
  ]);
});

test("a wait is a block of Go's kind, with the reason and the function as its stack", () => {
  const { events, strings, stacks } = parse(twoThreads().toGo());
  const recv = events.find((e) => e.type === 23)!;
  const frames = stacks.get(recv.args[0]!)!;
  expect([strings.get(frames[1]!), strings.get(frames[5]!)]).toEqual(["gr.chan_receive", "main.worker"]);
});

test("a goroutine whose P is taken away goes on, on a P of its M's own", () => {
  const m0 = new MScript(0).at(0).procStart(0).create(0, 1, "hog").start(1).at(5).procStop(0, 3).at(9).end(1);
  const m1 = new MScript(1).at(6).procStart(0).at(8).procStop(0);
  const { events } = parse(traceOf([m0, m1]).toGo());
  expect(check(events).get(1)).toBe("dead");
  expect(events.filter((e) => e.p === 1000).map((e) => e.type)).toEqual([5, START, 15, 6]);
});

test("the rules hold for any records, also when some were lost", () => {
  const kinds = [Ev.GoCreate, Ev.GoStart, Ev.GoStop, Ev.GoBlock, Ev.GoUnblock, Ev.GoEnd, Ev.ProcStart, Ev.ProcStop];
  const record = fc.tuple(fc.nat(50), fc.constantFrom(...kinds), fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(fc.array(fc.array(record, { maxLength: 30 }), { minLength: 1, maxLength: 3 }), (rows) => {
      const scripts = rows.map((events, m) => {
        const s = new MScript(m);
        let now = 0;
        for (const [us, kind, g, b] of events) {
          now += us;
          s.at(now).event(kind, 0, 0, g, kind === Ev.GoCreate ? b + 1 : b);
        }
        return s;
      });
      check(parse(traceOf(scripts).toGo()).events);
    }),
    {
      numRuns: 200,
      examples: [
        // One that starts again after its end.
        [
          [
            [
              [0, Ev.GoStart, 4, 0],
              [0, Ev.GoEnd, 4, 0],
              [0, Ev.GoCreate, 0, 3],
              [0, Ev.ProcStart, 0, 0],
              [0, Ev.GoStart, 4, 0],
            ],
            [],
          ],
        ],
      ],
    },
  );
});

// Go's own tool as the judge: GR_GO=/usr/local/go/bin/go
test.runIf(process.env.GR_GO)("go tool trace accepts the file", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gr-go-"));
  try {
    writeFileSync(join(folder, "t"), twoThreads().toGo());
    const { status, stdout, stderr } = spawnSync(process.env.GR_GO!, ["tool", "trace", "-d=parsed", join(folder, "t")]);
    expect([status, String(stderr)]).toEqual([0, ""]);
    expect(String(stdout)).toContain("GoID=2 Running->Waiting");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// The queues of start records: owners, thieves and sysmon at the same records.

import { DEQUE_SIZE, Deque, dequeWords, ops } from "@gr/shm";
import { expect, test } from "vitest";
import { Group } from "../src/group.ts";
import { handed } from "../src/handed.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { Queues } from "../src/queues.ts";
import { Sysmon } from "../src/sysmon.ts";
import { takeRecord } from "../src/take.ts";
import { DEQUE, holds, idlePs, MS, popGlobal, queueNow, RECORD } from "./model.ts";

const RECORDS = [RECORD, RECORD + 2, RECORD + 4];
const DEQUE1 = DEQUE + dequeWords();
const WORDS = DEQUE1 + dequeWords();

// Of the words of Ms and Ps only who owns a P and the queues are raced for; the others are under the lock. The head of the
// global queue is read without it.
const exclusive = (at: number): boolean => at === w.GTAIL || at === w.PIDLE || at === w.MIDLE || at === w.WANT_HEAD;

/** M 1 holds P 0 and M 2 holds P 1. */
function twoPs(mem: Int32Array): void {
  const s = idlePs(mem, 2);
  for (const [p, at] of [DEQUE, DEQUE1].entries()) {
    ops.store(mem, s.pSlot(p) + w.P_DEQUE, at);
    ops.store(mem, w.mSlot(p + 1) + w.M_STATE, MState.Awake);
    s.popIdleP();
    new Group(mem, p + 1, { ms: MS }).takeP(p);
  }
}

/** The queues as M m sees them, which believes that it holds P m - 1. */
function queuesOf(mem: Int32Array, m: number): { s: Group; queues: Queues } {
  const s = new Group(mem, m, { ms: MS });
  s.p = m - 1;
  return { s, queues: new Queues(s) };
}

/** Every record that is queued somewhere. */
function left(mem: Int32Array): number[] {
  const s = new Group(mem, 0, { ms: MS });
  const found: number[] = [];
  for (const at of [DEQUE, DEQUE1])
    for (let own = new Deque(mem, at), r = own.get(); r !== 0; r = own.get()) found.push(r);
  for (let r = popGlobal(s); r !== 0; r = popGlobal(s)) found.push(r);
  return found;
}

const sorted = (records: readonly number[]): number[] => [...records].sort((a, b) => a - b);

const taker =
  (m: number, globalFirst = false) =>
  (mem: Int32Array) =>
    takeRecord(handed, queuesOf(mem, m).queues, globalFirst);

/** Finds M 2 stuck, if it has not ticked. */
const sysmon = (mem: Int32Array): void => {
  const watcher = new Sysmon(mem, undefined, MS);
  watcher.look(0);
  watcher.look(1000);
};

/** Nobody says any more that it changes a queue. */
const nobodyBusy = (mem: Int32Array): void => {
  const s = new Group(mem, 0, { ms: MS });
  for (const p of [0, 1]) expect((mem[s.pSlot(p) + w.P_OWNER] as number) & w.BUSY).toBe(0);
};

test("an owner and a thief at one queue: each record is taken once, or is queued still (go#164)", () => {
  const took = new Set<string>();
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      twoPs(mem);
      for (const r of RECORDS) new Deque(mem, DEQUE).put(r, []);
    },
    threads: [taker(1), taker(2)],
    check: ({ mem, results }) => {
      nobodyBusy(mem);
      took.add(results.join());
      expect(sorted([...left(mem), ...(results as number[]).filter((r) => r !== 0)])).toEqual(RECORDS);
    },
  });
  // The owner takes the oldest; the thief half, of which it starts the last.
  expect([...took]).toContain(`${RECORD},${RECORD + 2}`);
});

test("two take from the global queue: each record is taken once", () => {
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      twoPs(mem);
      for (const r of RECORDS) queueNow(new Group(mem, 0, { ms: MS }), r);
    },
    threads: [taker(1), taker(2)],
    check: ({ mem, results }) => {
      nobodyBusy(mem);
      expect(results).not.toContain(0);
      expect(sorted([...left(mem), ...(results as number[])])).toEqual(RECORDS);
    },
  });
});

test("a P is taken while its holder moves records from the global queue into the P's: none is lost", () => {
  const retaken = new Set<number>();
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      twoPs(mem);
      for (const r of RECORDS) queueNow(new Group(mem, 0, { ms: MS }), r);
    },
    threads: [taker(2), sysmon],
    check: ({ mem, results }) => {
      nobodyBusy(mem);
      retaken.add(mem[w.mSlot(2) + w.M_RETAKEN] as number);
      const got = results[0] as number;
      expect(sorted([...left(mem), ...(got === 0 ? [] : [got])])).toEqual(RECORDS);
    },
  });
  expect(retaken).toEqual(new Set([0, 1]));
});

test("a P is taken while its holder steals into its queue: none is lost", () => {
  const retaken = new Set<number>();
  holds({
    words: WORDS,
    exclusive,
    init: (mem) => {
      twoPs(mem);
      for (const r of RECORDS) new Deque(mem, DEQUE).put(r, []);
      // Somebody wants a P, so sysmon takes that of the thief as soon as it may.
      new Group(mem, 0, { ms: MS }).wantP();
    },
    threads: [taker(2), sysmon],
    check: ({ mem, results }) => {
      nobodyBusy(mem);
      retaken.add(mem[w.mSlot(2) + w.M_RETAKEN] as number);
      const got = results[0] as number;
      expect(sorted([...left(mem), ...(got === 0 ? [] : [got])])).toEqual(RECORDS);
    },
  });
  expect(retaken).toEqual(new Set([0, 1]));
});

// One thread.

function alone(records: number): { mem: Int32Array; s: Group; queues: Queues; cells: number[] } {
  const cells = Array.from({ length: records }, (_, i) => WORDS + 2 * i);
  const mem = new Int32Array(new SharedArrayBuffer(4 * (WORDS + 2 * records)));
  twoPs(mem);
  return { mem, ...queuesOf(mem, 1), cells };
}

test("a full queue gives its older half and the newcomer to the global one, in order (go#162)", () => {
  const { mem, s, queues, cells } = alone(DEQUE_SIZE + 1);
  expect(cells.map((r) => queues.put(r))).toEqual([...Array(DEQUE_SIZE).fill(0), DEQUE_SIZE / 2 + 1]);
  nobodyBusy(mem);
  expect(mem[w.NGLOBAL]).toBe(DEQUE_SIZE / 2 + 1);
  expect(queues.queued()).toBe(DEQUE_SIZE + 1);
  const global: number[] = [];
  for (let r = popGlobal(s); r !== 0; r = popGlobal(s)) global.push(r);
  expect(global).toEqual([...cells.slice(0, DEQUE_SIZE / 2), cells[DEQUE_SIZE]]);
  expect(left(mem)).toEqual(cells.slice(DEQUE_SIZE / 2, DEQUE_SIZE));
});

test("without a P a record goes to the global queue, and nothing is taken", () => {
  const { mem, s, queues } = alone(0);
  ops.store(mem, s.pSlot(0) + w.P_OWNER, 0);
  queues.put(RECORD);
  s.p = -1;
  queues.put(RECORD + 2);
  expect([mem[w.NGLOBAL], takeRecord(handed, queues, true), takeRecord(handed, queues, false)]).toEqual([2, 0, 0]);
  expect(left(mem)).toEqual([RECORD, RECORD + 2]);
});

test("from the global queue one takes its share of all, or one in its turn (go#163)", () => {
  const { mem, s, queues, cells } = alone(10);
  for (const r of cells) queueNow(s, r);
  expect([takeRecord(handed, queues, true), queues.got, mem[w.NGLOBAL]]).toEqual([cells[0], 1, 9]);
  expect([takeRecord(handed, queues, false), queues.got, mem[w.NGLOBAL]]).toEqual([cells[1], 5, 4]);
  expect(mem[s.slot + w.M_GLOBGETS]).toBe(2);
  // The rest of the share is its own now.
  expect([takeRecord(handed, queues, false), queues.got]).toEqual([cells[2], 0]);
});

test("flush leaves nothing in the queue of a P that is given away", () => {
  const { mem, queues } = alone(0);
  for (const r of RECORDS) queues.put(r);
  queues.flush();
  expect([new Deque(mem, DEQUE).length, mem[w.NGLOBAL]]).toEqual([0, 3]);
  expect(left(mem)).toEqual(RECORDS);
});

test("an M that may not look into other queues steals nothing", () => {
  const { mem, queues } = alone(0);
  new Deque(mem, DEQUE1).put(RECORD, []);
  ops.store(mem, w.NSPINNING, 1);
  expect(takeRecord(handed, queues, false)).toBe(0);
  ops.store(mem, w.NSPINNING, 0);
  expect([takeRecord(handed, queues, false), queues.from, mem[w.NSPINNING]]).toEqual([RECORD, 1, 1]);
});
